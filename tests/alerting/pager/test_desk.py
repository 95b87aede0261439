"""What happens to pages is kept before anything is answered or sent, one thing after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest

from streams.alerting.pager import desk as module
from streams.alerting.pager.desk import Desk, Full, Send
from streams.alerting.pager.pages import GroupUpdate, Page
from streams.alerting.pager.store import PageStore, StoreError
from streams.alerting.pager.storm import GATHER, MOST_NOTICES
from streams.core.months import MINUTE
from tests.alerting.pager.test_escalation import AT, KNOWN, update


class Memory:
    """A store in memory; `is_open` lets writes through, `fails` breaks them."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.writes = 0
        self.fails = False
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def write(self, pages: Iterable[Page]) -> None:
        """Keep pages."""
        await self.is_open.wait()
        if self.fails:
            raise StoreError("away")
        self.writes += 1
        self.pages |= {page.id: page for page in pages}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> int:
        """The instant that it is."""
        return self.at


@asynccontextmanager
async def working(memory: Memory, clock: Clock) -> AsyncIterator[Desk]:
    """A desk that works for the length of a block, with what the store holds."""
    desk = Desk(KNOWN, cast("PageStore", memory), memory.pages, clock)
    task = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, StoreError):
            await task


def group(number: int) -> GroupUpdate:
    """News of one of many groups."""
    return GroupUpdate(group=f"g{number}", subject=update().subject, is_firing=True)


async def test_nothing_is_answered_before_it_is_kept() -> None:
    """And nothing goes out: a pager that dies before has promised nothing."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        memory.is_open.clear()
        answering = asyncio.create_task(desk.group(update()))
        await asyncio.sleep(0.05)
        assert not answering.done()
        assert not desk.kept.is_set()
        assert desk.pages == {}
        assert desk.due_sends([]) == []
        memory.is_open.set()
        await answering
        assert len(memory.pages) == 1
        assert [send.channel for send in desk.due_sends([])] == ["CHEN"]


async def test_a_store_that_fails_ends_the_desk() -> None:
    """Whoever started it starts it anew, with what was kept."""
    memory, clock = Memory(), Clock()
    desk = Desk(KNOWN, cast("PageStore", memory), {}, clock)
    memory.fails = True
    running = asyncio.create_task(desk.run())
    asking = asyncio.create_task(desk.group(update()))
    with pytest.raises(StoreError):
        await running
    with pytest.raises(StoreError):
        await asking


async def test_what_comes_together_is_kept_together() -> None:
    """A thousand groups at once are a few writes, not a thousand."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        await asyncio.gather(*(desk.group(group(number)) for number in range(1_000)))
        assert len(memory.pages) == 1_000
        assert memory.writes < 20


async def test_a_thousand_groups_are_a_few_messages() -> None:
    """Six of them by themselves, and one digest of the others, which is tried again as the same."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        await asyncio.gather(*(desk.group(group(number)) for number in range(1_000)))
        singles = 0
        while sends := desk.due_sends([]):
            singles += len(sends)
            for send in sends:
                await desk.sent(send, "delivered")
        assert singles == MOST_NOTICES
        clock.at += GATHER
        [digest] = desk.due_sends([])
        assert len(digest.notices) == 1_000 - MOST_NOTICES
        await desk.sent(digest, "failed")
        clock.at += MINUTE
        [again] = desk.due_sends([])
        assert {notice.message_id for _, notice in again.notices} == {digest.notices[0][1].message_id}
        await desk.acknowledge(again.notices[0][0].id, again.notices[0][1], "chen")
        assert sum(page.state == "acknowledged" for page in desk.pages.values()) == 1_000 - MOST_NOTICES
        assert desk.due_sends([]) == []


async def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alertmanager keeps what is not taken, and comes again; those that are known are still served."""
    monkeypatch.setattr(module, "MOST_LIVE_PAGES", 2)
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        for number in (0, 1, 0):
            await desk.group(group(number))
        with pytest.raises(Full):
            await desk.group(group(2))


async def test_time_goes_on_by_itself() -> None:
    """The next person is told when it is time, without anything happening."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        await desk.group(update())
    clock.at += 5 * MINUTE
    async with working(memory, clock) as desk, asyncio.timeout(5):
        await desk.kept.wait()
        [page] = desk.pages.values()
        assert [notice.person for notice in page.notices] == ["chen", "chen"]


async def test_a_message_is_sent_once_while_its_channel_is_busy() -> None:
    """And what is pending is found again by a desk that begins anew, under the same id."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        await desk.group(update())
        [send] = desk.due_sends([])
        assert desk.due_sends(["CHEN"]) == []
    async with working(memory, clock) as desk:
        [again] = desk.due_sends([])
        assert isinstance(again, Send)
        assert again.notices == send.notices
        await desk.sent(again, "delivered")
        assert desk.due_sends([]) == []


async def test_a_group_that_comes_again_is_the_same_page() -> None:
    """A message that Alertmanager repeats changes nothing and is not even kept; after its end it is a new page."""
    memory, clock = Memory(), Clock()
    async with working(memory, clock) as desk:
        for _ in range(3):
            await desk.group(update())
        assert memory.writes == 1
        await desk.group(update(is_firing=False))
        await desk.group(update(is_firing=False))
        clock.at += 1
        await desk.group(update())
        assert [page.state for page in desk.pages.values()] == ["resolved", "open"]
