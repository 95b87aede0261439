"""What the tallies hold of the reports that belong to outages: how many, in which minutes, from whom, of what."""

from __future__ import annotations

from collections import Counter

import msgspec

from streams.core.contributions.complaints import OUTAGE_COMPLAINANTS, OUTAGE_COMPLAINTS
from streams.core.contributions.faults import OUTAGE_REPORTERS, OUTAGE_SYMPTOMS, OUTAGE_TICKETS
from streams.core.contributions.measures import Measure
from streams.core.rollups import Counts

ByMinute = dict[int, int]
"""Minute (whole minutes since the epoch) → reports."""


class Reports(msgspec.Struct, frozen=True, kw_only=True):
    """The reports of one outage. Reporters are distinct numbers; symptoms are those of the fault tickets."""

    fault_tickets: ByMinute = {}
    complaints: ByMinute = {}
    reporters: int = 0
    symptoms: dict[str, int] = {}

    def total(self) -> int:
        """Return how many reports there are, tickets and complaints."""
        return sum(self.fault_tickets.values()) + sum(self.complaints.values())

    def minutes(self) -> list[int]:
        """Return the minutes in which something was reported, in order."""
        return sorted({*self.fault_tickets, *self.complaints})


NO_REPORTS = Reports()
"""Those of an outage that nobody has reported."""


def reports_by_outage(counts: Counts) -> dict[str, Reports]:
    """Return outage id → its reports, from the counts of the month (or day) in which the outages began."""
    tickets, complaints = _by_minute(counts, OUTAGE_TICKETS), _by_minute(counts, OUTAGE_COMPLAINTS)
    symptoms = _within_outages(counts, OUTAGE_SYMPTOMS)
    reporters = Counter(_numbers(counts, OUTAGE_REPORTERS)) + Counter(_numbers(counts, OUTAGE_COMPLAINANTS))
    return {
        outage: Reports(
            fault_tickets=tickets.get(outage, {}),
            complaints=complaints.get(outage, {}),
            reporters=reporters[outage],
            symptoms=symptoms.get(outage, {}),
        )
        for outage in (*tickets, *complaints)
    }


def _by_minute(counts: Counts, measure: Measure) -> dict[str, ByMinute]:
    return {
        outage: {int(minute): number for minute, number in by_minute.items()}
        for outage, by_minute in _within_outages(counts, measure).items()
    }


def _within_outages(counts: Counts, measure: Measure) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (outage, value), number in counts.get(measure.name, {}).items():
        found.setdefault(outage, {})[value] = number
    return found


def _numbers(counts: Counts, measure: Measure) -> dict[str, int]:
    return {outage: number for (outage,), number in counts.get(measure.name, {}).items()}
