"""Compares a figure with its month before (环比) and last year's (同比), follows it over months, ranks branches; pure.

All of it is in one snapshot: figures have their earlier months' counts beside them. What makes up a change or a miss
is told by `streams.core.decomposition`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, NamedTuple

from streams.core.catalogue import INDICATORS
from streams.core.figures import TREND_MONTHS, Basis, IndicatorFigure, LabelValues
from streams.core.months import add_months
from streams.core.ratios import PERCENT_PLACES, Ratio, change_in_points, decimal_text

Direction = Literal["better", "worse", "same"]

SMALLEST_COMPARED = 30
"""Cases below which a month says nothing of better or worse, even where so few are enough to judge it."""

INDICATOR_OF = {indicator.id: indicator for indicator in INDICATORS}


class IndicatorChange(NamedTuple):
    """An indicator against an earlier month: its figure then, and the change in percentage points (two decimals).

    `points` is None where either month has nothing to divide by, `direction` also where a sample is too small to judge.
    """

    before: Ratio
    points: str | None
    direction: Direction | None


class Ranked(NamedTuple):
    """One value of a label with its figure; the best is 1, equals share a rank, too small a sample has none."""

    rank: int | None
    value: str
    figure: IndicatorFigure


def change_of(figure: IndicatorFigure, basis: Basis) -> IndicatorChange | None:
    """Return the change of a figure against an earlier month, None where that month is not held."""
    before = figure.earlier.get(basis)
    if before is None:
        return None
    points = change_in_points((figure.numerator, figure.denominator), (before.numerator, before.denominator))
    return IndicatorChange(before, points, _direction(figure, before))


def growth_percent(now: int, before: int) -> str | None:
    """Return by how many percent (two decimals) a number grew, None from zero: there it is not a number."""
    return decimal_text(Fraction(100 * (now - before), before), PERCENT_PLACES) if before else None


def calendar_trend(figure: IndicatorFigure, period: str) -> list[tuple[str, str | None]]:
    """Return (month, ratio) of the TREND_MONTHS months up to `period`; a month without a figure stays as a gap."""
    held = dict(figure.trend)
    months = [add_months(period, -back) for back in reversed(range(TREND_MONTHS))]
    return [(month, held.get(month)) for month in months]


def ranked(
    figures: Iterable[IndicatorFigure], identity: str, label: str, within: LabelValues | None = None
) -> list[Ranked]:
    """Return the values of `label` in order of an indicator, best first, those without a rank last.

    `within` fixes the other labels; those it leaves out are summed over. Raises KeyError for an unknown indicator.
    """
    indicator, fixed = INDICATOR_OF[identity], within or {}
    found = {
        one.labels[label]: one
        for one in figures
        if one.id == identity and one.labels.keys() == {*fixed, label} and fixed.items() <= one.labels.items()
    }
    sign = 1 if indicator.better == "lower" else -1
    judged = {
        value: sign * Fraction(one.numerator, one.denominator)
        for value, one in found.items()
        if one.denominator >= max(indicator.smallest_sample, 1)
    }
    ranks = {value: 1 + sum(other < place for other in judged.values()) for value, place in judged.items()}
    in_order = sorted(found, key=lambda value: (ranks.get(value, len(found) + 1), value))
    return [Ranked(ranks.get(value), value, found[value]) for value in in_order]


def _direction(now: IndicatorFigure, before: Ratio) -> Direction | None:
    indicator = INDICATOR_OF[now.id]
    if min(now.denominator, before.denominator) < max(indicator.smallest_sample, SMALLEST_COMPARED):
        return None
    change = Fraction(now.numerator, now.denominator) - Fraction(before.numerator, before.denominator)
    if change == 0:
        return "same"
    return "better" if (change > 0) == (indicator.better == "higher") else "worse"
