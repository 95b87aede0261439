"""The compacted topic `snapshots`: reads the editions of every month, and adds one that nobody else has added."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from streams.core.editions import EDITIONS_TOPIC, Edition, Editions, records_of
from streams.core.snapshot import Snapshot
from streams.kafka import client, topics
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.reader import read_to_end
from streams.kafka.topics import real_name

WRITE_SECONDS = 30.0
LOOK_SECONDS = 0.1


class EditionError(Exception):
    """An edition could not be written; the message says why, and what to do."""


class EditionTaken(EditionError):
    """Somebody else wrote the edition of that number, or is about to."""


async def read_editions(connection: Connection, prefix: str, partitions: int) -> Editions:
    """Return the editions of all months; topics that are missing are created. Raises what `read_to_end` raises."""
    await topics.ensure(connection, prefix, partitions)
    return await _read(connection, prefix, range(partitions))


async def _read(connection: Connection, prefix: str, partitions: Iterable[int]) -> Editions:
    editions = Editions()
    name = real_name(prefix, EDITIONS_TOPIC)
    async for _, records in read_to_end(connection, dict.fromkeys(TopicPartition(name, one) for one in partitions)):
        for record in records:
            written_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC).isoformat(timespec="seconds")
            editions.read(record.key, record.value, written_at.replace("+00:00", "Z"))
    return editions


async def write_edition(
    connection: Connection, prefix: str, partitions: int, edition: Edition, snapshot: Snapshot
) -> Edition:
    """Add an edition, whole or not at all, and return it as it is on record.

    Of two who write the same number at once one wins. Raises EditionTaken for the other, EditionError where the
    brokers do not take it.
    """
    is_transactional = not client.is_embedded(await client.cluster_id(connection))
    name = f"{prefix}streams-edition-{edition.period}" if is_transactional else None
    partition = partition_of(edition.period.encode(), partitions)
    try:
        async with (
            asyncio.timeout(WRITE_SECONDS),
            client.running(client.new_producer(connection, transactional_id=name)) as producer,
        ):
            # From here on whoever began to write before us is fenced: what the topic says now, it will say.
            if (await _read(connection, prefix, [partition])).get(edition.period, edition.number) is not None:
                raise _taken(edition)
            if is_transactional:
                async with producer.transaction():
                    await _send(producer, prefix, partition, edition, snapshot)
            else:
                await _send(producer, prefix, partition, edition, snapshot)
    except ProducerFenced as error:
        raise _taken(edition) from error
    except TimeoutError as error:
        raise EditionError(f"Kafka did not take the edition within {WRITE_SECONDS:.0f} s: is it up?") from error
    except KafkaError as error:
        raise EditionError(f"the edition cannot be kept: {error or type(error).__name__}") from error
    written = await _on_record(connection, prefix, partition, edition)
    if written.sha256 != edition.sha256:
        raise _taken(edition)
    return written


async def _on_record(connection: Connection, prefix: str, partition: int, edition: Edition) -> Edition:
    """Return who holds the edition's number: a commit is acknowledged a little before its records can be read."""
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            while True:
                written = (await _read(connection, prefix, [partition])).get(edition.period, edition.number)
                if written is not None:
                    return written
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        raise EditionError(
            f"edition {edition.number} of {edition.period} was written, but is not seen after {WRITE_SECONDS:.0f} s: "
            f"look whether `streams snapshots {edition.period}` has it"
        ) from error


async def _send(producer: AIOKafkaProducer, prefix: str, partition: int, edition: Edition, snapshot: Snapshot) -> None:
    for key, value in records_of(edition, snapshot):
        await producer.send_and_wait(real_name(prefix, EDITIONS_TOPIC), value=value, key=key, partition=partition)


def _taken(edition: Edition) -> EditionTaken:
    return EditionTaken(
        f"somebody else has just written edition {edition.number} of {edition.period}: look at it with "
        f"`streams snapshots {edition.period}`, and freeze again if something is still missing"
    )
