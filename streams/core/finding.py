"""Finds the facts behind a figure: those that count in a measure under some labels, or that belong to an outage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streams.core.contributions import MEASURES, Chapter, linked
from streams.core.contributions.measures import ALL, LEVEL, Labels, Measure, Place, Weights
from streams.core.events import READERS, Event
from streams.core.head import Head
from streams.core.months import Calendar, instant_of
from streams.core.outages.linking import Links
from streams.core.recount import Recounter

Shown = Callable[[str, str], str]
"""(label, value) → the value as figures show it."""


class Found(NamedTuple):
    """A fact behind a figure: its deadline (NEVER without one), and the id of the outage that it belongs to."""

    topic: str
    event: Event
    deadline: int
    outage: str | None


class Counted(NamedTuple):
    """What counts in `measure` under the given values of labels; those that are absent are summed over."""

    measure: str
    labels: tuple[tuple[str, str], ...] = ()


class Finder:
    """Looks through what a recount of a partition has taken in."""

    def __init__(self, recounter: Recounter, head: Head, month: str, calendar: Calendar, shown: Shown) -> None:
        """Take the recount, the head and the month that it is of, and how figures show label values."""
        self._recounter, self._month = recounter, month
        self._calendar, self._shown = calendar, shown
        self._open_from = calendar.month_end(head.closed[-1].month) if head.closed else 0

    def counted(self, asked: Counted) -> Iterator[Found]:
        """Yield the facts of the month that count in a measure; for a level those that do so now.

        Of a measure made of all facts of a key together: a user's facts of the month; else the facts at the place and
        under the labels that are counted (of two within the same five minutes, both).
        """
        measure = MEASURES[asked.measure]
        for topic, key in self._keys(measure.topic):
            events = self._events(topic, key)
            together = self._of_key(topic, key, events) if measure.weigh is None else {}
            for event in events:
                own = self._of_fact(topic, event)
                if self._counts(own, event, asked) or (together and self._has_part(together, own, event, asked)):
                    yield self._found(topic, event)

    def of_outage(self, outage: str) -> Iterator[Found]:
        """Yield the reports that belong to an outage."""
        for topic, key in self._keys():
            for event in self._events(topic, key):
                found = self._found(topic, event)
                if found.outage == outage:
                    yield found

    def _keys(self, topic: str | None = None) -> list[tuple[str, str]]:
        return [place for place in self._recounter.facts if topic in (None, place[0])]

    def _events(self, topic: str, key: str) -> list[Event]:
        newest = self._recounter.facts.get((topic, key), {})
        return [READERS[topic].kept(fact.canonical) for fact in newest.values()]

    def _chapter(self, topic: str) -> Chapter:
        return self._recounter.chapters[topic]

    def _links(self) -> Links:
        return self._recounter.links

    def _of_fact(self, topic: str, event: Event) -> Weights:
        return linked.of_fact(self._chapter(topic), event, self._recounter.now, self._links())

    def _of_key(self, topic: str, key: str, events: Sequence[Event]) -> Weights:
        chapter = self._chapter(topic)
        beside = {other: self._events(other, key) for other in chapter.beside}
        return chapter.of_key(key, events, self._calendar.month_start(self._month), beside)

    def _found(self, topic: str, event: Event) -> Found:
        outage = self._links().outage_of(event)
        deadline = self._chapter(topic).deadline(event)
        return Found(topic, event, deadline, None if outage is None else outage.id)

    def _counts(self, own: Weights, event: Event, asked: Counted) -> bool:
        """Tell whether a fact counts by itself; that of a closed month is no level any more."""
        is_open = instant_of(event.happened_at()) >= self._open_from
        return any(
            measure == asked.measure
            and self._is_asked(place, is_open)
            and self._matches(MEASURES[measure], labels, asked)
            for place, (measure, labels) in own
        )

    def _has_part(self, together: Weights, own: Weights, event: Event, asked: Counted) -> bool:
        """Tell whether a fact has a part in what all facts of its key count for together."""
        if not own or self._calendar.month_of(instant_of(event.happened_at())) != self._month:
            return False
        lines = _lines(own)
        for place, (name, labels) in together:
            measure = MEASURES[name]
            if name != asked.measure or not self._is_asked(place):
                continue
            if measure.grain == "month":
                if self._is_user(measure, labels, asked) and all(
                    any(line.get(label) == value for _, line in lines) for label, value in _set(measure, labels)
                ):
                    return True
            elif self._matches(measure, labels, asked) and (place, _named(measure, labels)) in lines:
                return True
        return False

    def _is_asked(self, place: Place, is_open: bool = False) -> bool:
        if place == LEVEL:
            return is_open
        name = place[1]
        return (name if isinstance(name, str) else self._calendar.day_of_slot(name)[:7]) == self._month

    def _matches(self, measure: Measure, labels: Labels, asked: Counted) -> bool:
        named = _named(measure, labels)
        return all(self._shown(label, named[label]) == value for label, value in asked.labels)

    def _is_user(self, measure: Measure, labels: Labels, asked: Counted) -> bool:
        """Tell whether a cell of users is the one asked for; they are counted for every subset of their labels."""
        named = dict(_set(measure, labels))
        return named.keys() == dict(asked.labels).keys() and self._matches(measure, labels, asked)


def _named(measure: Measure, labels: Labels) -> dict[str, str]:
    return dict(zip(measure.labels, labels, strict=True))


def _set(measure: Measure, labels: Labels) -> list[tuple[str, str]]:
    """Return the labels that are not summed over."""
    return [(label, value) for label, value in _named(measure, labels).items() if value != ALL]


def _lines(own: Weights) -> list[tuple[Place, dict[str, str]]]:
    """Return where and under which labels a fact counts by itself."""
    return [(place, _named(MEASURES[measure], labels)) for place, (measure, labels) in own]
