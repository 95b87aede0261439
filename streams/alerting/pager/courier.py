"""Brings pending notices to their channels: one message at a time for each, in the order in which they are due."""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from streams.alerting.pager.acknowledge import Signer
from streams.alerting.pager.delivery import Deliverer
from streams.alerting.pager.desk import Desk, Send
from streams.alerting.pager.live import ServeClient
from streams.alerting.pager.messages import Item, Writer

log = structlog.get_logger("streams.pager")

LINK_PATH = "/p/"


class Courier:
    """Sends what the desk has pending; `outcomes` counts how that went."""

    def __init__(
        self, desk: Desk, deliverer: Deliverer, writer: Writer, serve: ServeClient, signer: Signer, pager_url: str
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self._desk, self._deliverer, self._writer, self._serve = desk, deliverer, writer, serve
        self._signer, self._pager_url = signer, pager_url
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Send for ever; what is kept as pending is tried again after any interruption. Raises what breaks a send."""
        try:
            while True:
                self._desk.kept.clear()
                for send in self._desk.due_sends(self._busy):
                    self._busy[send.channel] = asyncio.create_task(self._send(send))
                await self._wait()
        finally:
            for task in self._busy.values():
                task.cancel()

    async def finish(self, seconds: float) -> None:
        """Let messages that are on their way arrive, so that nobody gets them again after a restart."""
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=seconds)

    async def _wait(self) -> None:
        """Wait until a page changes, a channel is free again, or something is due."""
        kept = asyncio.create_task(self._desk.kept.wait())
        try:
            await asyncio.wait(
                [kept, *self._busy.values()],
                timeout=self._desk.seconds_until_due(self._busy),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            kept.cancel()
        for channel, task in list(self._busy.items()):
            if task.done():
                del self._busy[channel]
                task.result()

    async def _send(self, send: Send) -> None:
        # As they are now: since they were made, a page may have been taken or be over.
        send = Send(send.channel, tuple((self._desk.pages[page.id], notice) for page, notice in send.notices))
        is_one = len({page.id for page, _ in send.notices}) == 1
        items = [
            Item(page, notice, await self._serve.live(page.subject.labels) if is_one else None)
            for page, notice in send.notices
        ]
        page, notice = send.notices[0]
        is_open = any(one.state == "open" for one, _ in send.notices)
        link = f"{self._pager_url}{LINK_PATH}{self._signer.token(page, notice)}" if is_open else ""
        message = self._writer.message(items, link, is_short=self._is_short(notice.person, send.channel))
        outcome = await self._deliverer.send(send.channel, message)
        self.outcomes[outcome] += 1
        if outcome != "delivered":
            log.warning("a message did not get out", channel=send.channel, id=notice.message_id, outcome=outcome)
        await self._desk.sent(send, outcome)

    def _is_short(self, person: str, channel: str) -> bool:
        known = self._desk.roster.people.get(person)
        return known is not None and any(one.is_short for one in known.channels if one.name == channel)
