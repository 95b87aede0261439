"""What the weekly bulletin lists: counts of events by branch against the week before, and the week's complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from streams.core.catalogue import COUNTS
from streams.core.catalogue.indicator import Text
from streams.core.contributions import callbacks
from streams.core.contributions import complaints as measured
from streams.core.tables.complaints import (
    escalated_channels,
    intelligent_network,
    justified,
    listed_first,
    overdue_by_department,
    service_conduct,
)
from streams.core.tables.month import TOTAL, MonthFigures
from streams.core.tables.penalties import JUSTIFIED, KINDS, penalties


class Events(NamedTuple):
    """One kind of event that the bulletin counts."""

    id: str
    names: Text
    measure: str


EVENTS = (
    *(
        Events(count.id, count.names, count.measure)
        for count in COUNTS
        if count.id in ("fault_tickets", "complaints", "orders")
    ),
    Events("callbacks", {"zh": "回访量", "en": "Call-backs"}, callbacks.CALLBACKS.name),
)

PENALTY_KINDS = (*KINDS, JUSTIFIED)


class ComparedCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many there were of one value, and in the week before; `previous` is None where that is not known."""

    value: str
    count: int
    previous: int | None
    change: int | None

    @classmethod
    def of(cls, value: str, count: int, previous: int | None) -> ComparedCount:
        """Return the count of a value beside the previous one."""
        return cls(value=value, count=count, previous=previous, change=None if previous is None else count - previous)


class EventCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of a kind there were."""

    id: str
    names: Text
    in_all: ComparedCount
    by_branch: list[ComparedCount]


class Weeks(NamedTuple):
    """The figures of a week, and those of the week before, None where that is not known."""

    now: MonthFigures
    before: MonthFigures | None

    def branches(self) -> list[str]:
        """Return the branches of the definitions, and every other one that has an event in the week."""
        listed = self.now.definitions.branches
        others = {branch for events in EVENTS for branch in self.now.by_label(events.measure, "branch")}
        return [*listed, *sorted(others.difference(listed))]

    def compared(self, measure: str, label: str, listed: Iterable[str]) -> list[ComparedCount]:
        """Return the numbers of a measure by the values of `label`: those listed, then the others of the week."""
        numbers = listed_first(listed, self.now.by_label(measure, label))
        if self.before is None:
            return [ComparedCount.of(value, count, None) for value, count in numbers.items()]
        previous = self.before.by_label(measure, label)
        return [ComparedCount.of(value, count, previous.get(value, 0)) for value, count in numbers.items()]

    def in_all(self, measure: str) -> ComparedCount:
        """Return the number of a measure."""
        previous = None if self.before is None else self.before.number(measure)
        return ComparedCount.of(TOTAL, self.now.number(measure), previous)


def event_counts(weeks: Weeks) -> list[EventCount]:
    """Return the counts of every kind of event; all kinds have the same branches."""
    branches = weeks.branches()
    return [
        EventCount(
            id=events.id,
            names=events.names,
            in_all=weeks.in_all(events.measure),
            by_branch=weeks.compared(events.measure, "branch", branches),
        )
        for events in EVENTS
    ]


def complaints(weeks: Weeks) -> dict[str, Any]:
    """Return the week's complaints; all but the comparisons with the week before is as in the month's table."""
    week, definitions = weeks.now, weeks.now.definitions
    return {
        "by_channel": weeks.compared(measured.COMPLAINTS.name, "channel", definitions.channels),
        "escalated_channels": escalated_channels(week),
        "escalated": week.number(measured.ESCALATED.name),
        "by_category": weeks.compared(measured.COMPLAINTS.name, "category", definitions.categories),
        "service_conduct": service_conduct(week),
        "intelligent_network": intelligent_network(week),
        "overdue_by_department": overdue_by_department(week),
        "penalties": {"columns": list(_penalty_columns()), **penalties(week, PENALTY_KINDS)},
        **justified(week),
    }


def _penalty_columns() -> Iterator[str]:
    for kind in PENALTY_KINDS:
        yield from (kind, f"{kind}_yuan")
    yield "yuan"
