"""Reads partitions from given offsets to their ends, by what Fetch says the end is.

The end is the high watermark, or for committed reading the last stable offset, as it comes with fetched data. The
broker's answer to "what is the end offset" is never believed: the embedded broker's is too low after a batch of
several records. Positions count, not records: transactions and compaction leave offsets that hold nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from streams.core.letters import Message
from streams.kafka import client
from streams.kafka.client import Connection

# Longer than a dead owner's open transaction can hold committed readers up, and than a leader takes to change.
STALL_SECONDS = 60.0
POLL_MILLISECONDS = 20
NOT_SEEN = 2**63


class LogError(Exception):
    """The log cannot be read as asked."""


class OffsetLost(LogError):
    """An offset is outside the log: its records were deleted, or the topic was made anew."""


async def read_to_end(
    connection: Connection,
    starts: Mapping[TopicPartition, int | None],
    *,
    committed: bool = True,
    until: Mapping[TopicPartition, int] | None = None,
) -> AsyncIterator[tuple[TopicPartition, list[ConsumerRecord]]]:
    """Yield the records of each partition in `starts`, in order, from its offset (None: its beginning) to its end.

    A partition's end is its offset in `until` (exclusive), else where its log ended at the first fetch. With
    `committed`, records of open and aborted transactions are neither waited for nor seen.
    Raises `OffsetLost` for an offset outside the log, `LogError` if a partition does not answer for `STALL_SECONDS`,
    `BrokerUnreachable` if nobody answers at all.
    """
    if not starts:
        return
    ends = dict(until or {})
    async with client.running(client.new_consumer(connection, committed=committed)) as consumer:
        await _go_to(consumer, starts)
        waiting, patience = set(starts), _Patience()
        while waiting:
            fetched = await _poll(consumer)
            for partition in waiting:
                _note_end(consumer, partition, ends, committed=committed)
            for partition, records in fetched.items():
                wanted = _before(records, ends[partition])
                if wanted:
                    yield partition, wanted
            positions = {partition: await _position(consumer, partition, starts[partition]) for partition in waiting}
            finished = {partition for partition in waiting if positions[partition] >= ends.get(partition, NOT_SEEN)}
            consumer.pause(*finished)
            waiting -= finished
            patience.spend(positions, waiting)


def message_of(record: ConsumerRecord) -> Message:
    """Return a record as the core takes it."""
    return Message(record.offset, record.key, record.value, record.timestamp, record.headers)


async def log_ends(
    connection: Connection, partitions: Collection[TopicPartition], *, committed: bool = True
) -> dict[TopicPartition, int]:
    """Return the offset after the last record of each partition; with `committed`, after the last one that counts.

    Raises `LogError` if a partition does not answer for `STALL_SECONDS`, `BrokerUnreachable` if nobody does.
    """
    ends: dict[TopicPartition, int] = {}
    if not partitions:
        return ends
    async with client.running(client.new_consumer(connection, committed=committed)) as consumer:
        consumer.assign(list(partitions))
        async with _in_time(partitions):
            # Only a place to begin: the end that comes with the first fetch is right wherever that is.
            await consumer.seek_to_end(*partitions)
        patience = _Patience()
        while waiting := set(partitions) - set(ends):
            patience.spend(ends, waiting)
            await _poll(consumer)
            for partition in waiting:
                _note_end(consumer, partition, ends, committed=committed)
    return ends


async def log_beginnings(connection: Connection, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Return the lowest offset that each partition's log still holds. Raises as `log_ends` does."""
    async with client.running(client.new_consumer(connection, committed=False)) as consumer:
        async with _in_time(partitions):
            beginnings: dict[TopicPartition, int] = await consumer.beginning_offsets(list(partitions))
        return beginnings


async def _go_to(consumer: AIOKafkaConsumer, starts: Mapping[TopicPartition, int | None]) -> None:
    # Nothing may be awaited before every partition has its place: the fetcher complains about one that has none.
    consumer.assign(list(starts))
    for partition, offset in starts.items():
        if offset is not None:
            consumer.seek(partition, offset)
    whole = [partition for partition, offset in starts.items() if offset is None]
    if whole:
        async with _in_time(whole):
            await consumer.seek_to_beginning(*whole)


async def _poll(consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[ConsumerRecord]]:
    try:
        fetched: dict[TopicPartition, list[ConsumerRecord]] = await consumer.getmany(timeout_ms=POLL_MILLISECONDS)
    except OffsetOutOfRangeError as error:
        places = ", ".join(f"{offset} of {_name(partition)}" for partition, offset in error.args[0].items())
        raise OffsetLost(f"offset {places} is not in the log: deleted, or the topic was made anew") from error
    except KafkaError as error:
        raise LogError(f"reading failed: {error}") from error
    return fetched


def _note_end(
    consumer: AIOKafkaConsumer, partition: TopicPartition, ends: dict[TopicPartition, int], *, committed: bool
) -> None:
    """Remember where the partition ends, once a fetch has told."""
    high_watermark = consumer.highwater(partition)
    if high_watermark is None:
        return
    if partition not in ends:
        ends[partition] = consumer.last_stable_offset(partition) if committed else high_watermark
    elif ends[partition] > high_watermark:
        raise OffsetLost(
            f"{_name(partition)} ends at {high_watermark}, before {ends[partition]}: the topic was made anew"
        )


def _before(records: list[ConsumerRecord], end: int) -> list[ConsumerRecord]:
    if records[-1].offset < end:
        return records
    return [record for record in records if record.offset < end]


async def _position(consumer: AIOKafkaConsumer, partition: TopicPartition, start: int | None) -> int:
    position: int = await consumer.position(partition)
    high_watermark = consumer.highwater(partition)
    # Later on the end that comes with a fetch may be a little older than its records, and so before our position.
    if high_watermark is not None and position == start and position > high_watermark:
        # Apache Kafka refuses such an offset; the embedded broker answers with nothing, for ever.
        raise OffsetLost(f"{_name(partition)} ends at {high_watermark}, before {position}: the topic was made anew")
    return position


class _Patience:
    """Counts polls in which nothing changed; the time that our caller takes between records does not count."""

    def __init__(self) -> None:
        self._last: dict[TopicPartition, int] | None = None
        self._idle_polls = 0

    def spend(self, progress: dict[TopicPartition, int], waiting: Collection[TopicPartition]) -> None:
        self._idle_polls = self._idle_polls + 1 if progress == self._last else 0
        self._last = dict(progress)
        if waiting and self._idle_polls * POLL_MILLISECONDS > STALL_SECONDS * 1000:
            raise _stalled(waiting)


@asynccontextmanager
async def _in_time(partitions: Collection[TopicPartition]) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(STALL_SECONDS):
            yield
    except TimeoutError:
        raise _stalled(partitions) from None


def _stalled(partitions: Collection[TopicPartition]) -> LogError:
    names = ", ".join(sorted(map(_name, partitions)))
    return LogError(f"no progress for {STALL_SECONDS:.0f} s on {names}: do the topics exist, are their leaders up?")


def _name(partition: TopicPartition) -> str:
    return f"{partition.topic}-{partition.partition}"
