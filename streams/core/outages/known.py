"""What the tallies know of outages: those told and those suspected, what they cost in a month, their reports."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from streams.core.contributions.detection import SUSPICIONS
from streams.core.contributions.outages import OUTAGES, read
from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, add_months, instant_of, is_month
from streams.core.outages.impact import Assessment, assess
from streams.core.outages.reports import NO_REPORTS, Reports, reports_by_outage
from streams.core.suspected import SuspectedOutage
from streams.core.suspected import read as read_suspected

_outage = lru_cache(maxsize=10_000)(read)
_suspicion = lru_cache(maxsize=10_000)(read_suspected)
"""What a label says is asked for at every scrape, and seldom changes."""


def known_outages(tallies: MergedTallies) -> list[Outage]:
    """Return every outage that is held, by its start; rejected ones are not."""
    outages = [_outage(label) for (label,) in tallies.topic(OUTAGES.topic).get(OUTAGES.name, {})]
    return sorted(outages, key=lambda outage: (outage.started_at, outage.id))


def suspicions(tallies: MergedTallies) -> list[SuspectedOutage]:
    """Return everything that was suspected, as it stands, by its first report."""
    labels = tallies.topic(SUSPICIONS.topic).get(SUSPICIONS.name, {})
    return sorted((_suspicion(label) for (label,) in labels), key=lambda one: (one.first_report_at, one.id))


def open_suspicions(tallies: MergedTallies) -> list[SuspectedOutage]:
    """Return what is suspected now: neither over, nor part of another suspicion, nor declared."""
    return [suspicion for suspicion in suspicions(tallies) if suspicion.state == "open"]


def assess_month(month: str, outages: Iterable[Outage], now: int, definitions: Definitions) -> Assessment:
    """Return what the outages cost in a month, as far as is known at the instant `now`."""
    calendar = Calendar(definitions.timezone)
    start, end = calendar.month_start(month), calendar.month_end(month)
    # One that ended just as the month began may have handed lines on; what ended before has no bearing on it.
    reaching = [one for one in outages if one.restored_at is None or instant_of(one.restored_at) >= start]
    return assess(reaching, definitions, start, end, now)


def reports_of(outages: Iterable[Outage], tallies: MergedTallies, definitions: Definitions) -> dict[str, Reports]:
    """Return outage id → its reports."""
    calendar = Calendar(definitions.timezone)
    last_month = add_months(calendar.month_of(tallies.as_of()), -1)
    by_place: dict[str, list[str]] = {}
    for outage in outages:
        day = calendar.day_of(instant_of(outage.started_at))
        # The sums of the months that windows show are kept true anyway; of an older one its day costs less.
        by_place.setdefault(day[:7] if day[:7] >= last_month else day, []).append(outage.id)
    found: dict[str, Reports] = {}
    for place, ids in by_place.items():
        reports = reports_by_outage(tallies.month(place) if is_month(place) else tallies.days([place]))
        found |= {identity: reports.get(identity, NO_REPORTS) for identity in ids}
    return found
