"""The outages of a month, from the tallies: one by one, and in all, per branch, with and without major days."""

from __future__ import annotations

import msgspec

from streams.core.definitions import Definitions
from streams.core.merged import MergedTallies
from streams.core.outages.figures import OutageFigure, TotalFigure, outage_figure
from streams.core.outages.impact import Assessment, Totals
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
    reports = reports_of([impact.outage for impact in assessment.outages], tallies, definitions)
    return MonthOfOutages(
        outages=[outage_figure(impact, reports[impact.outage.id], definitions, now) for impact in assessment.outages],
        totals=_totals(assessment, major_days(month, known, definitions, now), definitions),
    )


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
