"""The outages of a month, from the tallies: one by one, and in all, per branch, with and without major days."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.merged import MergedTallies
from streams.core.months import NEVER, Calendar, instant_of
from streams.core.outages.figures import OutageFigure, TotalFigure, outage_figure
from streams.core.outages.impact import Assessment, OutageImpact, Totals
from streams.core.outages.known import assess_month, known_outages, reports_of
from streams.core.outages.major_days import MajorDays, major_days

T_MED_PLACES = 3


class OutageTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What a month's outages sum up to: in all, by branch, and planned work apart.

    `major_days` are those whose SAIDI over all branches is above T_MED; both are None before five years are held.
    """

    total: TotalFigure
    by_branch: dict[str, TotalFigure]
    planned: TotalFigure
    t_med_minutes: float | None
    major_days: list[str] | None


class MonthOfOutages(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told of a month's outages: each that touches it, by its start, and their totals."""

    outages: list[OutageFigure]
    totals: OutageTotals


def month_of_outages(month: str, tallies: MergedTallies, definitions: Definitions) -> MonthOfOutages:
    """Return the outages of a month, as far as the tallies' clock."""
    known, now = known_outages(tallies), tallies.as_of()
    assessment = assess_month(month, known, now, definitions)
    return MonthOfOutages(
        outages=_figures(assessment.outages, tallies, definitions),
        totals=_totals(assessment, major_days(month, known, definitions, now), definitions),
    )


def live_outages(tallies: MergedTallies, definitions: Definitions) -> list[OutageFigure]:
    """Return the outages that are not over, noted as suspected or planned ones among them; hours of this month."""
    now = tallies.as_of()
    month = Calendar(definitions.timezone).month_of(now)
    assessment = assess_month(month, known_outages(tallies), now, definitions)
    return _figures([impact for impact in assessment.outages if _is_live(impact, now)], tallies, definitions)


def outage_by_itself(
    outage: Outage, known: Sequence[Outage], tallies: MergedTallies, definitions: Definitions
) -> OutageFigure:
    """Return one of the known outages; its hours are those of the month in which it began."""
    month = Calendar(definitions.timezone).month_of(instant_of(outage.started_at))
    assessment = assess_month(month, known, tallies.as_of(), definitions)
    [figure] = _figures([one for one in assessment.outages if one.outage.id == outage.id], tallies, definitions)
    return figure


def _figures(impacts: Sequence[OutageImpact], tallies: MergedTallies, definitions: Definitions) -> list[OutageFigure]:
    reports = reports_of([impact.outage for impact in impacts], tallies, definitions)
    return [outage_figure(impact, reports[impact.outage.id], definitions, tallies.as_of()) for impact in impacts]


def _is_live(impact: OutageImpact, now: int) -> bool:
    outage = impact.outage
    ends = NEVER if outage.restored_at is None else instant_of(outage.restored_at)
    return instant_of(outage.started_at) <= now < ends


def _totals(assessment: Assessment, major: MajorDays | None, definitions: Definitions) -> OutageTotals:
    served = sum(definitions.served.values()) or None
    by_branch = {branch: Totals() for branch in definitions.branches} | assessment.by_branch
    return OutageTotals(
        total=TotalFigure.of(assessment.total, served, None if major is None else major.total_without),
        by_branch={
            branch: TotalFigure.of(
                totals,
                definitions.served.get(branch),
                None if major is None else major.by_branch_without.get(branch, Totals()),
            )
            for branch, totals in by_branch.items()
        },
        planned=TotalFigure.of(assessment.planned, served),
        t_med_minutes=None if major is None else round(major.t_med_minutes, T_MED_PLACES),
        major_days=None if major is None else list(major.days),
    )
