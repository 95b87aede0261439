"""Notes where in the log a month is frozen: its ends, once every partition knows the outages below them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from aiokafka import TopicPartition

from streams.core.events import Outage
from streams.core.events.context import CONTEXT_TOPIC
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.kafka.reader import log_ends
from streams.kafka.topics import real_name
from streams.reports.reading import NotReady, read_tallies
from streams.reports.recounting import Log

WAIT_SECONDS = 120.0
"""So long the workers may take until their heads cover the outages."""
LOOK_SECONDS = 0.5

Waiting = Callable[[int, int], None]
"""Called with (partitions that cover the outages, partitions) while a freeze waits."""


class FreezeError(Exception):
    """A month cannot be frozen now; the message says why, and what to do."""


class Cut(NamedTuple):
    """Where in the log a freeze counts: a head for each partition, and the tallies, which hold the closed months."""

    heads: dict[int, Head]
    tallies: MergedTallies


class Noting:
    """Notes cuts of one installation's log."""

    def __init__(self, log: Log, waiting: Waiting | None = None) -> None:
        """Take the log, and whom to tell of heads waited for."""
        self._log, self._waiting = log, waiting
        self._calendar = Calendar(log.definitions.timezone)
        self._not_ready = "they are behind"

    async def cut(self, period: str) -> Cut:
        """Return where the log ends, once every partition knows the outages below there.

        An outage that is told of in between begins the waiting anew, so that no partition has a copy of one that
        does not count itself. Raises FreezeError where the month is not over or the workers are behind.
        """
        outages = await self._ends((Outage.topic,))
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while True:
                    tallies = await self._until_covered(outages)
                    self._require_over(period, tallies)
                    ends = await self._ends((*FOLDED_TOPICS, CONTEXT_TOPIC))
                    still = await self._ends((Outage.topic,))
                    if still == outages:
                        return Cut(_heads(tallies, ends, outages), tallies)
                    outages = still
        except TimeoutError:
            raise FreezeError(
                f"the workers did not take in every outage within {WAIT_SECONDS:.0f} s ({self._not_ready}): see that "
                "they run, then freeze again"
            ) from None

    async def _until_covered(self, outages: Mapping[int, Mapping[str, int]]) -> MergedTallies:
        while True:
            covered = 0
            try:
                tallies = await read_tallies(self._log.connection, self._log.settings, self._log.definitions)
            except NotReady as error:  # perhaps a worker ended, and another takes its partitions over
                tallies, self._not_ready = None, str(error)
            if tallies is not None:
                covered = sum(
                    all(tallies.heads[partition].applied.get(topic, 0) >= end for topic, end in ends.items())
                    for partition, ends in outages.items()
                )
            if self._waiting is not None:
                self._waiting(covered, len(outages))
            if tallies is not None and covered == len(outages) and _close_alike(tallies):
                return tallies
            await asyncio.sleep(LOOK_SECONDS)

    def _require_over(self, period: str, tallies: MergedTallies) -> None:
        if tallies.as_of() < self._calendar.month_end(period):
            raise FreezeError(
                f"{period} is not over: the tallies go up to {self._calendar.day_of(tallies.as_of())}. A month is "
                f"frozen after its end; `streams snapshot {period}` shows it as it stands"
            )

    async def _ends(self, topics: Sequence[str]) -> dict[int, dict[str, int]]:
        """Return partition → topic → where the log ends."""
        settings = self._log.settings
        names = {real_name(settings.prefix, topic): topic for topic in topics}
        places = [TopicPartition(name, number) for name in names for number in range(settings.partitions)]
        ends: dict[int, dict[str, int]] = {number: {} for number in range(settings.partitions)}
        for place, end in (await log_ends(self._log.connection, places, committed=False)).items():
            ends[place.partition][names[place.topic]] = end
        return ends


def _close_alike(tallies: MergedTallies) -> bool:
    """Tell whether every partition has closed the same months: their clocks may be some seconds apart."""
    return len({head.closed[-1].month if head.closed else "" for head in tallies.heads.values()}) == 1


def _heads(
    tallies: MergedTallies, ends: Mapping[int, Mapping[str, int]], outages: Mapping[int, Mapping[str, int]]
) -> dict[int, Head]:
    """Return heads at the ends of the log, with the clock that every partition has reached."""
    return {
        partition: msgspec.structs.replace(
            head, applied={**ends[partition], **outages[partition]}, effects={}, horizon={}, as_of=tallies.as_of()
        )
        for partition, head in tallies.heads.items()
    }
