"""Counts months of one partition anew from its log, in one pass and without differences, for `audit` to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from streams.core.contributions import Chapter, linked
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.contributions.measures import Cell, Place, Weights
from streams.core.definitions import Definitions
from streams.core.events import READERS, Event, Refused
from streams.core.events.base import canonical
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head, closing_for, counts_at
from streams.core.known_outages import COPIES_TOPIC, KnownOutages
from streams.core.ledger import Fold
from streams.core.letters import Message
from streams.core.months import DAY, Calendar, instant_of
from streams.core.outages.linking import Links
from streams.core.tallies import Bucket, Cells


class Newest(NamedTuple):
    """The newest revision of an id: that with the higher number, at the same number the larger canonical encoding.

    `needed_until` is the last instant at which any of its revisions belongs to a month, or is looked back to.
    """

    revision: int
    canonical: bytes
    needed_until: int


Facts = dict[tuple[str, str], dict[str, Newest]]
"""(topic, key) → id → newest revision."""

Placed = dict[tuple[Bucket, Cell], int]
"""Bucket and cell → whole number."""


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """A month of one partition, or all its open months, counted from the log.

    buckets: what the tallies have to hold for the months' days and for the months themselves.
    levels: what they have to hold for now, over all open months; None for a closed month.
    records: how many records were read, by topic; facts: how many newest revisions they hold.
    ids: (topic, id) of the months' valid facts.
    moved_out: (topic, id) of facts of a closed month that a later revision moved to another one.
    """

    buckets: dict[Bucket, Cells]
    levels: dict[Bucket, Cells] | None
    records: dict[str, int]
    facts: int
    ids: list[tuple[str, str]]
    moved_out: list[tuple[str, str]]


class Recounter:
    """Takes in a partition's records below its head's `applied` offsets, each topic in order; then counts once.

    A closed month is counted as it stood when it was closed: with the records below its closing's `upto`, at that
    instant. Open ones are counted with all of them, at the head's `as_of`.
    """

    def __init__(
        self,
        partition: int,
        head: Head,
        month: str | None,
        definitions: Definitions,
        chapters: Mapping[str, Chapter],
        partition_of: Callable[[bytes], int],
    ) -> None:
        """Take the partition, its head, definitions, chapters by topic, what places a key, and the month to count.

        None stands for every month that is open at the head.
        """
        self._partition, self._head, self._month = partition, head, month
        self.chapters, self._partition_of = chapters, partition_of
        self._calendar = Calendar(definitions.timezone)
        self._closing = None if month is None else closing_for(head.closed, month)
        self.now = head.as_of
        if self._closing is not None:
            self.now = self._calendar.closing_instant(self._closing.month, definitions.ledger_months)
        before = head.closed if self._closing is None else head.closed[: head.closed.index(self._closing)]
        self._closings_ahead = {topic: list(before) for topic in FOLDED_TOPICS}
        self._outages = KnownOutages(Fold(), definitions, self._calendar)
        self.facts: Facts = {}
        self._later: Facts = {}
        self._records = dict.fromkeys(FOLDED_TOPICS, 0)

    def take(self, topic: str, messages: Iterable[Message]) -> None:
        """Take in the next messages of one of FOLDED_TOPICS."""
        applied = self._head.applied.get(topic, 0)
        counted_up_to = applied if self._closing is None else self._closing.upto.get(topic, 0)
        for message in messages:
            if message.offset >= applied:
                continue
            self._records[topic] += 1
            self._forget(topic, message.offset)
            if topic == COPIES_TOPIC:
                if message.offset < counted_up_to:
                    self._take_copy(message)
                continue
            event = self._read(topic, message)
            if event is not None:
                self._merge(self.facts if message.offset < counted_up_to else self._later, topic, event)

    def _take_copy(self, message: Message) -> None:
        with suppress(Refused):
            self._outages.take(message, self._head.closed)

    def _merge(self, facts: Facts, topic: str, event: Event) -> None:
        of_key = facts.setdefault((topic, event.key()), {})
        needed_until = max(instant_of(event.happened_at()), self.chapters[topic].remembered_until(event))
        read = Newest(event.revision, canonical(event), needed_until)
        known = of_key.get(event.id, read)
        of_key[event.id] = max(read, known)._replace(needed_until=max(read.needed_until, known.needed_until))

    def _forget(self, topic: str, offset: int) -> None:
        """Forget what closings up to `offset` make an end of: whatever comes for such an id later is a new fact."""
        ahead = self._closings_ahead[topic]
        while ahead and ahead[0].upto.get(topic, 0) <= offset:
            open_from = self._calendar.month_end(ahead.pop(0).month)
            if topic == COPIES_TOPIC:
                self._outages.forget(open_from)
            for place, newest in self.facts.items():
                if place[0] == topic:
                    for identity in [one for one, fact in newest.items() if fact.needed_until < open_from]:
                        del newest[identity]

    def _read(self, topic: str, message: Message) -> Event | None:
        """Return the event if it counts in this partition, None if it is refused."""
        try:
            event = READERS[topic].read(message.value)
        except Refused:
            return None
        if message.key != event.key().encode() or self._partition_of(message.key) != self._partition:
            return None
        happened_at = instant_of(event.happened_at())
        if happened_at > message.timestamp_ms * 1_000 + event.days_ahead() * DAY:
            return None
        month = self._calendar.month_of(happened_at)
        return event if counts_at(self._head.closed, month, topic, message.offset) else None

    @property
    def links(self) -> Links:
        """Which outage a report belongs to, by the outages taken in."""
        return self._outages.links

    def result(self) -> Recount:
        """Return the count of all that was taken in."""
        buckets: dict[Bucket, Cells] = {}
        levels: dict[Bucket, Cells] = {}
        ids: list[tuple[str, str]] = []
        links = self.links
        for (topic, key), newest in self.facts.items():
            chapter = self.chapters[topic]
            events = _events(topic, newest)
            for event in events:
                weights = linked.of_fact(chapter, event, self.now, links)
                if weights and self._is_counted(event):
                    ids.append((topic, event.id))
                    self._add(buckets, topic, weights)
                if self._is_open(event):
                    _add_levels(levels, topic, weights)
            self._add(buckets, topic, self._of_key(topic, key, events, links))
        return Recount(
            buckets=buckets,
            levels=levels if self._closing is None else None,
            records=self._records,
            facts=sum(map(len, self.facts.values())),
            ids=ids,
            moved_out=self._moved_out(),
        )

    def contributions(self, topic: str, key: str) -> tuple[dict[str, Placed], Placed]:
        """Return what the facts of a key contribute to what is counted: id → by itself, and all of them together."""
        events = _events(topic, self.facts.get((topic, key), {}))
        by_itself = {
            event.id: self._placed(topic, linked.of_fact(self.chapters[topic], event, self.now, self.links))
            for event in events
            if self._is_counted(event)
        }
        return by_itself, self._placed(topic, self._of_key(topic, key, events, self.links))

    def _placed(self, topic: str, weights: Weights) -> Placed:
        placed: Placed = {}
        for (place, cell), weight in weights.items():
            bucket = self._bucket(topic, place)
            if bucket is not None:
                placed[bucket, cell] = placed.get((bucket, cell), 0) + weight
        return placed

    def _of_key(self, topic: str, key: str, events: list[Event], links: Links) -> Weights:
        chapter = self.chapters[topic]
        beside = {other: _events(other, self.facts.get((other, key), {})) for other in chapter.beside}
        return linked.of_key(chapter, key, events, self._counted_from(), links, beside)

    def _counted_from(self) -> int:
        """Return the first instant of what is counted."""
        if self._month is not None:
            return self._calendar.month_start(self._month)
        return self._calendar.month_end(self._head.closed[-1].month) if self._head.closed else 0

    def _is_counted(self, event: Event) -> bool:
        return self.counts(self._month_of(event))

    def _month_of(self, event: Event) -> str:
        return self._calendar.month_of(instant_of(event.happened_at()))

    def _is_open(self, event: Event) -> bool:
        return closing_for(self._head.closed, self._month_of(event)) is None

    def _add(self, buckets: dict[Bucket, Cells], topic: str, weights: Weights) -> None:
        for (bucket, cell), weight in self._placed(topic, weights).items():
            _add_cell(buckets, bucket, cell, weight)

    def _bucket(self, topic: str, place: Place) -> Bucket | None:
        """Return the bucket at `place`, None for levels and for months that are not counted."""
        grain, name = place
        if grain == "level":
            return None
        day = self._calendar.day_of_slot(name) if isinstance(name, int) else None
        bucket = Bucket(topic, grain, str(name)) if day is None else Bucket(topic, "day", day)
        return bucket if self.counts(bucket.name[:7]) else None

    def counts(self, month: str) -> bool:
        """Tell whether a month is among those that are counted."""
        return closing_for(self._head.closed, month) is None if self._month is None else month == self._month

    def _moved_out(self) -> list[tuple[str, str]]:
        """Return the ids of this closed month's facts that a revision past its closing took to another month."""
        moved = []
        for (topic, key), later in self._later.items():
            former = self.facts.get((topic, key), {})
            for identity in later.keys() & former.keys():
                before, after = former[identity], later[identity]
                reader = READERS[topic]
                if (
                    after > before
                    and self._month_of(reader.kept(before.canonical)) == self._month
                    and self._month_of(reader.kept(after.canonical)) != self._month
                ):
                    moved.append((topic, identity))
        return sorted(moved)


def _events(topic: str, newest: Mapping[str, Newest]) -> list[Event]:
    return [READERS[topic].kept(fact.canonical) for fact in newest.values()]


def _add_levels(levels: dict[Bucket, Cells], topic: str, weights: Weights) -> None:
    for ((grain, _), cell), weight in weights.items():
        if grain == "level":
            _add_cell(levels, Bucket(topic, "level", ""), cell, weight)


def _add_cell(buckets: dict[Bucket, Cells], bucket: Bucket, cell: Cell, weight: int) -> None:
    cells = buckets.setdefault(bucket, {})
    cells[cell] = cells.get(cell, 0) + weight


class Difference(NamedTuple):
    """One number in which tallies and recount do not agree."""

    partition: int
    bucket: Bucket
    measure: str
    labels: tuple[str, ...]
    tallied: int
    recounted: int


def compare(partition: int, tallied: Mapping[Bucket, Cells], recounted: Mapping[Bucket, Cells]) -> list[Difference]:
    """Return every number that differs between a partition's tallies and its recount, in order.

    What detection adds is no count of facts: it stands beside them.
    """
    differences = []
    for bucket in sorted(tallied.keys() | recounted.keys()):
        if bucket.topic == SIGNALS_TOPIC:
            continue
        here, there = tallied.get(bucket, {}), recounted.get(bucket, {})
        for measure, labels in sorted(here.keys() | there.keys()):
            numbers = here.get((measure, labels), 0), there.get((measure, labels), 0)
            if numbers[0] != numbers[1]:
                differences.append(Difference(partition, bucket, measure, labels, *numbers))
    return differences
