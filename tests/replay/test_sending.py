"""Sending a plan, on both kinds of broker: what arrives, where the ticks say they stand, and at which pace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition

from streams.core.events.context import Tick, read_context
from streams.core.months import SECOND, datetime_of, instant_of
from streams.kafka import topics
from streams.kafka.reader import read_to_end
from streams.replay.errors import ReplayError
from streams.replay.lines import Message
from streams.replay.plan import Send, Step, TickAll
from streams.replay.sending import send_all
from tests.conftest import Broker

PARTITIONS = 3
BEGIN = instant_of(datetime(2009, 7, 1, tzinfo=UTC))
Records = dict[tuple[str, int], list[tuple[bytes | None, bytes | None]]]


def second(number: int) -> int:
    """The instant so many seconds after BEGIN."""
    return BEGIN + number * SECOND


def some_steps(rounds: int, per_round: int) -> Iterator[Step]:
    """Rounds of messages, dealt out over two of the partitions, each followed by a tick."""
    for number in range(rounds):
        for each in range(per_round):
            message = Message("faults", b"%d" % each, b"round %d" % number)
            yield Send(second(number), each % 2, message)
        yield TickAll(second(number))


async def everything(broker: Broker, prefix: str) -> Records:
    """Return keys and values of all partitions of `faults` and `context`."""
    starts = {
        TopicPartition(topics.real_name(prefix, name), number): None
        for name in (topics.FAULTS, topics.CONTEXT)
        for number in range(PARTITIONS)
    }
    found: Records = {}
    async for place, records in read_to_end(broker.connection, starts):
        here = found.setdefault((place.topic.removeprefix(prefix), place.partition), [])
        here.extend((record.key, record.value) for record in records)
    return found


async def test_everything_arrives_in_order_with_ticks_that_know_their_place(broker: Broker, prefix: str) -> None:
    """Each partition has its messages in order, and one tick a round, which comes after exactly those before it."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    replayed = await send_all(broker.connection, prefix, PARTITIONS, some_steps(5, 2_000))
    found = await everything(broker, prefix)
    for partition in (0, 1):
        values = [value for _, value in found["faults", partition]]
        assert values == [b"round %d" % number for number in range(5) for _ in range(1_000)]
        assert [read_context(value) for _, value in found["context", partition]] == [
            Tick(at=datetime_of(second(number)), after={"faults": 1_000 * (number + 1)}) for number in range(5)
        ]
    assert [read_context(value) for _, value in found["context", 2]] == [
        Tick(at=datetime_of(second(number)), after={}) for number in range(5)
    ]
    assert (replayed.messages, replayed.last_tick) == (10_000, second(4))
    assert replayed.ends == {("faults", 0): 5_000, ("faults", 1): 5_000}


async def test_empty_and_keyless_messages_arrive(broker: Broker, prefix: str) -> None:
    """What a broken sender produces can be replayed too: no key, no value, neither."""
    await topics.ensure(broker.connection, prefix, PARTITIONS)
    messages = [
        Message("faults", b"6332827", None),
        Message("faults", None, b"112 TEST"),
        Message("faults", None, None),
    ]
    await send_all(broker.connection, prefix, PARTITIONS, [Send(0, 1, message) for message in messages])
    found = await everything(broker, prefix)
    assert found["faults", 1] == [(b"6332827", None), (None, b"112 TEST"), (None, b"")]


async def test_pace_is_kept(embedded_broker: Broker, prefix: str) -> None:
    """At speed 10, five seconds of events take half a second; the last tick does not have to be waited for."""
    await topics.ensure(embedded_broker.connection, prefix, PARTITIONS)
    begun = time.monotonic()
    steps = [*some_steps(6, 2), TickAll(second(3_600), is_last=True)]
    await send_all(embedded_broker.connection, prefix, PARTITIONS, steps, speed=10)
    assert 0.5 <= time.monotonic() - begun < 2


async def test_a_message_that_the_broker_refuses_ends_the_replay(apache_kafka: Broker, prefix: str) -> None:
    """A message beyond the topic's size is told in one error, by itself."""
    await topics.ensure(apache_kafka.connection, prefix, PARTITIONS)
    # Not to be compressed away: the broker weighs what arrives.
    value = b"".join(number.to_bytes(4) for number in range(1_500_000))
    too_large = Send(0, 0, Message("faults", b"6332827", value))
    with pytest.raises(ReplayError, match="refused a message"):
        await send_all(apache_kafka.connection, prefix, PARTITIONS, [too_large])
