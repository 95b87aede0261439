"""Workers that stand still inside a batch, lose their partitions, and wake up again."""

from __future__ import annotations

import signal
from pathlib import Path

import msgspec

from streams.worker.ending import Ending
from tests.chaos import july
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher
from tests.conftest import Broker
from tests.oracle.faults import Unreadable, read

STOPS_AT = 3_000
SUCCESSOR_WORKS = 20_000


def revisions(first: int, last: int) -> dict[tuple[bytes | None, str], int]:
    """Return (key, ticket) → highest revision among the messages from `first` to `last`."""
    highest: dict[tuple[bytes | None, str], int] = {}
    for line in july.lines()[first:last]:
        try:
            read(line.value)
        except Unreadable:
            continue
        ticket = msgspec.json.decode(line.value or b"")
        place = (line.key, ticket["id"])
        highest[place] = max(highest.get(place, 0), ticket["revision"])
    return highest


async def test_a_worker_frozen_inside_a_batch_changes_nothing_when_it_wakes(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """It stands still inside a batch, its successor works 20,000 records, newer revisions among them; awake, it ends."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    frozen, other = Worker(installation, "frozen", f"stop_inside_batch={STOPS_AT}"), Worker(installation, "other")
    async with Watcher(installation) as watcher, running(frozen, other):
        await shared_out(frozen, other)
        async with Feed(installation, july.lines(), rate=3_500, last_tick=july.AS_OF) as feed:
            await wait_for(frozen.is_stopped, "stopped inside a batch")
            stopped_at, published = feed.sent, watcher.applied()
            await wait_for(lambda: watcher.applied() >= published + SUCCESSOR_WORKS, "20,000 records by the successor")
            woken_at = feed.sent
            assert feed.is_flowing()
            assert frozen.is_stopped()
            frozen.send(signal.SIGCONT)
            (code,) = await frozen.exited()
            print(f"stopped at {stopped_at}, woken at {woken_at} of {feed.total}; it ended with {code}")
            assert code in (Ending.FROZEN.code, Ending.OUTBOX.code)
            before, after = revisions(0, stopped_at), revisions(stopped_at, woken_at)
            newer = sum(after[place] > before[place] for place in before.keys() & after.keys())
            assert newer > 1_000
            await feed.reaches(feed.total)
            for worker in (frozen, other):
                worker.kill()
            await watcher.until_all(feed, july.AS_OF)
        assert other.exits == [-signal.SIGKILL]
        await july.assert_true(installation, watcher)
