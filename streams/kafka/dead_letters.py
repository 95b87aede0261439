"""Reads the dead letters that are still open, and sends them, or what corrects them, to where they came from.

A letter is named by the place of its message: topic/partition/offset. It is open until a record of the same name says
that it is resolved; several records of one name are one letter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

import msgspec
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from streams.core.events import READERS, Refused
from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from streams.kafka.topics import DEAD_LETTERS, real_name

STATE = "streams-state"
RESOLVED = b"resolved"


class DeadLetterError(Exception):
    """A dead letter cannot be replayed as asked; the message says why, and what to do."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One message that could not be counted.

    topic, partition, offset: where it stands in its own topic; reason, field, detail: why it was refused.
    size_bytes: of its value, None where it has none; refused_at: when the letter was written, by the broker's clock.
    key, value: its own bytes; the value only where it was asked for. headers: those of the letter's record.
    """

    id: str
    topic: str
    partition: int
    offset: int
    reason: str
    field: str
    detail: str
    size_bytes: int | None
    refused_at: datetime
    is_resolved: bool
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


async def read_letters(
    connection: Connection,
    prefix: str,
    partitions: int,
    *,
    with_values_of: Collection[str] = (),
) -> list[Letter]:
    """Return all letters by place, resolved ones too; values only of those named, since they may be large.

    Raises what `read_to_end` raises.
    """
    topic = real_name(prefix, DEAD_LETTERS)
    starts = {TopicPartition(topic, number): None for number in range(partitions)}
    letters: dict[str, Letter] = {}
    async for _, records in read_to_end(connection, starts):
        for record in records:
            letter = _letter(record, keeps_value=record.key.decode() in with_values_of)
            first = letters.setdefault(letter.id, letter)
            if letter.is_resolved and not first.is_resolved:
                letters[letter.id] = msgspec.structs.replace(first, is_resolved=True)
    return sorted(letters.values(), key=lambda letter: (letter.topic, letter.partition, letter.offset))


def _letter(record: ConsumerRecord, *, keeps_value: bool) -> Letter:
    headers: dict[str, bytes] = dict(record.headers)
    return Letter(
        id=record.key.decode(),
        topic=headers["streams-topic"].decode(),
        partition=int(headers["streams-partition"]),
        offset=int(headers["streams-offset"]),
        reason=headers["streams-reason"].decode(),
        field=headers["streams-field"].decode(),
        detail=headers["streams-detail"].decode(),
        size_bytes=None if record.value is None else len(record.value),
        refused_at=datetime.fromtimestamp(record.timestamp / 1_000, UTC),
        is_resolved=headers[STATE] == RESOLVED,
        key=headers.get("streams-key"),
        value=record.value if keeps_value else None,
        headers=tuple(record.headers),
    )


async def replay_letters(
    connection: Connection,
    prefix: str,
    letters: Collection[Letter],
    *,
    corrected: bytes | None = None,
    on_replayed: Callable[[Letter], None] = lambda _: None,
) -> None:
    """Send each letter's message, or the one that corrects it, to its topic; then mark the letter as resolved.

    The letters need their values. A crash between the two leaves the letter open: its message is then sent twice, which
    changes no figure. Raises DeadLetterError for a correction that would be refused again, BrokerUnreachable.
    """
    async with client.running(client.new_producer(connection)) as producer:
        for letter in letters:
            key, value = (letter.key, letter.value) if corrected is None else (_key_of(letter, corrected), corrected)
            await _send_on(producer, prefix, letter, key, value)
            await _resolve(producer, prefix, letter)
            on_replayed(letter)


def _key_of(letter: Letter, corrected: bytes) -> bytes:
    """Return the key that a corrected message belongs under."""
    reader = READERS.get(letter.topic)
    if reader is None:
        raise DeadLetterError(f"{letter.id} is no event: it can be replayed as it is, not corrected")
    try:
        return reader.read(corrected).key().encode()
    except Refused as refused:
        raise DeadLetterError(f"the corrected message would be refused again: {refused}") from refused


async def _send_on(
    producer: AIOKafkaProducer, prefix: str, letter: Letter, key: bytes | None, value: bytes | None
) -> None:
    await producer.send_and_wait(
        real_name(prefix, letter.topic),
        # aiokafka refuses a record of nothing at all, which a broken sender can produce.
        value=b"" if key is None and value is None else value,
        key=key,
        # Without a key any partition would do; its own keeps the order that it had.
        partition=letter.partition if key is None else None,
    )


async def _resolve(producer: AIOKafkaProducer, prefix: str, letter: Letter) -> None:
    headers = [(name, RESOLVED if name == STATE else content) for name, content in letter.headers]
    await producer.send_and_wait(
        real_name(prefix, DEAD_LETTERS), value=None, key=letter.id.encode(), partition=letter.partition, headers=headers
    )
