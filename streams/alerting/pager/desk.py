"""Where everything that happens to pages comes together: one thing after the other, kept before it is acted upon.

What comes in together is kept in one transaction. Only then do its callers go on, and messages go out.
"""

from __future__ import annotations

import asyncio
import time
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from streams.alerting.pager import escalation
from streams.alerting.pager.delivery import Outcome
from streams.alerting.pager.pages import GroupUpdate, Notice, Page
from streams.alerting.pager.store import PageStore, StoreError
from streams.alerting.pager.storm import Traffic
from streams.alerting.roster import Roster
from streams.core.months import DAY, NEVER, SECOND

MOST_LIVE_PAGES = 2_000
"""Beyond so many nobody is helped by one more: Alertmanager is told to come again."""
KEPT = 2 * DAY
"""How long a finished page can still be looked at."""

Change = Callable[[int], Iterable[Page]]
"""What happens, as a function of when: the pages as they are afterwards."""


class Full(Exception):
    """There are too many live pages to take another group in."""


class Send(NamedTuple):
    """Notices that go out as one message, each with its page: one, or those of a digest."""

    channel: str
    notices: tuple[tuple[Page, Notice], ...]


class Desk:
    """Holds the pages. `run` does the work; the other methods hand something in and return when it is kept."""

    def __init__(self, roster: Roster, store: PageStore, pages: Mapping[str, Page], now: Callable[[], int]) -> None:
        self.roster = roster
        self.pages = {page.id: page for page in pages.values() if page.is_live() or _is_recent(page, now())}
        """The pages as they are kept."""
        self._changed: dict[str, Page] = {}
        self._latest = ChainMap(self._changed, self.pages)
        self._store, self._now = store, now
        self._traffic = Traffic(self.pages.values())
        self._by_group = {page.group: page.id for page in self.pages.values() if page.state != "resolved"}
        self._waiting: asyncio.Queue[tuple[Change, asyncio.Future[None]]] = asyncio.Queue(maxsize=1_000)
        self.kept = asyncio.Event()
        """Set whenever pages have changed; who waits for it clears it."""

    async def run(self) -> None:
        """Take in what happens, and let time pass, for ever; raises StoreError."""
        while True:
            handed_in = await self._next()
            at = self._now()
            made = [(done, self._make(change, at)) for change, done in handed_in]
            for page in self._due(at):
                self._take(escalation.gone_on(page, self.roster, at))
            try:
                await self._keep(at)
            except StoreError as error:
                for done in (*(done for done, _ in made), *(done for _, done in self._handed_in())):
                    _tell(done, error)
                raise
            for done, refusal in made:
                _tell(done, refusal)

    async def hand_in(self, change: Change) -> None:
        """Have a change made; returns when it is kept, raises what it raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._waiting.put((change, done))
        await done

    async def group(self, update: GroupUpdate) -> None:
        """Take in what Alertmanager says of a group; raises Full."""

        def change(at: int) -> Iterator[Page]:
            page = self._latest.get(self._by_group.get(update.group, ""))
            if page is not None:
                yield escalation.updated(page, update, self.roster, at)
            elif update.is_firing:
                if len(self._by_group) >= MOST_LIVE_PAGES:
                    raise Full(f"{MOST_LIVE_PAGES} pages are open already")
                if (opened := escalation.opened(update, self.roster, at)) is not None:
                    yield opened

        await self.hand_in(change)

    async def acknowledge(self, page_id: str, notice: Notice | None, person: str) -> None:
        """Have a person take a page, and if the notice came in a digest, every page of it."""

        def change(at: int) -> Iterator[Page]:
            digest = "" if notice is None else notice.digest
            for page in list(self._latest.values()):
                if page.id == page_id or (digest and any(one.digest == digest for one in page.notices)):
                    yield escalation.acknowledged(page, person, at)

        await self.hand_in(change)

    async def sent(self, send: Send, outcome: Outcome) -> None:
        """Take in how sending went; the pages in it are as the message told of them."""

        def change(at: int) -> Iterator[Page]:
            for sent, notice in send.notices:
                page = self._latest[sent.id]
                if outcome == "delivered":
                    yield escalation.delivered(page, notice.id, sent, self.roster, at)
                else:
                    for_good = outcome == "impossible"
                    yield escalation.failed(page, notice.id, self.roster, at, for_good=for_good)

        await self.hand_in(change)

    def due_sends(self, busy: Collection[str]) -> list[Send]:
        """Return what is to go out now, the longest due for each channel that is not busy."""
        at = self._now()
        first: dict[str, tuple[Page, Notice]] = {}
        for page, notice in self._pending():
            if notice.due_at <= at and notice.channel not in busy:
                known = first.get(notice.channel)
                if known is None or (notice.due_at, notice.id) < (known[1].due_at, known[1].id):
                    first[notice.channel] = (page, notice)
        return [Send(channel, self._together(*found)) for channel, found in first.items()]

    def seconds_until_due(self, busy: Collection[str]) -> float:
        """Return for how long no channel that is not busy has anything due."""
        dues = (notice.due_at for _, notice in self._pending() if notice.channel not in busy)
        return max(0.0, (min(dues, default=NEVER) - self._now()) / SECOND)

    async def _next(self) -> list[tuple[Change, asyncio.Future[None]]]:
        due = min((page.due_at for page in self.pages.values() if page.state == "open"), default=NEVER)
        try:
            async with asyncio.timeout(max(0.0, (due - self._now()) / SECOND)):
                found = [await self._waiting.get()]
        except TimeoutError:
            found = []
        return [*found, *self._handed_in()]

    def _handed_in(self) -> Iterator[tuple[Change, asyncio.Future[None]]]:
        while not self._waiting.empty():
            yield self._waiting.get_nowait()

    def _make(self, change: Change, at: int) -> Exception | None:
        """Make a change; what goes wrong is its caller's to see, and others go on."""
        try:
            for page in change(at):
                self._take(page)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is handed on)
            return error
        return None

    def _take(self, page: Page) -> None:
        before = self._latest.get(page.id)
        if page == before:
            return
        page = self._traffic.shaped(before, page)
        self._latest[page.id] = page
        if page.state != "resolved":
            self._by_group[page.group] = page.id
        elif self._by_group.get(page.group) == page.id:
            del self._by_group[page.group]

    async def _keep(self, at: int) -> None:
        """Write what has changed; only then it can be seen from outside, and be sent."""
        if not self._changed:
            return
        await self._store.write(self._changed.values())
        self.pages |= self._changed
        self._changed.clear()
        for page in [page for page in self.pages.values() if not page.is_live() and not _is_recent(page, at)]:
            del self.pages[page.id]
        self.kept.set()

    def _due(self, at: int) -> list[Page]:
        return [page for page in self._latest.values() if page.state == "open" and page.due_at <= at]

    def _pending(self) -> Iterator[tuple[Page, Notice]]:
        for page in self.pages.values():
            for notice in page.notices:
                if notice.state == "pending":
                    yield page, notice

    def _together(self, page: Page, notice: Notice) -> tuple[tuple[Page, Notice], ...]:
        if not notice.digest:
            return ((page, notice),)
        return tuple(
            (other, one)
            for other, one in self._pending()
            if (one.channel, one.digest) == (notice.channel, notice.digest)
        )


def wall_clock() -> int:
    """Return the instant that it is."""
    return time.time_ns() // 1_000


def _tell(done: asyncio.Future[None], error: Exception | None) -> None:
    # Who handed it in may have gone away meanwhile.
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _is_recent(page: Page, at: int) -> bool:
    return page.resolved_at is None or page.resolved_at > at - KEPT
