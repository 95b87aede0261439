"""Plays the evening: sends its messages at their time of now, and waits until the one on duty has been told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from streams.alerting.pager.desk import wall_clock
from streams.alerting.pager.pages import NoticeKind, Page
from streams.alerting.pager.store import read_pages
from streams.core.events.fault import FaultTicket
from streams.core.events.outage import Outage
from streams.core.months import SECOND
from streams.demo.installation import DemoError
from streams.demo.story import Acts, Story
from streams.demo.time_line import TimeLine
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.replay.plan import Send, Timed
from streams.replay.sending import send_all
from streams.replay.shifting import retimed
from streams.settings import Settings

TIMES_AS_FAST = 720
"""An hour of the evening takes five seconds."""
TOLD_SECONDS = 120.0
LOOK_SECONDS = 0.3


class Evening:
    """The story on its way to the broker, from the first report to the note that it is over."""

    def __init__(self, story: Story, line: TimeLine, connection: Connection, settings: Settings) -> None:
        """Take the story, where to show how far it is, and where to send it."""
        self._story, self._line = story, line
        self._connection, self._settings = connection, settings
        self._acts = Acts(story.began, wall_clock())
        self._reporters: set[str] = set()

    async def play(self) -> None:
        """Let it go by; raises DemoError if somebody is not told who should be."""
        declared, put_right, over = self._story.notices
        self._line.happens(self._story.began, "an attack takes broadband down, and people begin to report")
        await self._act(declared.at)
        await self._until_told("page", lambda _: True)
        await self._act(put_right.at + 1)
        await self._until_told("update", lambda page: page.subject.labels.get("outage") == put_right.outage.id)
        await self._act(over.at + 1)
        await self._until_told("resolve", lambda page: page.state == "resolved")
        self._line.say("over")

    async def _act(self, end: int) -> None:
        """Send what came from where the last act ended until the instant `end`."""
        begin = self._acts.ended()
        messages = [timed for timed in self._story.evening if begin <= timed.at < end]
        self._acts.begin(end, wall_clock(), TIMES_AS_FAST)
        await asyncio.sleep((messages[0].at - begin) / SECOND / TIMES_AS_FAST)
        prefix, partitions = self._settings.prefix, self._settings.partitions
        steps = self._steps(messages, partitions)
        await send_all(self._connection, prefix, partitions, steps, speed=float(TIMES_AS_FAST))

    def _steps(self, messages: Sequence[Timed], partitions: int) -> Iterator[Send]:
        notices = {notice.at: notice.outage for notice in self._story.notices}
        for timed in messages:
            message = retimed(timed.message, self._acts.moved)
            yield Send(timed.at, partition_of(message.key or b"", partitions), message)
            # It has been sent by the time that the next one is asked for.
            if isinstance(timed.event, FaultTicket):
                self._reporters.add(timed.event.subscriber)
            self._line.move(timed.at, len(self._reporters))
            if timed.at in notices:
                self._line.happens(timed.at, in_words(notices[timed.at]))

    async def _until_told(self, kind: NoticeKind, is_as_awaited: Callable[[Page], bool]) -> None:
        """Return once a message of this kind was delivered of a page that is as awaited; raises DemoError."""
        self._line.say(f"waiting until the {kind} is delivered")
        try:
            async with asyncio.timeout(TOLD_SECONDS):
                while not any(map(is_as_awaited, await self._pages_with(kind))):  # noqa: ASYNC110 (another process does it)
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise DemoError(
                f"the pager has delivered no {kind} within {TOLD_SECONDS:.0f} s: look at the log files"
            ) from None

    async def _pages_with(self, kind: NoticeKind) -> list[Page]:
        pages = await read_pages(self._connection, self._settings.prefix, self._settings.partitions)
        return [page for page in pages.values() if _has_told(page, kind)]


def _has_told(page: Page, kind: NoticeKind) -> bool:
    """Tell whether all messages of this kind are out, by every channel."""
    states = {notice.state for notice in page.notices if notice.kind == kind}
    return "delivered" in states and "pending" not in states


def in_words(outage: Outage) -> str:
    """Return what a revision says of the outage: its scope and users, or that it is over."""
    if outage.restored_at is not None:
        return f"the network centre notes that it is over ({outage.cause})"
    verb = "puts right" if outage.revision else "declares"
    return f"the network centre {verb} the outage: prefix {', '.join(outage.scope.prefixes)}, {outage.users} users"
