"""Leaving with a checkpoint, coming back with it, and checkpoints that must not be believed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from streams.core.months import DAY, instant_of
from streams.kafka.identity import log_identity
from streams.kafka.topics import FAULTS
from streams.worker.checkpoints import Checkpoints
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.conftest import Broker

START = instant_of(july.datetime_in_july(1))
LAST_TICK = START + 40 * DAY
LINES = tickets.months_of_tickets(20_000, START, START + 25 * DAY, "checkpoints")


async def test_sigterm_publishes_all_and_damaged_checkpoints_are_ignored(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Left by SIGTERM, all that was applied is published; a good checkpoint saves reading, a bad one is not used."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    worker = Worker(installation, "worker")
    async with (
        Watcher(installation) as watcher,
        Feed(installation, LINES, rate=1_200, last_tick=LAST_TICK) as feed,
        running(worker),
    ):
        await wait_for(lambda: watcher.applied() > 3_000, "some thousand published")
        assert feed.is_flowing()
        assert await worker.stop() == 0
        checkpoints = await of_worker(installation, worker)
        kept = {number: checkpoints.load(number) for number in feed.ends}
        await asyncio.sleep(0.5)
        left_at = {number: head.applied[FAULTS] for number, head in watcher.heads.items()}
        assert {number: state.positions[FAULTS] for number, state in kept.items() if state} == left_at
        assert feed.is_flowing()

        feed.pause()
        await worker.start()
        await shared_out(worker)
        read_again = await worker.taken_in()
        print(f"left at {sum(left_at.values())} of {feed.sent}, then {read_again} messages read with good checkpoints")
        assert read_again == sum(ends[FAULTS] for ends in feed.ends.values()) - sum(left_at.values())
        assert list(worker.logged("checkpoint ignored")) == []

        assert await worker.stop() == 0
        await damage(installation, worker)
        await worker.start()
        await shared_out(worker)
        ignored = {entry["partition"]: entry["why"] for entry in worker.logged("checkpoint ignored")}
        assert set(ignored) == {0, 1, 2, 3}
        assert "another log" in ignored[3]
        whole = sum(ends[FAULTS] for number, ends in feed.ends.items() if number in ignored)
        assert await worker.taken_in() == whole
        feed.go_on()
        await feed.reaches(feed.sent + 500)
        sent = await feed.cut()
        await watcher.until_all(feed, LAST_TICK)
        await assert_true(installation, watcher, oracle_of(installation, sent, "2009-07", LAST_TICK), "2009-07")


async def of_worker(installation: Installation, worker: Worker) -> Checkpoints:
    """Return the checkpoints in a worker's folder."""
    settings = msgspec.structs.replace(installation.settings(), data_dir=worker.data)
    return Checkpoints(settings, await log_identity(installation.connection, installation.prefix))


async def damage(installation: Installation, worker: Worker) -> None:
    """Flip a byte of partition 0's checkpoint, cut off 1's, empty 2's, and give 3 one of another cluster."""
    checkpoints = await of_worker(installation, worker)
    content = bytearray(checkpoints.path(0).read_bytes())
    content[len(content) // 2] ^= 0x01
    checkpoints.path(0).write_bytes(content)
    content = bytearray(checkpoints.path(1).read_bytes())
    checkpoints.path(1).write_bytes(content[: len(content) * 2 // 3])
    checkpoints.path(2).write_bytes(b"")
    settings = msgspec.structs.replace(installation.settings(), data_dir=worker.data)
    identity = await log_identity(installation.connection, installation.prefix)
    elsewhere = Checkpoints(settings, msgspec.structs.replace(identity, cluster="another cluster"))
    kept = checkpoints.load(3)
    assert kept is not None
    await elsewhere.save(3, kept)
