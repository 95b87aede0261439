"""Compares months: against the one before (环比) and last year's (同比), as a series, and branches by rank.

`compared_indicators` and `compared_counts` hold one snapshot against another, `earlier_periods` says against which;
`series` follows one figure over months; `ranked` orders the values of one label. What makes up a change or a miss is
told by `streams.core.decomposition`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from streams.core.catalogue import INDICATORS
from streams.core.figures import TREND_MONTHS, CountFigure, IndicatorFigure, LabelValues
from streams.core.months import add_months
from streams.core.ratios import PERCENT_PLACES, Ratio, change_in_points, decimal_text
from streams.core.snapshot import Snapshot

Basis = Literal["previous_month", "previous_year"]
MONTHS_BACK: dict[Basis, int] = {"previous_month": 1, "previous_year": 12}

Direction = Literal["better", "worse", "same"]

_BY_ID = {indicator.id: indicator for indicator in INDICATORS}
_Key = tuple[str, tuple[tuple[str, str], ...]]


class IndicatorComparison(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator in two months. `points` is the change in percentage points (two decimals).

    `before` is None where the earlier month has no such figure; `points` and `direction` are None where either month
    has nothing to divide by.
    """

    id: str
    labels: LabelValues
    now: Ratio
    before: Ratio | None
    points: str | None
    direction: Direction | None


class CountComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A count in two months. `growth_percent` (two decimals) is of the earlier number: from zero there is none."""

    id: str
    labels: LabelValues
    now: int
    before: int
    difference: int
    growth_percent: str | None


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a label with its figure; the best is 1, equals share a rank, too small a sample has none."""

    rank: int | None
    value: str
    figure: Ratio


def earlier_periods(period: str) -> dict[Basis, str]:
    """Return basis → the month that `period` is compared with."""
    return {basis: add_months(period, -months) for basis, months in MONTHS_BACK.items()}


def growth_percent(now: int, before: int) -> str | None:
    """Return by how many percent (two decimals) a number grew, None from zero: there it is not a number."""
    return decimal_text(Fraction(100 * (now - before), before), PERCENT_PLACES) if before else None


def compared_indicators(now: Snapshot, before: Snapshot) -> Iterator[IndicatorComparison]:
    """Yield each indicator of `now` beside the earlier month's with the same labels."""
    earlier = {_key(figure): figure for figure in before.indicators}
    for figure in now.indicators:
        former = earlier.get(_key(figure))
        counts = None if former is None else _counts(former)
        yield IndicatorComparison(
            id=figure.id,
            labels=figure.labels,
            now=Ratio.of(_counts(figure)),
            before=None if counts is None else Ratio.of(counts),
            points=None if counts is None else change_in_points(_counts(figure), counts),
            direction=None if counts is None else _direction(figure.id, _counts(figure), counts),
        )


def compared_counts(now: Snapshot, before: Snapshot) -> Iterator[CountComparison]:
    """Yield each count of either month beside the other's; a count that a month does not list is 0 there."""
    numbers, former = ({_key(figure): figure.count for figure in month.counts} for month in (now, before))
    for identity, labels in sorted(numbers.keys() | former.keys()):
        number, earlier = numbers.get((identity, labels), 0), former.get((identity, labels), 0)
        yield CountComparison(
            id=identity,
            labels=dict(labels),
            now=number,
            before=earlier,
            difference=number - earlier,
            growth_percent=growth_percent(number, earlier),
        )


def series(
    snapshots: Mapping[str, Snapshot], identity: str, labels: LabelValues, last: str, months: int = TREND_MONTHS
) -> list[tuple[str, Ratio | None]]:
    """Return (month, figure) of an indicator for `months` months up to `last`, None where a month has none.

    `snapshots` are those known, by period: a month that is missing stays in the series as a gap.
    """
    periods = [add_months(last, -back) for back in reversed(range(months))]
    return [(period, _figure_of(snapshots.get(period), identity, labels)) for period in periods]


def ranked(snapshot: Snapshot, identity: str, label: str, within: LabelValues | None = None) -> list[Ranked]:
    """Return the values of `label` in order of an indicator, best first, those without a rank last.

    `within` fixes the other labels; those it leaves out are summed over. Raises KeyError for an unknown indicator.
    """
    indicator, fixed = _BY_ID[identity], within or {}
    figures = {
        one.labels[label]: _counts(one)
        for one in snapshot.indicators
        if one.id == identity and one.labels.keys() == {*fixed, label} and fixed.items() <= one.labels.items()
    }
    sign = 1 if indicator.better == "lower" else -1
    judged = {
        value: sign * Fraction(*figure)
        for value, figure in figures.items()
        if figure[1] >= max(indicator.smallest_sample, 1)
    }
    ranks = {value: 1 + sum(other < place for other in judged.values()) for value, place in judged.items()}
    in_order = sorted(figures, key=lambda value: (ranks.get(value, len(figures) + 1), value))
    return [Ranked(rank=ranks.get(value), value=value, figure=Ratio.of(figures[value])) for value in in_order]


def _figure_of(snapshot: Snapshot | None, identity: str, labels: LabelValues) -> Ratio | None:
    found = () if snapshot is None else snapshot.indicators
    return next((Ratio.of(_counts(one)) for one in found if (one.id, one.labels) == (identity, labels)), None)


def _direction(identity: str, now: tuple[int, int], before: tuple[int, int]) -> Direction | None:
    if not (now[1] and before[1]):
        return None
    change = Fraction(*now) - Fraction(*before)
    if change == 0:
        return "same"
    return "better" if (change > 0) == (_BY_ID[identity].better == "higher") else "worse"


def _counts(figure: IndicatorFigure) -> tuple[int, int]:
    return figure.numerator, figure.denominator


def _key(figure: IndicatorFigure | CountFigure) -> _Key:
    return figure.id, tuple(sorted(figure.labels.items()))
