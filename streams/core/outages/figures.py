"""The figures of outages as they are published: users, hours, reports and duties of each; and the totals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from streams.core.definitions import Definitions
from streams.core.documents import instant_text
from streams.core.events.outage import Scope
from streams.core.figures import ListedValue, most_frequent
from streams.core.months import HOUR, MINUTE, instant_of
from streams.core.outages.course import UsersFrom
from streams.core.outages.duties import Distance, distances
from streams.core.outages.impact import OutageImpact, State, Totals
from streams.core.outages.reliability import Reliability, reliability
from streams.core.outages.reports import Reports
from streams.core.outages.scope import place
from streams.core.ratios import RATIO_PLACES, decimal_text, ratio_text

HOUR_PLACES = 2
MINUTE_PLACES = 3
TOP_SYMPTOMS = 3
DEFAULT_STATUS = "confirmed"


class DutyFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How far an outage is from one duty to report; all but `reached` is None where nobody knows its users.

    `share` is the part of the way, a decimal fraction. `reached_at` and `due_at`: when it was reached (or will be, if
    nobody gets service before), and until when to report; None if that is never.
    """

    duty: str
    reached: bool
    share: str | None
    reached_at: str | None
    due_at: str | None


class OutageFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One outage. Hours have two decimals; what depends on its users is None where nobody knows how many there are.

    `users` were out at its start, and `users_from` says who says so; `users_out` are out now. `numbers` is how many its
    ranges hold, both ends included. `hours` is how long it lasted, or lasts so far; `user_hours` are those of the
    month, with lines that another outage had too, `user_hours_whole` those of the whole outage. `reports` are the
    tickets and complaints that belong to it, `reporters` the distinct numbers that they came from, `reporter_share`
    their part of the users.
    """

    id: str
    branch: str
    scope: Scope
    place: str
    services: list[str]
    state: State
    status: str
    planned: bool
    started_at: str
    expected_at: str | None
    restored_at: str | None
    owner: str | None
    hours: float
    users: int | None
    users_from: UsersFrom
    users_out: int | None
    numbers: int | None
    user_hours: float | None
    user_hours_whole: float | None
    severity: str | None
    reports: int
    reporters: int
    reporter_share: str | None
    symptoms: list[ListedValue]
    first_report_at: str | None
    last_report_at: str | None
    duties: list[DutyFigure]


class ReliabilityFigure(msgspec.Struct, frozen=True, kw_only=True):
    """SAIFI, SAIDI and CAIDI as decimals (the latter two in minutes); None where there is nothing to divide by."""

    saifi: str | None
    saidi_minutes: str | None
    caidi_minutes: str | None

    @classmethod
    def of(cls, figures: Reliability) -> ReliabilityFigure:
        """Return the exact figures, rounded."""
        return cls(
            saifi=_decimal(figures.saifi, RATIO_PLACES),
            saidi_minutes=_decimal(figures.saidi_minutes, MINUTE_PLACES),
            caidi_minutes=_decimal(figures.caidi_minutes, MINUTE_PLACES),
        )


class TotalFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over a month's outages, planned and suspected ones apart: each line once at a time, so that all adds up.

    `outages` began in the month, of `unknown` ones nobody knows the users. `users` lost service in it, `users_out`
    have none now. `served` is what reliability divides by; `without_major_days` is None where no day can be called
    major yet.
    """

    outages: int
    unknown: int
    users: int
    users_out: int
    user_hours: float
    served: int | None
    reliability: ReliabilityFigure
    without_major_days: ReliabilityFigure | None = None

    @classmethod
    def of(cls, totals: Totals, served: int | None, without_major_days: Totals | None = None) -> TotalFigure:
        """Return the figures of sums; `without_major_days` are those of the other days alone."""
        return cls(
            outages=totals.outages,
            unknown=totals.unknown,
            users=totals.users,
            users_out=totals.users_out,
            user_hours=hours(totals.user_microseconds),
            served=served,
            reliability=ReliabilityFigure.of(reliability(totals, served)),
            without_major_days=None
            if without_major_days is None
            else ReliabilityFigure.of(reliability(without_major_days, served)),
        )


def outage_figure(impact: OutageImpact, reports: Reports, definitions: Definitions, now: int) -> OutageFigure:
    """Return the figure of an outage, with the reports that belong to it, at the instant `now`."""
    outage, minutes = impact.outage, reports.minutes()
    started, restored = instant_of(outage.started_at), _instant(outage.restored_at)
    is_counted = impact.state in ("active", "restored")
    return OutageFigure(
        id=outage.id,
        branch=impact.branch,
        scope=outage.scope,
        place=place(outage.scope),
        services=list(outage.services or ()),
        state=impact.state,
        status=outage.status or DEFAULT_STATUS,
        planned=bool(outage.planned),
        started_at=instant_text(started),
        expected_at=_text(_instant(outage.expected_at)),
        restored_at=_text(restored),
        owner=outage.owner,
        hours=hours(max(0, (now if restored is None else min(restored, now)) - started)),
        users=impact.users,
        users_from=impact.users_from,
        users_out=impact.users_out,
        numbers=impact.numbers,
        user_hours=_hours(impact.user_microseconds),
        user_hours_whole=_hours(impact.whole_user_microseconds),
        severity=impact.severity,
        reports=reports.total(),
        reporters=reports.reporters,
        reporter_share=ratio_text(reports.reporters, impact.users) if impact.users else None,
        symptoms=_top_symptoms(reports.symptoms),
        first_report_at=instant_text(minutes[0] * MINUTE) if minutes else None,
        last_report_at=instant_text(minutes[-1] * MINUTE) if minutes else None,
        duties=list(map(_duty, distances(impact, definitions.outages.duties, now))) if is_counted else [],
    )


def hours(microseconds: int) -> float:
    """Return a time in hours, with two decimals, half up."""
    return float(decimal_text(Fraction(microseconds, HOUR), HOUR_PLACES))


def _hours(microseconds: int | None) -> float | None:
    return None if microseconds is None else hours(microseconds)


def _instant(moment: Any) -> int | None:
    return None if moment is None else instant_of(moment)


def _text(instant: int | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _decimal(value: Fraction | None, places: int) -> str | None:
    return None if value is None else decimal_text(value, places)


def _top_symptoms(symptoms: dict[str, int]) -> list[ListedValue]:
    total = sum(symptoms.values())
    return [
        ListedValue(value=symptom, count=number, ratio=ratio_text(number, total))
        for symptom, number in most_frequent(symptoms, TOP_SYMPTOMS)
    ]


def _duty(distance: Distance) -> DutyFigure:
    return DutyFigure(
        duty=distance.duty,
        reached=distance.reached,
        share=_decimal(distance.share, RATIO_PLACES),
        reached_at=_text(distance.reached_at),
        due_at=_text(distance.due_at),
    )
