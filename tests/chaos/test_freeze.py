"""Workers that stand still inside a batch, lose their partitions, and wake up again."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from streams.core.months import instant_of
from streams.samples.lines import Line
from streams.worker.ending import Ending
from tests.chaos import july
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.conftest import Broker
from tests.oracle.faults import Unreadable, read

STOPS_AT = 5_000
SUCCESSOR_WORKS = 20_000
BLOCK = 25_000


def revision_of(line: Line) -> int:
    """Return the revision of a message's ticket, 0 for what is none."""
    try:
        read(line.value)
    except Unreadable:
        return 0
    return int(msgspec.json.decode(line.value or b"")["revision"])


def revision_by_revision(lines: Sequence[Line]) -> list[Line]:
    """Return blocks of messages, in each all first revisions before all second ones, so that newer ones come late."""
    blocks = (lines[start : start + BLOCK] for start in range(0, len(lines), BLOCK))
    return [line for block in blocks for line in sorted(block, key=revision_of)]


def newest_of_key(lines: Iterable[Line]) -> dict[bytes, int]:
    """Return key → highest revision among the messages."""
    newest: dict[bytes, int] = {}
    for line in lines:
        if line.key is not None:
            newest[line.key] = max(newest.get(line.key, 0), revision_of(line))
    return newest


async def test_a_worker_frozen_inside_a_batch_changes_nothing_when_it_wakes(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Stopped inside a batch, it wakes after its successor's 20,000 records, newer revisions among them, and ends."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    frozen, other = Worker(installation, "frozen", f"stop_inside_batch={STOPS_AT}"), Worker(installation, "other")
    lines = revision_by_revision([line for line in july.lines() if line.at >= instant_of(july.datetime_in_july(1, 0))])
    async with Watcher(installation) as watcher, running(frozen, other):
        await shared_out(frozen, other)
        async with Feed(installation, lines, rate=2_500, last_tick=july.AS_OF) as feed:
            await wait_for(frozen.is_stopped, "stopped inside a batch")
            stopped_at, published = feed.sent, watcher.applied()
            await wait_for(lambda: watcher.applied() >= published + SUCCESSOR_WORKS, "20,000 records by the successor")
            woken_at = feed.sent
            assert feed.is_flowing()
            assert frozen.is_stopped()
            frozen.send(signal.SIGCONT)
            (code,) = await frozen.exited()
            assert code in (Ending.FROZEN.code, Ending.OUTBOX.code)
            before, after = newest_of_key(lines[:stopped_at]), newest_of_key(lines[stopped_at:woken_at])
            newer = sum(after[key] > before[key] for key in before.keys() & after.keys())
            print(
                f"stopped at {stopped_at}, woken at {woken_at} of {feed.total}, {newer} keys newer; ended with {code}"
            )
            assert newer > 1_000
            sent = await feed.cut()
            for worker in (frozen, other):
                worker.kill()
            await watcher.until_all(feed, july.AS_OF)
        assert other.exits == [-signal.SIGKILL]
        await assert_true(installation, watcher, oracle_of(installation, sent, july.PERIOD, july.AS_OF), july.PERIOD)
