"""Looks through the log for what a question asks, one question at a time; answers are kept for the next page."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from heapq import nsmallest
from typing import NamedTuple

from aiokafka import TopicPartition

from streams.core.contributions import chapters_for
from streams.core.definitions import Definitions
from streams.core.finding import Finder, Found
from streams.core.head import Head, Offsets, closing_for
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import Message
from streams.core.merged import MergedTallies
from streams.core.months import SECOND, Calendar, instant_of
from streams.core.recount import Recounter
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.reader import LogError, message_of, read_to_end
from streams.kafka.topics import real_name
from streams.serve.answers import Refusal
from streams.serve.labels import known_values, shown_value
from streams.serve.tickets.asking import Question
from streams.settings import Settings

SECONDS = 20.0
"""An answer may take so long."""
MOST_RECORDS = 500_000
"""No question may read more of the log: it would take longer than that, and memory that is meant for figures."""
MOST_WAITING = 4
"""So many may wait for the one that is being answered."""
KEPT_SECONDS = 30.0
MOST_KEPT = 16
MOST_FOUND = 10_000
"""So many facts are listed, the first in their order; all are counted."""
LOOKED_THROUGH_AT_ONCE = 200
"""After so many facts found others get their turn."""


class Log(NamedTuple):
    """Where facts are read from, and what places a key.

    read: yields topic and messages, in order, of a partition: topic → from which offset to which.
    """

    read: Callable[[int, Mapping[str, tuple[int, int]]], AsyncIterator[tuple[str, list[Message]]]]
    partition_of: Callable[[bytes], int]


class Answer(NamedTuple):
    """What was found, in order; as of an instant, below the given offsets of the log (partition → topic → offset)."""

    as_of: int
    upto: dict[int, dict[str, int]]
    total: int
    found: Sequence[Found]


def log_of(connection: Connection, settings: Settings) -> Log:
    """Return the log of an installation; reading raises what `read_to_end` raises."""

    async def read(partition: int, ranges: Mapping[str, tuple[int, int]]) -> AsyncIterator[tuple[str, list[Message]]]:
        places = {TopicPartition(real_name(settings.prefix, topic), partition): topic for topic in ranges}
        starts: dict[TopicPartition, int | None] = {place: ranges[topic][0] for place, topic in places.items()}
        ends = {place: ranges[topic][1] for place, topic in places.items()}
        async for place, records in read_to_end(connection, starts, committed=False, until=ends):
            yield places[place], list(map(message_of, records))

    return Log(read, lambda key: partition_of(key, settings.partitions))


class Search:
    """Answers questions from the log, as far as the tallies go."""

    def __init__(self, tallies: MergedTallies, definitions: Definitions, log: Log) -> None:
        """Take the tallies, whose heads say how far to read, the definitions, and the log."""
        self._tallies, self._definitions, self._log = tallies, definitions, log
        self._calendar = Calendar(definitions.timezone)
        self._chapters = chapters_for(definitions)
        known = known_values(definitions)
        self._shown = lambda label, value: shown_value(label, value, known)
        self._answers: OrderedDict[Question, tuple[float, Answer]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def answer(self, question: Question) -> Answer:
        """Return what there is; the same for KEPT_SECONDS. Raises Refusal when it would take too long."""
        kept = self._kept(question)
        if kept is not None:
            return kept
        async with self._turn():
            kept = self._kept(question)
            if kept is None:
                kept = await self._within_time(question)
                self._answers[question] = time.monotonic(), kept
                self._answers.move_to_end(question)
                while len(self._answers) > MOST_KEPT:
                    self._answers.popitem(last=False)
            return kept

    def _kept(self, question: Question) -> Answer | None:
        made_at, answer = self._answers.get(question, (0.0, None))
        if answer is None or time.monotonic() - made_at >= KEPT_SECONDS:
            return None
        # In a replay the figures' clock runs faster than ours, and their tickets are to be those of now.
        return answer if self._tallies.as_of() - answer.as_of < KEPT_SECONDS * SECOND else None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting > MOST_WAITING:
            raise Refusal(503, "others are asking for tickets: ask again in a few seconds")
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                yield
        finally:
            self._waiting -= 1

    async def _within_time(self, question: Question) -> Answer:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._look(question)
        except TimeoutError:
            raise Refusal(503, f"the log could not be looked through within {SECONDS:.0f} s: ask again later") from None
        except LogError as error:
            raise Refusal(503, f"the log cannot be read: {error}") from error

    async def _look(self, question: Question) -> Answer:
        heads = dict(sorted(self._tallies.heads.items()))
        month = question.month or self._calendar.month_of(self._tallies.as_of())
        ranges = {number: _ranges(head, month, question) for number, head in heads.items()}
        records = sum(end - start for of_partition in ranges.values() for start, end in of_partition.values())
        if records > MOST_RECORDS:
            raise Refusal(
                503, f"{records:,} records would have to be read, more than {MOST_RECORDS:,}: take them from the log"
            )
        found: list[Found] = []
        total = 0
        for number, head in heads.items():
            of_partition = [one async for one in self._of_partition(number, head, month, question, ranges[number])]
            total += len(of_partition)
            found = nsmallest(MOST_FOUND, [*found, *of_partition], key=_order(question))
        upto = {number: {topic: end for topic, (_, end) in wanted.items()} for number, wanted in ranges.items()}
        return Answer(min(head.as_of for head in heads.values()), upto, total, found)

    async def _of_partition(
        self, number: int, head: Head, month: str, question: Question, ranges: Mapping[str, tuple[int, int]]
    ) -> AsyncIterator[Found]:
        recounter = Recounter(number, head, month, self._definitions, self._chapters, self._log.partition_of)
        async for topic, messages in self._log.read(number, ranges):
            recounter.take(topic, messages)
        finder = Finder(recounter, head, month, self._calendar, self._shown)
        for place, one in enumerate(_found(finder, question)):
            if place % LOOKED_THROUGH_AT_ONCE == 0:
                await asyncio.sleep(0)
            yield one


def _ranges(head: Head, month: str, question: Question) -> dict[str, tuple[int, int]]:
    """Return topic → offsets to read: for an open month from the horizon on, as whoever takes the partition over."""
    starts: Offsets = {} if closing_for(head.closed, month) else head.horizon
    ranges = {
        topic: (starts.get(topic, 0), head.applied.get(topic, 0))
        for topic in sorted({*question.topics(), COPIES_TOPIC})
    }
    return {topic: (start, end) for topic, (start, end) in ranges.items() if start < end}


def _found(finder: Finder, question: Question) -> Iterator[Found]:
    if question.counted is None:
        yield from finder.of_outage(question.outage)
        return
    besides = set() if question.besides is None else {one.event.id for one in finder.counted(question.besides)}
    yield from (one for one in finder.counted(question.counted) if one.event.id not in besides)


def _order(question: Question) -> Callable[[Found], tuple[int, str]]:
    """Return what sorts facts: by deadline, or the newest first; at the same instant by id."""
    if question.by_deadline:
        return lambda one: (one.deadline, one.event.id)
    return lambda one: (-instant_of(one.event.happened_at()), one.event.id)
