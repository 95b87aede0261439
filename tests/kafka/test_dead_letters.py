"""The list of dead letters, and their replay, on both kinds of broker."""

from __future__ import annotations

import json

import pytest
from aiokafka import TopicPartition

from streams.core.events import Refused
from streams.core.letters import Message, dead_letter
from streams.kafka import client, topics
from streams.kafka.dead_letters import DeadLetterError, Letter, read_letters, replay_letters
from streams.kafka.placing import partition_of
from streams.kafka.reader import read_to_end
from tests.conftest import Broker

PARTITIONS = 3
GOOD = {
    "id": "N1",
    "revision": 1,
    "updated_at": "2009-07-01T08:00:00+08:00",
    "subscriber": "6332827",
    "opened_at": "2009-07-01T08:00:00+08:00",
    "service": "broadband",
}
LARGE = b"x" * 4_000_000


async def put(broker: Broker, prefix: str, *letters: tuple[int, Message, str], resolved: bool = False) -> None:
    """Write letters, as a worker does, of messages of `faults`: (partition, message, reason)."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    async with client.running(client.new_producer(broker.connection)) as producer:
        for partition, message, reason in letters:
            letter = dead_letter("faults", partition, message, Refused(reason, "service", "is required"), resolved)
            await producer.send_and_wait(
                topics.real_name(prefix, letter.topic),
                value=letter.value,
                key=letter.key,
                partition=letter.partition,
                headers=list(letter.headers),
            )


async def letters_of(broker: Broker, prefix: str, *with_values_of: str) -> list[Letter]:
    """Read all letters."""
    return await read_letters(broker.connection, prefix, PARTITIONS, with_values_of=with_values_of)


async def faults_of(broker: Broker, prefix: str) -> dict[int, list[tuple[bytes | None, bytes | None]]]:
    """Return what stands on the topic faults: partition → keys and values."""
    starts = {TopicPartition(topics.real_name(prefix, topics.FAULTS), number): None for number in range(PARTITIONS)}
    found: dict[int, list[tuple[bytes | None, bytes | None]]] = {}
    async for place, records in read_to_end(broker.connection, starts):
        found.setdefault(place.partition, []).extend((record.key, record.value) for record in records)
    return found


async def test_a_letter_says_what_why_and_where(broker: Broker, prefix: str) -> None:
    """All that the headers hold is in the list; the value's size always, the value only where it is asked for."""
    await put(
        broker,
        prefix,
        (2, Message(17, b"6332827", LARGE, 0, ()), "too_large"),
        (0, Message(4, None, None, 0, ()), "empty"),
    )
    empty, large = await letters_of(broker, prefix, "faults/2/17")
    assert (large.id, large.topic, large.partition, large.offset) == ("faults/2/17", "faults", 2, 17)
    assert (large.reason, large.field, large.detail) == ("too_large", "service", "is required")
    assert (large.key, large.size_bytes, large.value) == (b"6332827", len(LARGE), LARGE)
    assert (empty.key, empty.size_bytes, empty.value) == (None, None, None)
    assert not large.is_resolved
    _, large = await letters_of(broker, prefix)
    assert (large.size_bytes, large.value) == (len(LARGE), None)


async def test_the_same_letter_twice_is_one(broker: Broker, prefix: str) -> None:
    """A worker that wrote a letter again after a crash adds nothing, also when it was resolved in between."""
    letter = (1, Message(3, b"6332827", b"{", 0, ()), "not_json")
    await put(broker, prefix, letter, letter)
    assert [each.is_resolved for each in await letters_of(broker, prefix)] == [False]
    await put(broker, prefix, letter, resolved=True)
    await put(broker, prefix, letter)
    assert [each.is_resolved for each in await letters_of(broker, prefix)] == [True]


async def test_a_replayed_message_is_the_same_one_and_off_the_list(broker: Broker, prefix: str) -> None:
    """Key and bytes go to their topic as they came; without a key they go to the partition they came from."""
    messages = [
        Message(3, b"6332827", LARGE, 0, ()),
        Message(4, None, b"112 TEST", 0, ()),
        Message(5, None, None, 0, ()),
    ]
    await put(broker, prefix, *((1, message, "invalid") for message in messages))
    ids = [letter.id for letter in await letters_of(broker, prefix)]
    replayed: list[str] = []
    await replay_letters(
        broker.connection,
        prefix,
        await letters_of(broker, prefix, *ids),
        on_replayed=lambda letter: replayed.append(letter.id),
    )
    assert replayed == ids
    assert all(letter.is_resolved for letter in await letters_of(broker, prefix))
    found = await faults_of(broker, prefix)
    assert (b"6332827", LARGE) in found[partition_of(b"6332827", PARTITIONS)]
    assert found[1][-2:] == [(None, b"112 TEST"), (None, b"")]
    reasons = {letter.reason for letter in await letters_of(broker, prefix)}
    assert reasons == {"invalid"}


async def test_a_corrected_message_goes_under_its_own_key(embedded_broker: Broker, prefix: str) -> None:
    """The correction is sent in place of the message, keyed as its event demands, whatever key the message had."""
    await put(embedded_broker, prefix, (0, Message(3, None, b"{", 0, ()), "not_json"))
    letters = await letters_of(embedded_broker, prefix)
    corrected = json.dumps(GOOD).encode()
    await replay_letters(embedded_broker.connection, prefix, letters, corrected=corrected)
    found = await faults_of(embedded_broker, prefix)
    assert found == {partition_of(b"6332827", PARTITIONS): [(b"6332827", corrected)]}


async def test_a_correction_that_would_be_refused_is_not_sent(embedded_broker: Broker, prefix: str) -> None:
    """The letter stays on the list, and the error names what is still wrong."""
    await put(embedded_broker, prefix, (0, Message(3, None, b"{", 0, ()), "not_json"))
    letters = await letters_of(embedded_broker, prefix)
    still_wrong = json.dumps(GOOD | {"service": "telex"}).encode()
    with pytest.raises(DeadLetterError, match="service"):
        await replay_letters(embedded_broker.connection, prefix, letters, corrected=still_wrong)
    assert [letter.is_resolved for letter in await letters_of(embedded_broker, prefix)] == [False]
    assert await faults_of(embedded_broker, prefix) == {}
