"""What the program relies on in a broker, held by the embedded one and by Apache Kafka alike."""

from __future__ import annotations

import asyncio
import os
import time

import msgspec
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.partitioner import murmur2

from streams.credentials import Secret
from streams.kafka import client, reader, topics
from streams.kafka.client import BrokerUnreachable, Connection
from streams.kafka.reader import LogError, OffsetLost, log_beginnings, log_ends, read_to_end
from streams.kafka.topic_ids import topic_ids
from tests.conftest import Broker
from tests.kafka.apache import ApacheKafka, free_ports

PARTITIONS = 3


async def produce(connection: Connection, partition: TopicPartition, *batches: int) -> None:
    """Send batches of so many records, each batch acknowledged before the next begins."""
    async with client.running(client.new_producer(connection)) as producer:
        for size in batches:
            sent = [
                await producer.send(partition.topic, b"v", key=b"k", partition=partition.partition) for _ in range(size)
            ]
            await asyncio.gather(*sent)


async def read(connection: Connection, *args: object, **kwargs: object) -> list[ConsumerRecord]:
    """Return all that `read_to_end` yields, with a limit in time: a reader that hangs is a failure."""
    async with asyncio.timeout(20):
        return [record async for _, records in read_to_end(connection, *args, **kwargs) for record in records]


def test_every_source_is_in_the_table() -> None:
    """A kind of event without its row in the table would have no topic."""
    assert set(topics.SOURCES) < {topic.name for topic in topics.TOPICS}


async def test_topics_are_made_once_and_another_partition_count_is_refused(broker: Broker, prefix: str) -> None:
    """Making topics twice is harmless; the number of partitions is for life."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    assert await topics.problems(broker.connection, prefix, PARTITIONS) == []
    with pytest.raises(topics.TopicsError, match=f"{prefix}faults has 3 partitions, not 4"):
        await topics.ensure(broker.connection, prefix, 4)


async def test_workers_that_start_at_once_make_the_topics_together(broker: Broker, prefix: str) -> None:
    """A topic that another worker makes at the same moment is no error."""
    await asyncio.gather(*(topics.ensure(broker.connection, prefix, PARTITIONS) for _ in range(4)))
    assert await topics.problems(broker.connection, prefix, PARTITIONS) == []


async def test_missing_topics_are_reported(broker: Broker, prefix: str) -> None:
    """A check before the first start names every topic, and makes none."""
    for _ in range(2):
        missing = await topics.problems(broker.connection, prefix, PARTITIONS)
        assert [sentence.split()[1] for sentence in missing] == [prefix + topic.name for topic in topics.TOPICS]


async def test_a_changed_retention_is_reported_with_its_remedy(apache_kafka: Broker, prefix: str) -> None:
    """A source topic that somebody lets expire is found before it loses the ledger."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    name = topics.real_name(prefix, topics.FAULTS)
    changed = ConfigResource(ConfigResourceType.TOPIC, name, topics.TOPICS[0].configs() | {"retention.ms": "1000000"})
    async with client.running(client.new_admin(apache_kafka.connection)) as admin:
        await admin.alter_configs([changed])
    async with asyncio.timeout(5):
        found: list[str] = []
        while not found:
            found = await topics.problems(apache_kafka.connection, prefix, PARTITIONS)
    assert [sentence.split(". ")[0] for sentence in found] == [f"topic {name}: retention.ms is 1000000, not -1"]
    assert f"--entity-name {name} --add-config retention.ms=-1" in found[0]


async def test_the_cluster_says_what_kind_it_is(broker: Broker) -> None:
    """Whether there are transactions is told by the cluster id alone."""
    assert client.is_embedded(await client.cluster_id(broker.connection)) == (broker.kind == "embedded")


async def test_a_broker_that_is_not_there_is_named_with_what_to_do() -> None:
    """Whatever is tried first, nobody has to read a stack trace to learn that no broker runs."""
    nowhere = Connection(bootstrap=f"127.0.0.1:{free_ports(1)[0]}")
    attempts = (
        client.cluster_id(nowhere),
        topics.ensure(nowhere, "", PARTITIONS),
        topic_ids(nowhere, ["faults"]),
        log_ends(nowhere, [TopicPartition("faults", 0)]),
        read(nowhere, {TopicPartition("faults", 0): None}),
        client.start(client.new_producer(nowhere)),
    )
    for attempt in attempts:
        with pytest.raises(BrokerUnreachable, match="STREAMS_BROKER"):
            await attempt


async def test_a_topic_made_anew_has_another_id(broker: Broker, prefix: str) -> None:
    """A name may come back, an id does not: so a fold of the old topic is never continued on the new one."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    name = topics.real_name(prefix, topics.FAULTS)
    before = await topic_ids(broker.connection, [name])
    assert before == await topic_ids(broker.connection, [name])
    async with client.running(client.new_admin(broker.connection)) as admin:
        await admin.delete_topics([name])
        async with asyncio.timeout(5):
            gone = False
            while not gone:
                gone = name not in await admin.list_topics()
    with pytest.raises(topics.TopicsError, match=name):
        await topic_ids(broker.connection, [name])
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    assert before != await topic_ids(broker.connection, [name])


async def test_records_come_back_as_they_were_sent(broker: Broker, prefix: str) -> None:
    """Key, value, headers, tombstones and empty values survive, and records keep their order."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    name = topics.real_name(prefix, topics.FAULTS)
    headers = [("reason", "不是 JSON".encode()), ("offset", b"7")]
    async with client.running(client.new_producer(broker.connection)) as producer:
        await producer.send_and_wait(name, b"\xff\x00", key=b"k", partition=1, headers=headers)
        await producer.send_and_wait(name, None, key=b"k", partition=1)
        await producer.send_and_wait(name, b"", partition=1)
    records = await read(broker.connection, {TopicPartition(name, 1): None})
    assert [(r.key, r.value, list(r.headers)) for r in records] == [
        (b"k", b"\xff\x00", headers), (b"k", None, []), (None, b"", []),
    ]  # fmt: skip


async def test_a_key_goes_to_the_partition_that_murmur2_says(broker: Broker, prefix: str) -> None:
    """Every key has one home, the same as with the Java client."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    name = topics.real_name(prefix, topics.FAULTS)
    keys = [f"63328{number:02}".encode() for number in range(20)]
    async with client.running(client.new_producer(broker.connection)) as producer:
        await asyncio.gather(*[await producer.send(name, b"v", key=key) for key in keys])
    records = await read(broker.connection, {TopicPartition(name, p): None for p in range(PARTITIONS)})
    assert {r.key: r.partition for r in records} == {key: (murmur2(key) & 0x7FFFFFFF) % PARTITIONS for key in keys}


@pytest.mark.parametrize("topic", topics.TOPICS, ids=lambda topic: topic.name)
async def test_a_record_of_nearly_the_largest_size_goes_through(
    broker: Broker, prefix: str, topic: topics.Topic
) -> None:
    """A source's largest record fits, and a dead letter can hold it with its headers; no client is in the way."""
    assert topic.max_message_bytes < client.MAX_REQUEST_BYTES
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    name = topics.real_name(prefix, topic.name)
    value = os.urandom(topic.max_message_bytes - 64 * 1024)
    async with client.running(client.new_producer(broker.connection)) as producer:
        await producer.send_and_wait(name, value, key=b"k", partition=0)
    assert [r.value for r in await read(broker.connection, {TopicPartition(name, 0): None})] == [value]


async def test_the_end_is_right_after_batches_of_several_records(broker: Broker, prefix: str) -> None:
    """After batches of 10 and 5 the log ends at 15 and all is read, though the embedded broker's own answer is 11."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    full, empty = (TopicPartition(topics.real_name(prefix, topics.FAULTS), p) for p in (0, 1))
    await produce(broker.connection, full, 10, 5)
    assert [r.offset for r in await read(broker.connection, {full: None, empty: None})] == list(range(15))
    for committed in (True, False):
        assert await log_ends(broker.connection, [full, empty], committed=committed) == {full: 15, empty: 0}
        assert await log_ends(broker.connection, [], committed=committed) == {}
        assert await read(broker.connection, {}, committed=committed) == []


async def test_reading_from_the_middle_up_to_a_given_offset(broker: Broker, prefix: str) -> None:
    """A start inside a batch is exact, and so is an end inside another; starting at the end yields nothing."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.FAULTS), 2)
    await produce(broker.connection, partition, 10, 5)
    assert [r.offset for r in await read(broker.connection, {partition: 7})] == list(range(7, 15))
    assert [r.offset for r in await read(broker.connection, {partition: 7}, until={partition: 12})] == list(
        range(7, 12)
    )
    assert await read(broker.connection, {partition: 15}) == []
    assert await read(broker.connection, {partition: 9}, until={partition: 4}) == []


async def test_records_that_come_while_reading_do_not_move_the_end(broker: Broker, prefix: str) -> None:
    """A reader ends although a writer never does."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.FAULTS), 0)
    await produce(broker.connection, partition, 3)
    offsets = []
    async for _, records in read_to_end(broker.connection, {partition: None}):
        offsets.extend(record.offset for record in records)
        await produce(broker.connection, partition, 2)
    assert offsets == [0, 1, 2]


async def test_empty_partitions_cost_little_time(broker: Broker, prefix: str) -> None:
    """Reading many empty partitions to their ends takes a moment, not a wait for each."""
    await topics.ensure(broker.connection, prefix, 12)
    partitions = [TopicPartition(topics.real_name(prefix, t.name), p) for t in topics.TOPICS for p in range(12)]
    began = time.monotonic()
    assert await read(broker.connection, dict.fromkeys(partitions)) == []
    assert time.monotonic() - began < 3


async def test_an_offset_outside_the_log_is_an_error(broker: Broker, prefix: str) -> None:
    """Who knew a longer log than there is learns it, instead of waiting or skipping in silence."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.FAULTS), 0)
    await produce(broker.connection, partition, 3)
    for starts, until in (({partition: 5}, None), ({partition: 0}, {partition: 5})):
        with pytest.raises(OffsetLost, match=f"{partition.topic}-0"):
            await read(broker.connection, starts, until=until)


async def test_deleted_records_move_the_beginning(apache_kafka: Broker, prefix: str) -> None:
    """Where the log's first records are gone, the beginning says so, and an older offset is an error."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.FAULTS), 0)
    await produce(apache_kafka.connection, partition, 5)
    async with client.running(client.new_admin(apache_kafka.connection)) as admin:
        await admin.delete_records({partition: RecordsToDelete(3)})
    assert await log_beginnings(apache_kafka.connection, [partition]) == {partition: 3}
    assert [r.offset for r in await read(apache_kafka.connection, {partition: None})] == [3, 4]
    with pytest.raises(OffsetLost, match=f"offset 1 of {partition.topic}-0"):
        await read(apache_kafka.connection, {partition: 1})


async def test_apache_kafka_stamps_records_itself(apache_kafka: Broker, prefix: str) -> None:
    """A record that its sender stamps 2009 gets today's stamp, so that no retention by time can delete it at once."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.FAULTS), 0)
    async with client.running(client.new_producer(apache_kafka.connection)) as producer:
        await producer.send_and_wait(partition.topic, b"v", partition=0, timestamp_ms=1_246_406_400_000)
    (record,) = await read(apache_kafka.connection, {partition: None})
    assert abs(record.timestamp / 1000 - time.time()) < 60


async def test_aborted_and_open_transactions_are_neither_seen_nor_waited_for(apache_kafka: Broker, prefix: str) -> None:
    """Committed reading passes aborted records and trailing markers, and ends before an open transaction."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    partition = TopicPartition(topics.real_name(prefix, topics.TALLIES), 0)
    producer = client.new_producer(apache_kafka.connection, transactional_id=f"{prefix}writer")
    async with client.running(producer):
        for value, commits in ((b"kept", True), (b"aborted", False)):
            await producer.begin_transaction()
            await (await producer.send(partition.topic, value, key=b"k", partition=0))
            await (producer.commit_transaction() if commits else producer.abort_transaction())
        # Each transaction is one record and one marker.
        assert await log_ends(apache_kafka.connection, [partition]) == {partition: 4}
        assert [r.value for r in await read(apache_kafka.connection, {partition: None})] == [b"kept"]
        await producer.begin_transaction()
        await (await producer.send(partition.topic, b"open", key=b"k", partition=0))
        assert [r.value for r in await read(apache_kafka.connection, {partition: None})] == [b"kept"]
        assert await log_ends(apache_kafka.connection, [partition]) == {partition: 4}
        assert await log_ends(apache_kafka.connection, [partition], committed=False) == {partition: 5}
        seen = await read(apache_kafka.connection, {partition: None}, committed=False)
        assert [r.value for r in seen] == [b"kept", b"aborted", b"open"]
        await producer.abort_transaction()


async def test_holes_from_compaction_do_not_hold_a_reader_up(apache_kafka: Broker, prefix: str) -> None:
    """Where compaction took records out, the others are read and the end is the same as before."""
    partition = TopicPartition(f"{prefix}compacted", 0)
    quick = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01"}
    async with client.running(client.new_admin(apache_kafka.connection)) as admin:
        await admin.create_topics([NewTopic(partition.topic, 1, 1, topic_configs=quick)])
    await produce(apache_kafka.connection, partition, *[1] * 10)
    for written in range(11, 200):
        # A segment is closed by a record that comes after its time, and cleaned some time after that.
        await asyncio.sleep(0.1)
        await produce(apache_kafka.connection, partition, 1)
        offsets = [r.offset for r in await read(apache_kafka.connection, {partition: None})]
        assert offsets[-1] == written - 1
        if offsets[0] > 5:
            break
    else:
        pytest.fail("the broker did not compact, so this test saw no holes")
    assert await log_ends(apache_kafka.connection, [partition]) == {partition: written}


async def test_a_topic_that_is_not_there_ends_the_wait(
    apache_kafka: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of a topic that nobody made gives up with its name (the embedded broker makes it at once, empty)."""
    monkeypatch.setattr(reader, "STALL_SECONDS", 0.5)
    partition = TopicPartition(f"{prefix}nowhere", 0)
    for starts in ({partition: None}, {partition: 0}):
        with pytest.raises(LogError, match=f"{prefix}nowhere-0"):
            await read(apache_kafka.connection, starts)
    with pytest.raises(LogError, match=f"{prefix}nowhere-0"):
        await log_ends(apache_kafka.connection, [partition])


async def test_a_password_lets_in_and_a_wrong_one_does_not(apache_node: ApacheKafka) -> None:
    """With SASL the right password reaches the cluster, and a wrong one is told apart from no broker at all."""
    right = apache_node.connection_with_password
    assert await client.cluster_id(right) == await client.cluster_id(apache_node.connection)
    wrong = msgspec.structs.replace(right, sasl_password=Secret("guess"))
    with pytest.raises(BrokerUnreachable, match="STREAMS_SASL_"):
        await client.cluster_id(wrong)
    assert "guess" not in repr(wrong)
