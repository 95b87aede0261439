"""Outages that are told of while reports flow, and workers killed before other partitions could hear of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.core.events import Outage
from streams.core.months import DAY, instant_of
from tests.chaos import july, outages, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.conftest import Broker

START = instant_of(july.datetime_in_july(1))
END = START + 25 * DAY
LAST_TICK = START + 40 * DAY
KILLS = 2
LINES = sorted(
    [
        *tickets.months_of_tickets(4_000, START, END, "outages"),
        *outages.complaints(1_500, START, END, "outages"),
        *outages.lives_of_outages(40, START, END - 3 * DAY, "outages"),
    ],
    key=lambda line: line.at,
)


async def test_links_are_true_after_kills_between_an_outage_and_its_copies(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Two workers, each killed -9 twice with copies of an outage in hand: links, figures, audit are the oracle's.

    Control: they are not those of outages that nobody restored.
    """
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    workers = [Worker(installation, name, f"die_before_copies={KILLS}") for name in "ab"]
    async with Watcher(installation) as watcher, running(*workers):
        await shared_out(*workers)
        async with Feed(installation, LINES, rate=500, last_tick=LAST_TICK) as feed:
            for worker in workers:
                await worker.exited(KILLS)
            print(f"killed {KILLS} times each, {feed.sent} of {feed.total} sent")
            assert feed.is_flowing()
            await feed.finish()
            await watcher.until_all(feed, LAST_TICK)
        assert [worker.exits for worker in workers] == [[-9] * KILLS] * 2
        figures = oracle_of(installation, LINES, july.PERIOD, LAST_TICK)
        await assert_true(installation, watcher, figures, july.PERIOD)
        assert outages.assert_links_true(watcher.tallies, figures, july.PERIOD) > 1_000
        unrestored = [line for line in LINES if line.topic != Outage.topic or b"restored_at" not in (line.value or b"")]
        with pytest.raises(AssertionError):
            outages.assert_links_true(
                watcher.tallies, oracle_of(installation, unrestored, july.PERIOD, LAST_TICK), july.PERIOD
            )
