"""The figures of a month as they are published: every indicator, count, top list and duration with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple, TypeVar

import msgspec

from streams.core.catalogue import Count, Indicator, TopList
from streams.core.catalogue.indicator import Text
from streams.core.contributions.measures import Labels
from streams.core.definitions import Target
from streams.core.durations import durations
from streams.core.forecast import Elapsed, budget
from streams.core.months import Calendar, add_months
from streams.core.ratios import RATIO_PLACES, Ratio, decimal_text, ratio_text
from streams.core.rollups import Counts, rolled_up, subsets
from streams.core.targets import TIERS, Verdict, target_for, verdict
from streams.core.wilson import wilson_interval
from streams.core.without_outages import without_outages

DURATION_LABELS = ("service", "branch")
MEAN_SECONDS_PLACES = 3
BUDGET_PLACES = 2

LabelValues = dict[str, str]
_Content = TypeVar("_Content")

TREND_MONTHS = 12
"""A trend is that of so many calendar months, the figure's own last."""

Basis = Literal["previous_month", "previous_year"]
"""What a month is held against: the one before (环比), the same one a year before (同比)."""
MONTHS_BACK: dict[Basis, int] = {"previous_month": 1, "previous_year": 12}


class Period(NamedTuple):
    """The month that figures are of, as of an instant (microseconds)."""

    month: str
    calendar: Calendar
    as_of: int

    def last_day(self) -> date:
        """Return the month's last day, whose targets judge it."""
        return self.calendar.last_day(self.month)

    def earlier(self, basis: Basis) -> str:
        """Return the month that this one is held against."""
        return add_months(self.month, -MONTHS_BACK[basis])

    def elapsed(self) -> Elapsed:
        """Return how much of the month has gone by."""
        return Elapsed(self.calendar.month_start(self.month), self.calendar.month_end(self.month), self.as_of)


class TierBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What a tier's target still allows: bad events of the whole month as expected, those left (below 0: overspent).

    `spent_on` is the day on which the pace so far has spent them, None where the month ends before or is over.
    """

    target: str
    allowed: str
    left: str
    spent_on: str | None


class IndicatorFigure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One indicator for one set of label values; a label that is absent is summed over.

    `ratio` is a decimal fraction of 1 with six places, half up (verdicts come from the exact fraction), None where
    the denominator is 0. `previous` is the ratio of the month before, None where nothing is known of it; `trend`
    lists (month, ratio) of the months held among the last TREND_MONTHS, this one last. `earlier` has the figures, with
    their counts, of the months that this one is held against, as far as those are held. `interval` is the ratio's 95 %
    interval where the sample is too small to judge; `budget` says, tier by tier, what a target in force still allows.
    `provisional_until` is the day on which the figure settles, None once it has. `without_outages` is the figure of
    the reports that belong to no mass outage, None where that is the same.
    """

    id: str
    names: Text
    labels: LabelValues
    numerator: int
    denominator: int
    ratio: str | None
    verdicts: dict[str, Verdict]
    previous: str | None
    trend: list[tuple[str, str]]
    earlier: dict[Basis, Ratio] = {}
    interval: tuple[str, str] | None = None
    budget: dict[str, TierBudget] = {}
    provisional_until: str | None = None
    without_outages: Ratio | None = None


class CountFigure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One plain count for one set of label values.

    `earlier` has the counts of the months that this one is held against, as far as those are held. What was counted
    then and is not now is there with 0.
    """

    id: str
    names: Text
    labels: LabelValues
    count: int
    earlier: dict[Basis, int] = {}


class ListedValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a top list: how often it stands there, and its share of all."""

    value: str
    count: int
    ratio: str | None


class TopListFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The most frequent values of something, most frequent first."""

    id: str
    names: Text
    labels: LabelValues
    total: int
    values: list[ListedValue]


class DurationFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How long the restorations of one set of label values took; percentiles and maximum in whole minutes."""

    labels: LabelValues
    restored: int
    mean_seconds: str
    median_minutes: int
    p80_minutes: int
    p95_minutes: int
    max_minutes: int


def indicator_figures(
    indicator: Indicator, period: Period, months: Mapping[str, Counts], targets: tuple[Target, ...]
) -> Iterator[IndicatorFigure]:
    """Yield the figures of `period` for every subset of the indicator's labels, and the total in any case.

    `months` holds the counts of the period's month and of the months before it that are known.
    """
    since = add_months(period.month, -TREND_MONTHS)
    own_targets = [target for target in targets if target.indicator == indicator.id]
    unlinked = without_outages(months[period.month], (indicator.numerator, indicator.denominator))
    for labels in subsets(indicator.labels):
        by_month = {month: indicator.figures(counts, labels) for month, counts in sorted(months.items())}
        figures = by_month[period.month] or ({} if labels else {(): (0, 0)})
        without = indicator.figures(unlinked, labels)
        for values, figure in sorted(figures.items()):
            known = [(month, ratio) for month, of in by_month.items() if (ratio := _ratio(of.get(values)))]
            trend = [(month, ratio) for month, ratio in known if month > since]
            made = indicator_figure(indicator, period, _named(labels, values), figure, trend, own_targets)
            earlier = {basis: Ratio.of(of.get(values, (0, 0))) for basis, of in _held(period, by_month).items()}
            made = msgspec.structs.replace(made, earlier=earlier)
            rest = without.get(values, (0, 0))
            yield made if rest == figure else msgspec.structs.replace(made, without_outages=Ratio.of(rest))


def indicator_figure(
    indicator: Indicator,
    period: Period,
    labels: LabelValues,
    figure: tuple[int, int],
    trend: list[tuple[str, str]],
    targets: Sequence[Target],
) -> IndicatorFigure:
    """Return a figure (numerator, denominator) of `period` judged by the targets, with the trend that leads to it."""
    numerator, denominator = figure
    in_force = {tier: target_for(targets, indicator.id, labels, tier, period.last_day()) for tier in TIERS}
    return IndicatorFigure(
        id=indicator.id,
        names=indicator.names,
        labels=labels,
        numerator=numerator,
        denominator=denominator,
        ratio=ratio_text(numerator, denominator),
        verdicts={tier: verdict(indicator, numerator, denominator, target) for tier, target in in_force.items()},
        previous=dict(trend).get(add_months(period.month, -1)),
        trend=trend,
        interval=interval(indicator, numerator, denominator),
        budget={
            tier: left
            for tier, target in in_force.items()
            if target and denominator and (left := _budget(indicator, figure, target, period))
        },
        provisional_until=settling_day(indicator, period.elapsed().end, period.as_of, period.calendar),
    )


def settling_day(indicator: Indicator, end: int, as_of: int, calendar: Calendar) -> str | None:
    """Return the day on which a figure settles that looks beyond its period, None where it has or does not look.

    `end` is the first instant (microseconds) after the period, `as_of` the one up to which all is counted.
    """
    settled = end + indicator.settles_after
    return calendar.day_of(settled) if indicator.settles_after and as_of < settled else None


def _ratio(figure: tuple[int, int] | None) -> str | None:
    return None if figure is None else ratio_text(*figure)


def interval(indicator: Indicator, numerator: int, denominator: int) -> tuple[str, str] | None:
    """Return a ratio's 95 % interval, None where there is nothing to divide by, or enough of it to judge."""
    if not 0 < denominator < indicator.smallest_sample:
        return None
    low, high = wilson_interval(numerator, denominator)
    return decimal_text(low, RATIO_PLACES), decimal_text(high, RATIO_PLACES)


def _budget(indicator: Indicator, figure: tuple[int, int], target: Target, period: Period) -> TierBudget | None:
    """Return what a target still allows: numerators where lower is better, else what is missing from them."""
    numerator, denominator = figure
    ratio = Fraction(target.ratio)
    bad, allowed_ratio = (numerator, ratio) if indicator.better == "lower" else (denominator - numerator, 1 - ratio)
    found = budget(bad, denominator, allowed_ratio, period.elapsed())
    if found is None:
        return None
    return TierBudget(
        target=target.ratio,
        allowed=decimal_text(found.allowed, BUDGET_PLACES),
        left=decimal_text(found.left, BUDGET_PLACES),
        spent_on=None if found.spent_at is None else period.calendar.day_of(found.spent_at),
    )


def count_figures(count: Count, period: Period, months: Mapping[str, Counts]) -> Iterator[CountFigure]:
    """Yield a count for every subset of its labels; `months` as for `indicator_figures`."""
    held = _held(period, months)
    for labels in subsets(count.labels):
        numbers = rolled_up(months[period.month], count.measure, labels)
        earlier = {basis: rolled_up(counts, count.measure, labels) for basis, counts in held.items()}
        for values in sorted(numbers.keys() | {value for former in earlier.values() for value in former}):
            yield CountFigure(
                id=count.id,
                names=count.names,
                labels=_named(labels, values),
                count=numbers.get(values, 0),
                earlier={basis: former.get(values, 0) for basis, former in earlier.items()},
            )


def top_list_figures(top_list: TopList, counts: Counts) -> Iterator[TopListFigure]:
    """Yield a top list for every subset of its labels."""
    for labels in subsets(top_list.labels):
        numbers: dict[Labels, dict[str, int]] = {}
        for (*values, listed), number in rolled_up(counts, top_list.measure, (*labels, top_list.listed)).items():
            numbers.setdefault(tuple(values), {})[listed] = number
        for within, by_value in sorted(numbers.items()):
            total = sum(by_value.values())
            yield TopListFigure(
                id=top_list.id,
                names=top_list.names,
                labels=_named(labels, within),
                total=total,
                values=[
                    ListedValue(value=value, count=number, ratio=ratio_text(number, total))
                    for value, number in most_frequent(by_value, top_list.size)
                ],
            )


def most_frequent(numbers: Mapping[str, int], size: int) -> list[tuple[str, int]]:
    """Return the `size` values with the highest numbers, highest first; at equal numbers by the value's text."""
    return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:size]


def duration_figures(counts: Counts) -> Iterator[DurationFigure]:
    """Yield the durations for every subset of DURATION_LABELS."""
    for labels in subsets(DURATION_LABELS):
        for values, taken in sorted(durations(counts, labels).items(), key=lambda item: item[0]):
            yield DurationFigure(
                labels=_named(labels, values),
                restored=taken.restored,
                mean_seconds=decimal_text(taken.mean_seconds, MEAN_SECONDS_PLACES),
                median_minutes=taken.median_minutes,
                p80_minutes=taken.p80_minutes,
                p95_minutes=taken.p95_minutes,
                max_minutes=taken.max_minutes,
            )


def _held(period: Period, months: Mapping[str, _Content]) -> dict[Basis, _Content]:
    """Return what `months` has of those that the period is held against."""
    return {basis: months[month] for basis in MONTHS_BACK if (month := period.earlier(basis)) in months}


def _named(labels: tuple[str, ...], values: Labels) -> LabelValues:
    return dict(zip(labels, values, strict=True))
