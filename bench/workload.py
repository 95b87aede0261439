"""Makes the events that the benchmarks feed: one kind alone, or all in the proportions of the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, count, islice

from bench.courses import COURSES, Record, Revision
from streams.kafka.topics import FAULTS, SOURCES
from streams.samples import july_2009

REVISIONS = 3
"""Of every fault ticket."""
TICKETS = 73_000
LINES_PER_TICKET = 58_000 / TICKETS


def records(tickets: int = TICKETS, *, until: int, first_id: int = 0) -> list[Record]:
    """Return the records of `tickets` fault tickets in the order in which a ticket system would tell them.

    They are opened in the thirty days before the instant `until` (microseconds), and all restored by then. The same
    arguments give the same records; `first_id` keeps the tickets of a second call apart from those of the first.
    """
    fault, lines = COURSES[FAULTS], _lines(tickets)
    numbers = range(first_id, first_id + tickets)
    return _in_order(chain.from_iterable(fault(number, lines, until) for number in numbers))


def records_of(topic: str, events: int, *, until: int) -> list[Record]:
    """Return so many records of one kind, in the order in which they are told."""
    return _in_order(_revisions(topic, events, _lines(events // REVISIONS), until))


def mixed(events: int, *, until: int) -> list[Record]:
    """Return so many records of all kinds, in the sample's proportions and in the order in which they are told.

    Some lines have faults, complaints and orders.
    """
    shares = shares_of(events)
    lines = _lines(shares[FAULTS] // REVISIONS)
    return _in_order(chain.from_iterable(_revisions(topic, share, lines, until) for topic, share in shares.items()))


def shares_of(events: int) -> dict[str, int]:
    """Return topic → how many of so many events it has in the sample's proportions; what rounding leaves are faults."""
    sample = _events_in_sample()
    others = {topic: events * sample[topic] // sample.total() for topic in SOURCES if topic != FAULTS}
    return {FAULTS: events - sum(others.values()), **others}


@cache
def _events_in_sample() -> Counter[str]:
    """Return topic → how many messages the sample july-2009 has there."""
    return Counter(line.topic for line in july_2009.lines())


def _revisions(topic: str, events: int, lines: int, until: int) -> Iterator[Revision]:
    """Yield the first so many revisions of one kind, case by case."""
    return islice(chain.from_iterable(COURSES[topic](number, lines, until) for number in count()), events)


def _lines(tickets: int) -> int:
    return max(1, round(tickets * LINES_PER_TICKET))


def _in_order(told: Iterable[Revision]) -> list[Record]:
    return [record for _, record in sorted(told, key=_told_at)]


def _told_at(revision: Revision) -> int:
    return revision[0]
