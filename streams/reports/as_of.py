"""Counts the whole log anew as it was known at an earlier time: revisions up to it, and the clock at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiokafka import TopicPartition

from streams.core.contributions import chapters_for
from streams.core.definitions import Definitions
from streams.core.events import READERS, SOURCE_TOPICS, Refused
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.letters import Message
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, datetime_of, instant_of
from streams.core.partition import Partition
from streams.core.takeover import Takeover
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.reader import log_ends, message_of, read_to_end
from streams.kafka.topics import real_name
from streams.reports.audit import Progress
from streams.settings import Settings


async def tallies_as_of(
    connection: Connection,
    settings: Settings,
    definitions: Definitions,
    instant: int,
    progress: Progress | None = None,
) -> MergedTallies:
    """Return the tallies that revisions with `updated_at` up to `instant` (microseconds) give at that instant.

    The log is read to its present end. Raises what `read_to_end` raises.
    """
    places = [
        TopicPartition(real_name(settings.prefix, topic), number)
        for topic in SOURCE_TOPICS
        for number in range(settings.partitions)
    ]
    ends = await log_ends(connection, places, committed=False)
    tallies = MergedTallies(Calendar(definitions.timezone))
    done, total = 0, sum(ends.values())
    for number in range(settings.partitions):
        partition = _fresh_partition(number, settings, definitions)
        for topic in SOURCE_TOPICS:
            place = TopicPartition(real_name(settings.prefix, topic), number)
            end = ends[place]
            if end:
                async for _, records in read_to_end(connection, {place: 0}, committed=False, until={place: end}):
                    known = list(_known_by(instant, topic, map(message_of, records)))
                    partition.receive(topic, known, records[-1].offset + 1, end)
                    done += len(records)
                    if progress is not None:
                        progress(done, total)
            partition.receive(topic, [], end, end)
        _settle(partition, instant)
        _publish(partition, tallies)
    return tallies


def _fresh_partition(number: int, settings: Settings, definitions: Definitions) -> Partition:
    return Partition(
        number,
        definitions,
        chapters_for(definitions),
        lambda key: partition_of(key, settings.partitions),
        Takeover(),
        wall_clock=False,
    )


def _known_by(instant: int, topic: str, messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        try:
            event = READERS[topic].read(message.value)
        except Refused:
            continue
        if instant_of(event.updated_at) <= instant:
            yield message


def _settle(partition: Partition, instant: int) -> None:
    tick = write_context(Tick(at=datetime_of(instant), after={}))
    partition.receive(CONTEXT_TOPIC, [Message(0, None, tick, instant // 1_000, ())], 1, 1)


def _publish(partition: Partition, tallies: MergedTallies) -> None:
    a_round = partition.take_round()
    if a_round is not None:
        for record in (*a_round.tallies, a_round.head):
            tallies.read(partition.number, record.key or b"", record.value)
