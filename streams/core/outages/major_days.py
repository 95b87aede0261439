"""Finds a month's major days (IEEE 1366), once five years of outages are held, and what is left without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.months import Calendar, instant_of
from streams.core.outages.impact import Assessment, Totals, assess
from streams.core.outages.reliability import FIVE_YEARS_DAYS, reliability, split, threshold

NO_OUTAGES = Assessment(outages=[], by_branch={}, total=Totals(), planned=Totals())


class MajorDays(msgspec.Struct, frozen=True, kw_only=True):
    """A month's major days, judged by the whole of all branches, and the sums over its other days.

    The branches lose the same days: one storm is one major day.
    """

    t_med_minutes: float
    days: tuple[str, ...]
    total_without: Totals
    by_branch_without: dict[str, Totals]


def major_days(month: str, outages: Sequence[Outage], definitions: Definitions, now: int) -> MajorDays | None:
    """Return a month's major days, from all outages known; None before there are five years of them.

    The years are those before the month's first day, and begin with the first outage that is known.
    """
    served = sum(definitions.served.values())
    calendar = Calendar(definitions.timezone)
    years = _days_before(month, FIVE_YEARS_DAYS)
    if not (served and outages) or calendar.day_of(min(instant_of(one.started_at) for one in outages)) > years[0]:
        return None
    by_day = _by_day(outages, calendar, now)

    def assessed(day: str) -> Assessment:
        start, end = calendar.day_start(day), calendar.day_start(_days_after(day, 1))
        return assess(by_day[day], definitions, start, end, now) if day in by_day else NO_OUTAGES

    saidi = [reliability(assessed(day).total, served).saidi_minutes for day in years]
    t_med_minutes = threshold([minutes for minutes in saidi if minutes is not None])
    if t_med_minutes is None:
        return None
    days = {day: assessed(day) for day in _days_of(month)}
    major = split({day: one.total for day, one in days.items()}, served, t_med_minutes).major_days
    rest = [one for day, one in days.items() if day not in major]
    branches = {branch for one in rest for branch in one.by_branch}
    return MajorDays(
        t_med_minutes=t_med_minutes,
        days=major,
        total_without=_sum(one.total for one in rest),
        by_branch_without={
            branch: _sum(one.by_branch.get(branch, Totals()) for one in rest) for branch in sorted(branches)
        },
    )


def _sum(totals: Iterable[Totals]) -> Totals:
    return sum(totals, Totals())


def _by_day(outages: Iterable[Outage], calendar: Calendar, now: int) -> dict[str, list[Outage]]:
    """Return day → the outages that touch it; one that ended as the day began may have handed lines on."""
    found: dict[str, list[Outage]] = {}
    for outage in outages:
        day = calendar.day_of(instant_of(outage.started_at))
        last = calendar.day_of(now if outage.restored_at is None else instant_of(outage.restored_at))
        while day <= last:
            found.setdefault(day, []).append(outage)
            day = _days_after(day, 1)
    return found


def _days_after(day: str, count: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def _days_before(month: str, count: int) -> list[str]:
    return [_days_after(f"{month}-01", -before) for before in range(count, 0, -1)]


def _days_of(month: str) -> list[str]:
    days = (_days_after(f"{month}-01", number) for number in range(31))
    return [day for day in days if day[:7] == month]
