"""The sample month july-2009: messages of every kind that reproduce the printed report's tables exactly, all at once.

The messages look real: they come in bursts, twice, late, in disorder, corrected, cancelled and broken. They are made
from the printed figures (`july-2009.yaml`) with fixed seeds, so every run gives the same bytes. On top of July stands
what the report says of June, for the comparison with the month before.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from random import Random

from streams.samples import assessments, callbacks, complaints, faults, orders, outage_notices, outages
from streams.samples import lines as replay_file
from streams.samples.calendar import SECOND
from streams.samples.courses import Course, Revision
from streams.samples.delivery import deliver
from streams.samples.lines import Line
from streams.samples.numbers import NumberPlan
from streams.samples.period import AS_OF, JULY, JUNE, NAME, PERIOD, chance
from streams.samples.tickets import Ticket
from streams.samples.unreadable import unreadable, unreadable_faults

__all__ = ["AS_OF", "JULY", "JUNE", "NAME", "PERIOD", "lines", "write"]

_MISHAPS = {callbacks.TOPIC: 5, assessments.TOPIC: 20, outage_notices.TOPIC: 20}
"""How many times as often as elsewhere messages of the small topics are late or come twice."""


def lines() -> Iterator[Line]:
    """Yield the messages of the sample in the order of their arrival."""
    return iter(_lines())


def write(path: Path) -> int:
    """Write the sample as a replay file (compressed when the name ends in .gz) and return the number of lines."""
    return replay_file.write(path, lines())


def _lines() -> list[Line]:
    plan = NumberPlan(outages.outages(), chance("numbers"))
    tickets = faults.tickets(plan)
    told = faults.courses(tickets, plan)
    result = _delivered(faults.TOPIC, told, chance("delivery"))
    result += unreadable_faults(faults.TOPIC, faults.example(told, tickets), JULY, chance("unreadable"))
    for topic, told in _beside_faults(tickets, plan).items():
        result += _delivered(topic, told, chance(f"{topic} delivery"))
        result += unreadable(topic, _example(told), JULY, chance(f"{topic} unreadable"))
    return sorted(result, key=lambda line: line.at)


def _beside_faults(tickets: list[Ticket], plan: NumberPlan) -> dict[str, list[Course]]:
    """Return the courses of all other kinds, by topic: some are of lines that have fault tickets."""
    cases = complaints.cases(tickets, plan)
    ordered = orders.orders(tickets, plan)
    called = callbacks.callbacks(cases, ordered, tickets)
    return {
        complaints.TOPIC: complaints.courses(cases, plan),
        orders.TOPIC: orders.courses(ordered, plan),
        callbacks.TOPIC: callbacks.courses(called, plan),
        assessments.TOPIC: assessments.courses(),
        outage_notices.TOPIC: outage_notices.courses(),
    }


def _delivered(topic: str, courses: Iterable[Course], random: Random) -> list[Line]:
    return list(deliver(topic, chain.from_iterable(courses), AS_OF - SECOND, _MISHAPS.get(topic, 1), random))


def _example(courses: list[Course]) -> Revision:
    """Return the first revision of something that happened in July."""
    return courses[len(courses) * 3 // 4][0]
