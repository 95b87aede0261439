"""The figures of a month as they are published: every indicator, count, top list and duration with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from streams.core.catalogue import Count, Indicator, TopList
from streams.core.catalogue.indicator import Text
from streams.core.contributions.measures import Labels
from streams.core.definitions import Target
from streams.core.durations import durations
from streams.core.months import add_months
from streams.core.ratios import decimal_text, ratio_text
from streams.core.rollups import Counts, rolled_up, subsets
from streams.core.targets import Verdict, verdicts

DURATION_LABELS = ("service", "branch")
MEAN_SECONDS_PLACES = 3

LabelValues = dict[str, str]


class IndicatorFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator for one set of label values; a label that is absent is summed over.

    `ratio` is a decimal fraction of 1 with six places, half up (verdicts come from the exact fraction), None where
    the denominator is 0. `previous` is the ratio of the month before, None where nothing is known of it; `trend`
    lists (month, ratio) of the months held up to this one.
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


class CountFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One plain count for one set of label values."""

    id: str
    names: Text
    labels: LabelValues
    count: int


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
    indicator: Indicator, period: str, months: Mapping[str, Counts], targets: tuple[Target, ...], last_day: date
) -> Iterator[IndicatorFigure]:
    """Yield the figures of `period` for every subset of the indicator's labels, and the total in any case.

    `months` holds the counts of the period and of the months before it that are known; `last_day` of the period is
    the day whose targets judge.
    """
    own_targets = [target for target in targets if target.indicator == indicator.id]
    for labels in subsets(indicator.labels):
        by_month = {month: indicator.figures(counts, labels) for month, counts in sorted(months.items())}
        figures = by_month[period] or ({} if labels else {(): (0, 0)})
        for values, (numerator, denominator) in sorted(figures.items()):
            label_values = _named(labels, values)
            trend = [(month, ratio) for month, known in by_month.items() if (ratio := _ratio(known.get(values)))]
            yield IndicatorFigure(
                id=indicator.id,
                names=indicator.names,
                labels=label_values,
                numerator=numerator,
                denominator=denominator,
                ratio=ratio_text(numerator, denominator),
                verdicts=verdicts(own_targets, indicator, label_values, (numerator, denominator), last_day),
                previous=dict(trend).get(add_months(period, -1)),
                trend=trend,
            )


def _ratio(figure: tuple[int, int] | None) -> str | None:
    return None if figure is None else ratio_text(*figure)


def count_figures(count: Count, counts: Counts) -> Iterator[CountFigure]:
    """Yield a count for every subset of its labels."""
    for labels in subsets(count.labels):
        for values, number in sorted(rolled_up(counts, count.measure, labels).items()):
            yield CountFigure(id=count.id, names=count.names, labels=_named(labels, values), count=number)


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


def _named(labels: tuple[str, ...], values: Labels) -> LabelValues:
    return dict(zip(labels, values, strict=True))
