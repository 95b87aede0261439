"""Tells how far the workers have come: whether every partition has counted the whole log, and ticked its last tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiokafka import TopicPartition

from streams.core.head import HEAD_KEY, Head, read_head
from streams.kafka.client import Connection
from streams.kafka.reader import log_ends, read_to_end
from streams.kafka.topics import SOURCES, TALLIES, real_name
from streams.settings import Settings

LOOK_SECONDS = 0.3


class Heads:
    """The last head of each partition, followed along the topic `tallies`."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection, self._settings = connection, settings
        topic = real_name(settings.prefix, TALLIES)
        self._positions: dict[TopicPartition, int | None] = {
            TopicPartition(topic, number): None for number in range(settings.partitions)
        }
        self.heads: dict[int, Head] = {}

    async def look(self) -> None:
        """Read what is new."""
        async for place, records in read_to_end(self._connection, dict(self._positions)):
            self._positions[place] = records[-1].offset + 1
            for record in records:
                if record.key == HEAD_KEY and record.value is not None:
                    self.heads[place.partition] = read_head(record.value)

    async def source_ends(self) -> dict[tuple[str, int], int]:
        """Return (topic, partition) → where the source topics end now."""
        places = {
            TopicPartition(real_name(self._settings.prefix, topic), number): (topic, number)
            for topic in SOURCES
            for number in range(self._settings.partitions)
        }
        ends = await log_ends(self._connection, places, committed=False)
        return {places[place]: end for place, end in ends.items()}

    def applied(self, ends: dict[tuple[str, int], int]) -> int:
        """Return how many of the records below `ends` stand in settled tallies."""
        return sum(
            min(end, head.applied.get(topic, 0))
            for (topic, number), end in ends.items()
            if (head := self.heads.get(number)) is not None and head.settled
        )

    def have_ticked(self, instant: int) -> bool:
        """Tell whether every partition's clock has reached `instant` (microseconds)."""
        return len(self.heads) == self._settings.partitions and all(
            head.settled and head.as_of >= instant for head in self.heads.values()
        )


async def wait_until_caught_up(
    connection: Connection, settings: Settings, last_tick: int | None, on_progress: Callable[[int, int], None]
) -> None:
    """Return once every partition has counted all of its log and its clock stands at `last_tick` (microseconds).

    Without ticks (None) the clock does not matter.
    `on_progress` gets how many records are counted, of how many.
    """
    heads = Heads(connection, settings)
    while True:
        # Heads before ends: what a head's round sent on (re-sent keys) is then among the records it has to reach.
        await heads.look()
        ends = await heads.source_ends()
        applied, total = heads.applied(ends), sum(ends.values())
        on_progress(applied, total)
        if applied == total and (last_tick is None or heads.have_ticked(last_tick)):
            return
        await asyncio.sleep(LOOK_SECONDS)
