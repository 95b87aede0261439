"""How soon a dead worker's partitions are worked again, and what those who look at the figures see meanwhile."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from streams.core.months import SECOND
from streams.kafka.topics import FAULTS
from tests.chaos import tickets
from tests.chaos.cluster import Installation, Serve, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher
from tests.conftest import Broker

FAIL_OVER_SECONDS = 15.0
POLL_SECONDS = 0.5
RATE = 150
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def watch_for_dips(serve: Serve, dips: list[str], scrapes: list[Series]) -> None:
    """Scrape twice a second for ever and note whatever of the running month has become less or has vanished."""
    known: Series = {}
    while True:
        shown = {series: value for series, value in (await serve.metrics()).items() if ("window", "month") in series[1]}
        dips.extend(f"{s}: {value} → {shown.get(s)}" for s, value in known.items() if shown.get(s, -1) < value)
        known = shown
        scrapes.append(shown)
        await asyncio.sleep(POLL_SECONDS)


async def test_partitions_of_a_killed_worker_are_worked_again_in_time(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Within 15 s of a kill -9 the lost partitions are published past what was sent since, and no figure ever dips."""
    installation = Installation(
        connection=apache_kafka.connection, prefix=prefix, folder=tmp_path, clock="wall", session_timeout_seconds=8
    )
    now = time.time_ns() // 1_000
    lines = [
        tickets.line(tickets.ticket(f"new {number}", now - SECOND, str(7_000_000 + number)), now)
        for number in range(RATE * 60)
    ]
    a, b, serve = Worker(installation, "a"), Worker(installation, "b"), Serve(installation)
    dips: list[str] = []
    scrapes: list[Series] = []
    async with Watcher(installation) as watcher, running(a, b, serve):
        lost, _ = await shared_out(a, b)
        async with Feed(installation, lines, rate=RATE, tick_every=None) as feed:
            await watcher.until({number: {FAULTS: 10} for number in feed.ends})
            scraping = asyncio.create_task(watch_for_dips(serve, dips, scrapes))
            await wait_for(lambda: len(scrapes) > 2 and bool(scrapes[-1]), "figures on /metrics")
            killed_at = time.monotonic()
            a.kill()
            await asyncio.sleep(1)
            ends = {number: dict(feed.ends[number]) for number in lost}
            await watcher.until(ends, seconds=60)
            seconds = time.monotonic() - killed_at
            assert feed.is_flowing()
            await asyncio.sleep(2)
            scraping.cancel()
            await feed.give_up()
        print(f"fail-over: {seconds:.1f} s; {len(scrapes)} scrapes of {len(scrapes[-1])} series")
        assert seconds <= FAIL_OVER_SECONDS
        assert dips == []
        assert b.exits == serve.exits == []
