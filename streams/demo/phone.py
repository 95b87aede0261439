"""The phones of everybody on the roster, in one terminal: what the pager delivers comes here, and goes no further."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec
from aiohttp import web
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from streams.alerting.pager.delivery import VARIABLE
from streams.alerting.roster import Channel, Person, Roster
from streams.settings import Address

PANEL_COLUMNS = 100


class Delivered(NamedTuple):
    """A message as it came in, at so many monotonic seconds; a short one has no title."""

    at: float
    person: Person
    channel: Channel
    title: str
    text: str


class _Content(msgspec.Struct):
    """What apprise's json:// sends, as far as it matters here."""

    title: str
    message: str


class Phones:
    """Takes in what is sent to any channel of the roster."""

    def __init__(self, roster: Roster) -> None:
        self._channels = {
            channel.name: (person, channel) for person in roster.people.values() for channel in person.channels
        }
        self._listens: Address | None = None
        self.delivered: asyncio.Queue[Delivered] = asyncio.Queue()

    def channels(self) -> dict[str, str]:
        """Return the variables that lead every channel of the roster here."""
        return {f"{VARIABLE}{name}": f"json://{self._listens}/{name}" for name in self._channels}

    async def listen(self, runner: web.AppRunner) -> None:
        """Listen on a free port of loopback."""
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._listens = Address(host, port)

    async def take(self, request: web.Request) -> web.Response:
        """Take a message in."""
        person, channel = self._channels[request.match_info["channel"]]
        content = msgspec.json.decode(await request.read(), type=_Content)
        self.delivered.put_nowait(Delivered(time.monotonic(), person, channel, content.title, content.message))
        return web.Response()

    async def show_for_ever(self, console: Console, began: float) -> None:
        """Show each message as it comes; `began` (monotonic seconds) is when the time beside it begins."""
        while True:
            show(console, await self.delivered.get(), began)


@asynccontextmanager
async def phones(roster: Roster) -> AsyncIterator[Phones]:
    """Have the phones of the roster listen for the length of a `with` block."""
    made = Phones(roster)
    app = web.Application()
    app.router.add_post("/{channel}", made.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    try:
        await made.listen(runner)
        yield made
    finally:
        await runner.cleanup()


def show(console: Console, delivered: Delivered, began: float) -> None:
    """Show a message as it was delivered: a short one in a line, others in a frame with the receiver above."""
    person, channel = delivered.person, delivered.channel
    names = " · ".join(dict.fromkeys(person.names.values()))
    after = f"+{delivered.at - began:.1f} s"
    if channel.is_short:
        console.print(Text(f"{after}  {channel.name}: {delivered.text}", style="dim"), soft_wrap=True)
        return
    text = Text(delivered.text)
    if delivered.title:
        text = Text.assemble((f"{delivered.title}\n", "bold"), text)
    title = Text(f"{after}  {names} ({person.id}, {channel.name})")
    console.print(Panel(text, title=title, title_align="left", width=min(console.width, PANEL_COLUMNS)))
