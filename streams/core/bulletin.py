"""The bulletin of a week or a day: indicators, counts and complaints against the one before; same log, same bytes."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from streams.core.bulletin_figures import WeekFigure, week_figures
from streams.core.catalogue import INDICATORS, TOP_LISTS, Indicator
from streams.core.catalogue.indicator import Text
from streams.core.contributions import MEASURES
from streams.core.definitions import Definitions
from streams.core.documents import instant_text, offsets, sealed
from streams.core.figures import TopListFigure, settling_day, top_list_figures
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.core.rollups import adds_up_over_days
from streams.core.tables import MonthFigures
from streams.core.tables.week import EVENTS, EventCount, Weeks, complaints, event_counts
from streams.core.weeks import Stretch, Week, week_of

TOPICS = frozenset(MEASURES[events.measure].topic for events in EVENTS)
"""Whose first day says from when on weeks are known."""


class BulletinError(Exception):
    """There is no bulletin to give; the message says why, and what to do."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator that a week cannot have: it counts distinct users of a month, who do not add up over days."""

    id: str
    names: Text


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told of a week, or of a day: the daily edition.

    It is `provisional` while that lasts, then `complete`; corrections and late facts count as long as the months
    that hold its days are open. `as_of`, `offsets`, `definitions` and `sha256` are as in the month's snapshot.
    """

    period: str
    first_day: str
    last_day: str
    timezone: str
    state: Literal["provisional", "complete"]
    as_of: str
    offsets: dict[str, dict[str, int]]
    definitions: str
    indicators: list[WeekFigure]
    left_out: list[LeftOut]
    counts: list[EventCount]
    complaints: dict[str, Any]
    top_lists: list[TopListFigure]
    sha256: str = ""


def last_whole_week(tallies: MergedTallies, definitions: Definitions) -> Week:
    """Return the last week that has ended by the tallies' clock."""
    return week_of(Calendar(definitions.timezone).day_of(tallies.as_of())).before()


def build_bulletin(week: Stretch, tallies: MergedTallies, definitions: Definitions) -> Bulletin:
    """Return the bulletin of a week or a day from complete tallies.

    Raises BulletinError when it has not begun by the tallies' clock, or lies before anything that they hold.
    """
    calendar, as_of = Calendar(definitions.timezone), tallies.as_of()
    weeks = _weeks(week, tallies, definitions, _first_day_held(week, tallies, calendar))
    end = week.end(calendar)
    counts = tallies.days(week.days())
    return sealed(
        Bulletin(
            period=week.name,
            first_day=week.first.isoformat(),
            last_day=week.last.isoformat(),
            timezone=definitions.timezone,
            state="provisional" if as_of < end else "complete",
            as_of=instant_text(as_of),
            offsets=offsets(tallies),
            definitions=definitions.digest(),
            indicators=[
                figure
                for indicator in INDICATORS
                if _adds_up(indicator)
                for figure in week_figures(indicator, weeks, settling_day(indicator, end, as_of, calendar))
            ],
            left_out=[LeftOut(id=one.id, names=one.names) for one in INDICATORS if not _adds_up(one)],
            counts=event_counts(weeks),
            complaints=complaints(weeks),
            top_lists=[figure for top_list in TOP_LISTS for figure in top_list_figures(top_list, counts)],
        )
    )


def _first_day_held(week: Stretch, tallies: MergedTallies, calendar: Calendar) -> str:
    """Return the first day that is held; raises BulletinError where there is nothing of the week."""
    first_day = tallies.first_day(TOPICS)
    if first_day is None or week.last.isoformat() < first_day:
        held = "nothing" if first_day is None else f"no day before {first_day}"
        raise BulletinError(f"the tallies hold {held}, so there is no bulletin of {week.name}")
    if tallies.as_of() < week.start(calendar):
        clock = instant_text(tallies.as_of())
        raise BulletinError(f"{week.name} begins on {week.first}; the tallies go up to {clock}")
    return first_day


def _weeks(week: Stretch, tallies: MergedTallies, definitions: Definitions, first_day: str) -> Weeks:
    """Return the figures of a week, and those of the week before if what is held begins by that week's Monday."""

    def figures(one: Stretch) -> MonthFigures:
        return MonthFigures(one.name, tallies.days(one.days()), None, definitions, one.last)

    before = week.before()
    return Weeks(figures(week), figures(before) if first_day <= before.first.isoformat() else None)


def _adds_up(indicator: Indicator) -> bool:
    return all(adds_up_over_days(MEASURES[measure]) for measure in (indicator.numerator, indicator.denominator))
