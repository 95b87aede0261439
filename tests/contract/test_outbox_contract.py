"""What the outbox promises, on both kinds of broker; the promises against zombies and crashes are Apache Kafka's."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import TopicPartition
from aiokafka.partitioner import murmur2

from streams.core.rounds import Outgoing, Round
from streams.kafka import client, topics
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from streams.worker.outbox import OrderedOutbox, Outbox, OutboxError, TransactionalOutbox, outbox_for
from tests.conftest import Broker
from tests.kafka.apache import ApacheKafka

PARTITIONS = 3


def make_round(partition: int, number: int, *, tallies: int = 3) -> Round:
    """Return a round whose records all carry its number."""
    label = f"round {number}".encode()
    return Round(
        partition,
        [Outgoing(topics.DEAD_LETTERS, partition, b"subscriber", label, (("reason", b"unreadable"),))],
        [Outgoing(topics.TALLIES, partition, b"bucket-%d" % each, label) for each in range(tallies)],
        Outgoing(topics.TALLIES, partition, b"head", label),
    )


def whole(number: int) -> list[tuple[bytes, bytes]]:
    """Return what a reader of tallies has to see of one round."""
    a_round = make_round(0, number)
    return [(record.key, record.value) for record in (*a_round.tallies, a_round.head)]


@asynccontextmanager
async def outbox_of(broker: Broker, prefix: str) -> AsyncIterator[Outbox]:
    """The outbox that a worker would use on this broker."""
    outbox = outbox_for(broker.connection, prefix, await client.cluster_id(broker.connection))
    try:
        yield outbox
    finally:
        await outbox.close_all()


async def read(
    connection: Connection, prefix: str, topic: str = topics.TALLIES, partition: int = 0, *, committed: bool = True
) -> list[tuple[bytes, bytes]]:
    """Return keys and values of one partition."""
    place = TopicPartition(topics.real_name(prefix, topic), partition)
    found = read_to_end(connection, {place: None}, committed=committed)
    return [(record.key, record.value) async for _, records in found for record in records]


async def test_rounds_are_seen_whole_and_in_order(broker: Broker, prefix: str) -> None:
    """A reader sees each round's tallies, then its head, then the next round; side effects are in their topics."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    async with outbox_of(broker, prefix) as outbox:
        await outbox.open(0)
        for number in range(4):
            await outbox.send(make_round(0, number))
    assert await read(broker.connection, prefix) == [record for number in range(4) for record in whole(number)]
    letters = await read(broker.connection, prefix, topics.DEAD_LETTERS)
    assert letters == [(b"subscriber", f"round {number}".encode()) for number in range(4)]


async def test_partitions_do_not_mix(broker: Broker, prefix: str) -> None:
    """Rounds of many partitions, sent side by side, stay each in its own partition and order."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)

    async def work(outbox: Outbox, partition: int) -> None:
        await outbox.open(partition)
        for number in range(5):
            await outbox.send(make_round(partition, 10 * partition + number))

    async with outbox_of(broker, prefix) as outbox:
        await asyncio.gather(*(work(outbox, partition) for partition in range(PARTITIONS)))
    for partition in range(PARTITIONS):
        expected = [record for number in range(5) for record in whole(10 * partition + number)]
        assert await read(broker.connection, prefix, partition=partition) == expected


async def test_keyed_side_effects_find_their_partition_and_nothing_is_refused(broker: Broker, prefix: str) -> None:
    """A re-sent record goes where its key belongs, a tombstone stays one, and a record of nothing goes through."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    effects = [
        Outgoing(topics.FAULTS, None, b"6332827", b"{}"),
        Outgoing(topics.FAULTS, 1, b"gone", None),
        Outgoing(topics.FAULTS, 1, None, None),
    ]
    async with outbox_of(broker, prefix) as outbox:
        await outbox.open(0)
        await outbox.send(Round(0, effects, [], Outgoing(topics.TALLIES, 0, b"head", b"1")))
    home = (murmur2(b"6332827") & 0x7FFFFFFF) % PARTITIONS
    assert (b"6332827", b"{}") in await read(broker.connection, prefix, topics.FAULTS, home)
    assert (await read(broker.connection, prefix, topics.FAULTS, 1))[-2:] == [(b"gone", None), (None, b"")]


async def test_a_partition_that_is_not_open_cannot_send(broker: Broker, prefix: str) -> None:
    """Only an owner sends; giving up ends it, twice or never opened is harmless, and opening again works."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    async with outbox_of(broker, prefix) as outbox:
        await outbox.close(0)
        await outbox.open(0)
        await outbox.close(0)
        await outbox.close(0)
        with pytest.raises(OutboxError, match="partition 0 is not open"):
            await outbox.send(make_round(0, 1))
        await outbox.open(0)
        await outbox.send(make_round(0, 2))
        await outbox.close_all()
    assert await read(broker.connection, prefix) == whole(2)


async def test_a_record_that_cannot_be_sent_is_an_error(broker: Broker, prefix: str) -> None:
    """What a producer refuses reaches the worker, which ends; no head says that the round got out."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    monster = Outgoing(topics.TALLIES, 0, b"bucket", bytes(client.MAX_REQUEST_BYTES))
    async with outbox_of(broker, prefix) as outbox:
        await outbox.open(0)
        with pytest.raises(OutboxError):
            await outbox.send(Round(0, [], [monster], Outgoing(topics.TALLIES, 0, b"head", b"1")))
        with pytest.raises(OutboxError, match="not open"):
            await outbox.send(make_round(0, 2))
    assert await read(broker.connection, prefix) == []


async def test_a_successor_fences_the_former_owner(apache_kafka: Broker, prefix: str) -> None:
    """Once another worker has opened the partition, the former owner's rounds fail and are never seen."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    async with outbox_of(apache_kafka, prefix) as zombie, outbox_of(apache_kafka, prefix) as successor:
        await zombie.open(0)
        await zombie.send(make_round(0, 1))
        await successor.open(0)
        with pytest.raises(OutboxError):
            await zombie.send(make_round(0, 2))
        await successor.send(make_round(0, 3))
        with pytest.raises(OutboxError):
            await zombie.send(make_round(0, 4))
    assert await read(apache_kafka.connection, prefix) == whole(1) + whole(3)


async def test_a_worker_frozen_before_its_commit_cannot_finish_it(apache_kafka: Broker, prefix: str) -> None:
    """A round whose records are all with the broker is undone by a successor, however late its owner wakes up."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    frozen, thawed = asyncio.Event(), asyncio.Event()
    async with outbox_of(apache_kafka, prefix) as zombie, outbox_of(apache_kafka, prefix) as successor:
        await zombie.open(0)
        commit = zombie._producers[0].commit_transaction

        async def commit_late() -> None:
            frozen.set()
            await thawed.wait()
            await commit()

        zombie._producers[0].commit_transaction = commit_late
        late = asyncio.create_task(zombie.send(make_round(0, 1)))
        await frozen.wait()
        assert await read(apache_kafka.connection, prefix, committed=False) == whole(1)
        await successor.open(0)
        await successor.send(make_round(0, 2))
        thawed.set()
        with pytest.raises(OutboxError):
            await late
    assert await read(apache_kafka.connection, prefix) == whole(2)


async def test_without_transactions_a_zombie_gets_through(apache_kafka: Broker, prefix: str) -> None:
    """Control: the same story with the ordered outbox shows the late round, so the test above can fail."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    zombie, successor = (OrderedOutbox(apache_kafka.connection, prefix) for _ in range(2))
    try:
        await zombie.open(0)
        await successor.open(0)
        await successor.send(make_round(0, 3))
        await zombie.send(make_round(0, 2))
    finally:
        await asyncio.gather(zombie.close_all(), successor.close_all())
    assert await read(apache_kafka.connection, prefix) == whole(3) + whole(2)


DYING_WORKER = """
import asyncio, os, signal, sys
from streams.kafka.client import Connection
from streams.worker.outbox import TransactionalOutbox
from tests.contract.test_outbox_contract import make_round

async def main():
    outbox = TransactionalOutbox(Connection(bootstrap=sys.argv[1]), sys.argv[2])
    await outbox.open(0)
    await outbox.send(make_round(0, 1))
    outbox._producers[0].commit_transaction = lambda: os.kill(os.getpid(), signal.SIGKILL)
    await outbox.send(make_round(0, 2))

asyncio.run(main())
"""


async def test_a_round_cut_off_by_a_crash_is_never_seen(apache_kafka: Broker, prefix: str) -> None:
    """A worker killed when all its records are with the broker, but uncommitted, has sent nothing."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    worker = [sys.executable, "-c", DYING_WORKER, apache_kafka.connection.bootstrap, prefix]
    async with asyncio.timeout(30):
        assert await (await asyncio.create_subprocess_exec(*worker)).wait() == -signal.SIGKILL
    # The fault hit where it should: the broker does hold the second round.
    assert await read(apache_kafka.connection, prefix, committed=False) == whole(1) + whole(2)
    assert await read(apache_kafka.connection, prefix) == whole(1)
    async with outbox_of(apache_kafka, prefix) as successor:
        await successor.open(0)
        assert await read(apache_kafka.connection, prefix) == whole(1)
        await successor.send(make_round(0, 3))
    assert await read(apache_kafka.connection, prefix) == whole(1) + whole(3)


async def test_installations_do_not_fence_each_other(apache_kafka: Broker, prefix: str) -> None:
    """Two installations on one cluster, told apart by prefix alone, own the same partition number side by side."""
    prefixes = (f"{prefix}a-", f"{prefix}b-")
    for each in prefixes:
        await topics.ensure(apache_kafka.connection, each, PARTITIONS)
    outboxes = [TransactionalOutbox(apache_kafka.connection, each) for each in prefixes]
    try:
        for outbox in outboxes:
            await outbox.open(0)
        for outbox in outboxes:
            await outbox.send(make_round(0, 1))
    finally:
        await asyncio.gather(*(outbox.close_all() for outbox in outboxes))
    for each in prefixes:
        assert await read(apache_kafka.connection, each) == whole(1)


async def test_a_broker_killed_between_rounds_loses_and_doubles_nothing(apache_node: ApacheKafka, prefix: str) -> None:
    """Rounds go on after the broker's crash and restart, each there once, those reported as sent among them."""
    await topics.ensure(apache_node.connection, prefix, PARTITIONS)
    outbox = TransactionalOutbox(apache_node.connection, prefix)
    try:
        await outbox.open(0)
        await outbox.send(make_round(0, 1))
        apache_node.kill()
        during = asyncio.create_task(outbox.send(make_round(0, 2)))
        await asyncio.to_thread(apache_node.start)
        await during
        await outbox.send(make_round(0, 3))
    finally:
        await outbox.close_all()
    assert await read(apache_node.connection, prefix) == whole(1) + whole(2) + whole(3)
