"""A year's events and ticks that wait for a worker: worked in one go they give what they would have given live."""

from __future__ import annotations

import asyncio
from itertools import groupby
from pathlib import Path

import msgspec

from streams.core.months import DAY, HOUR, Calendar, add_months
from streams.samples.lines import Line
from tests.chaos import tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, assert_true, oracle_of, read_letters
from tests.conftest import Broker

CALENDAR = Calendar("Asia/Shanghai")
MONTHS = [add_months("2008-08", number) for number in range(12)]
START, END = CALENDAR.month_start(MONTHS[0]), CALENDAR.month_end(MONTHS[-1])
LAST_TICK = END + 3 * DAY
LINES = tickets.months_of_tickets(30_000, START, END, "a year")
TICK_EVERY = 4 * HOUR


def by_quarter(lines: list[Line]) -> list[list[Line]]:
    """Return the messages that arrive in each quarter of the year."""
    return [list(group) for _, group in groupby(lines, lambda line: (line.at - START) * 4 // (END + DAY - START))]


async def work_in_one_go(installation: Installation) -> Watcher:
    """Work the whole backlog from cold with two workers."""
    workers = Worker(installation, "cold-a"), Worker(installation, "cold-b")
    async with Watcher(installation) as watcher:
        async with Feed(installation, LINES, tick_every=TICK_EVERY, last_tick=LAST_TICK) as feed:
            await feed.finish()
        async with running(*workers):
            await watcher.until_all(feed, LAST_TICK)
    return watcher


async def work_as_it_comes(installation: Installation) -> Watcher:
    """Work the same year as it is sent, each quarter when the last one is published."""
    worker = Worker(installation, "live")
    async with Watcher(installation) as watcher, running(worker):
        await shared_out(worker)
        ends = None
        for lines in by_quarter(LINES):
            last_tick = LAST_TICK if lines[-1] is LINES[-1] else lines[-1].at
            feed = Feed(installation, lines, tick_every=TICK_EVERY, last_tick=last_tick, ends=ends)
            async with feed:
                await feed.finish()
            await watcher.until_all(feed, last_tick)
            ends = feed.ends
    return watcher


async def test_a_years_backlog_worked_cold_equals_the_year_worked_live(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Not one event is refused for a month that its own ticks close, and every month's tallies are the same."""
    cold = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path, partitions=3)
    live = msgspec.structs.replace(cold, prefix=f"{prefix}live-")
    watched_cold, watched_live = await asyncio.gather(work_in_one_go(cold), work_as_it_comes(live))
    for installation in (cold, live):
        assert await read_letters(installation) == []
    for number in range(cold.partitions):
        for watcher in (watched_cold, watched_live):
            assert {each.month for each in watcher.heads[number].closed} & set(MONTHS) == set(MONTHS[:-2])
        for month in MONTHS:
            there = watched_live.tallies.cells(month, number)
            assert there
            assert watched_cold.tallies.cells(month, number) == there, f"{month} of partition {number}"
    for month in (MONTHS[3], MONTHS[-1]):
        is_closed = month in MONTHS[:-2]
        as_of = CALENDAR.closing_instant(month, cold.settings().ledger_months) if is_closed else LAST_TICK
        await assert_true(cold, watched_cold, oracle_of(cold, LINES, month, as_of), month)
