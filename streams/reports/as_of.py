"""Counts the whole log anew as it was known at an earlier time: revisions up to it, and the clock at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aiokafka import TopicPartition

from streams.core.contributions import chapters_for
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.definitions import Definitions
from streams.core.events import READERS, SOURCE_TOPICS, Outage, Refused
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import Message
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, datetime_of, instant_of
from streams.core.partition import Partition
from streams.core.takeover import Takeover
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.reader import log_ends, message_of, read_to_end
from streams.kafka.topics import real_name
from streams.reports.recounting import Progress
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
    recounting = _Recounting(connection, settings, definitions, instant, ends, progress)
    copies: list[Message] = []
    for number in range(settings.partitions):
        copies += await recounting.copies(number, len(copies))
    for number in range(settings.partitions):
        partition = await recounting.partition(number, SOURCE_TOPICS, copies)
        _publish(partition, tallies)
    return tallies


class _Recounting:
    """Fills partitions with what was known at an instant."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        definitions: Definitions,
        instant: int,
        ends: Mapping[TopicPartition, int],
        progress: Progress | None,
    ) -> None:
        self._connection, self._settings, self._definitions = connection, settings, definitions
        self._instant, self._ends, self._progress = instant, ends, progress
        self._done = 0

    async def copies(self, number: int, offset: int) -> list[Message]:
        """Return the copies of one partition's outages, as every partition gets them from `offset` on."""
        a_round = (await self.partition(number, (Outage.topic,), [])).take_round()
        sent = [] if a_round is None else a_round.side_effects
        own = [copy for copy in sent if copy.topic == COPIES_TOPIC and copy.partition == number]
        timestamp_ms = self._instant // 1_000
        return [Message(at, copy.key, copy.value, timestamp_ms, ()) for at, copy in enumerate(own, start=offset)]

    async def partition(self, number: int, topics: Sequence[str], copies: Sequence[Message]) -> Partition:
        """Return a partition that has taken in its part of `topics` and the copies, and counted at the instant."""
        partition = self._fresh(number)
        for topic in SOURCE_TOPICS:
            place = TopicPartition(real_name(self._settings.prefix, topic), number)
            end = self._ends[place] if topic in topics else 0
            if end:
                await self._read(partition, topic, place, end)
            partition.receive(topic, [], end, end)
        partition.receive(COPIES_TOPIC, copies, len(copies), len(copies))
        partition.receive(SIGNALS_TOPIC, [], 0, 0)
        tick = write_context(Tick(at=datetime_of(self._instant), after={}))
        partition.receive(CONTEXT_TOPIC, [Message(0, None, tick, self._instant // 1_000, ())], 1, 1)
        return partition

    def _fresh(self, number: int) -> Partition:
        return Partition(
            number,
            self._definitions,
            chapters_for(self._definitions),
            lambda key: partition_of(key, self._settings.partitions),
            Takeover(),
            partitions=self._settings.partitions,
            wall_clock=False,
        )

    async def _read(self, partition: Partition, topic: str, place: TopicPartition, end: int) -> None:
        async for _, records in read_to_end(self._connection, {place: 0}, committed=False, until={place: end}):
            known = list(_known_by(self._instant, topic, map(message_of, records)))
            partition.receive(topic, known, records[-1].offset + 1, end)
            self._done += len(records)
            if self._progress is not None:
                self._progress(min(self._done, sum(self._ends.values())), sum(self._ends.values()))


def _known_by(instant: int, topic: str, messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        try:
            event = READERS[topic].read(message.value)
        except Refused:
            continue
        if instant_of(event.updated_at) <= instant:
            yield message


def _publish(partition: Partition, tallies: MergedTallies) -> None:
    a_round = partition.take_round()
    if a_round is not None:
        for record in (*a_round.tallies, a_round.head):
            tallies.read(partition.number, record.key or b"", record.value)
