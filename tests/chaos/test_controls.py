"""Controls: what the other tests hold must be able to fail, so here the product is broken on purpose."""

from __future__ import annotations

import signal
from copy import deepcopy
from pathlib import Path

import pytest

from streams.core.months import DAY, instant_of
from streams.worker.ending import Ending
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.conftest import Broker

START = instant_of(july.datetime_in_july(1))
LAST_TICK = START + 40 * DAY
LINES = tickets.months_of_tickets(20_000, START, START + 25 * DAY, "controls")


async def test_reading_on_where_one_left_off_is_noticed(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """Workers that resume at the applied offset instead of the horizon end on wrong figures after a kill."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    worker = Worker(installation, "worker", "resume_at_applied")
    async with Watcher(installation) as watcher, running(worker):
        await shared_out(worker)
        async with Feed(installation, LINES, rate=2_000, last_tick=LAST_TICK) as feed:
            await wait_for(lambda: watcher.applied() > 0, "something published")
            assert feed.is_flowing()
            worker.kill()
            sent = await feed.cut()
            await watcher.until_all(feed, LAST_TICK)
        with pytest.raises(AssertionError, match="figures differ"):
            await assert_true(installation, watcher, oracle_of(installation, sent, "2009-07", LAST_TICK), "2009-07")


@pytest.mark.parametrize("fenced", [True, False], ids=["fenced", "control"])
async def test_only_the_fence_keeps_a_late_round_out(
    apache_kafka: Broker, prefix: str, tmp_path: Path, *, fenced: bool
) -> None:
    """Without watchdog a woken worker sends its round: transactions refuse it; sent in order only, it is seen."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    broken = ("no_watchdog",) if fenced else ("no_watchdog", "no_transactions")
    frozen = Worker(installation, "frozen", *broken, "stop_inside_round=8")
    other = Worker(installation, "other", *broken)
    async with Watcher(installation) as watcher, running(frozen, other):
        await shared_out(frozen, other)
        async with Feed(installation, LINES, rate=1_000, last_tick=LAST_TICK) as feed:
            await wait_for(frozen.is_stopped, "stopped inside a round")
            published = watcher.applied()
            ends = deepcopy(feed.ends)
            await watcher.until(ends)
            assert feed.is_flowing()
            assert watcher.applied() > published
            frozen.send(signal.SIGCONT)
            if fenced:
                assert (await frozen.exited())[0] == Ending.OUTBOX.code
            else:
                await wait_for(lambda: bool(watcher.backwards), "the late round is noticed")
            sent = await feed.cut()
            await watcher.until_all(feed, LAST_TICK)
        if fenced:
            await assert_true(installation, watcher, oracle_of(installation, sent, "2009-07", LAST_TICK), "2009-07")
