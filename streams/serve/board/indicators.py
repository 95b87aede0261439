"""The indicators as the board shows them: in all, by branch, and parts with targets; with budget and trend."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from streams.core.catalogue import INDICATORS, Indicator
from streams.core.definitions import Definitions
from streams.core.figures import TREND_MONTHS, Period, indicator_figure
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.core.ratios import Ratio, ratio_text
from streams.core.rollups import Counts
from streams.core.targets import TIERS, target_for
from streams.core.without_outages import without_outages
from streams.serve.labels import Known, add_pairs, shown

BRANCH = "branch"

Part = tuple[tuple[str, str], ...]
"""What a figure is of: labels with their values; none of them is the city."""
Pairs = dict[Part, tuple[int, int]]
"""Part → numerator and denominator."""


class _Month(NamedTuple):
    """The figures of every indicator in a month, at the version at which it last changed; with outages and without."""

    version: int
    figures: dict[str, Pairs]
    without: dict[str, Pairs]


class IndicatorFigures:
    """Makes the figures; those of a month are kept until it changes, which earlier months seldom do."""

    def __init__(self, definitions: Definitions, known: Known) -> None:
        """Take the definitions with branches and targets, and which label values are shown under their own name."""
        self._definitions, self._known = definitions, known
        self._calendar = Calendar(definitions.timezone)
        self._months: dict[str, _Month] = {}

    def build(self, tallies: MergedTallies) -> list[dict[str, Any]]:
        """Return all indicators as the API gives them, in the catalogue's order."""
        this_month = self._calendar.month_of(tallies.as_of())
        held = [month for month in tallies.months() if month < this_month][1 - TREND_MONTHS :]
        self._months = {month: self._month(month, tallies) for month in (*held, this_month)}
        period = Period(this_month, self._calendar, tallies.as_of())
        return [
            {
                "id": indicator.id,
                "names": indicator.names,
                "runbook": indicator.runbook,
                "better": indicator.better,
                "smallest_sample": indicator.smallest_sample,
                "figures": [self._figure(indicator, part, period) for part in self._parts(indicator)],
            }
            for indicator in INDICATORS
        ]

    def _month(self, month: str, tallies: MergedTallies) -> _Month:
        version = tallies.month_version(month)
        kept = self._months.get(month)
        if kept is not None and kept.version == version:
            return kept
        counts = tallies.month(month)
        with_outages, without = {}, {}
        for one in INDICATORS:
            with_outages[one.id] = self._pairs(one, counts)
            without[one.id] = self._pairs(one, without_outages(counts, (one.numerator, one.denominator)))
        return _Month(version, with_outages, without)

    def _pairs(self, indicator: Indicator, counts: Counts) -> Pairs:
        pairs: Pairs = {}
        for labels in {(), (BRANCH,), *(_labels(part) for part in self._judged_parts(indicator))}:
            by_window = {"": indicator.figures(counts, labels)}
            figures = shown(by_window, labels, self._known, add_pairs, (0, 0))[""]
            pairs |= {tuple(zip(labels, values, strict=True)): pair for values, pair in figures.items()}
        return pairs

    def _judged_parts(self, indicator: Indicator) -> list[Part]:
        """Return the parts that have targets of their own, in the order of the targets."""
        own = [target for target in self._definitions.targets if target.indicator == indicator.id]
        parts = [tuple((name, one.labels[name]) for name in indicator.labels if name in one.labels) for one in own]
        return list(dict.fromkeys(parts))

    def _parts(self, indicator: Indicator) -> list[Part]:
        """Return what there is a figure for: the total, branches in order, other work, parts with targets."""
        found = {part for month in self._months.values() for part in month.figures[indicator.id]}
        own: list[Part] = [(), *(((BRANCH, branch),) for branch in self._definitions.branches)]
        others = sorted(part for part in found.difference(own) if _labels(part) == (BRANCH,))
        return list(dict.fromkeys([*own, *others, *self._judged_parts(indicator)]))

    def _figure(self, indicator: Indicator, part: Part, period: Period) -> dict[str, Any]:
        by_month = {month: kept.figures[indicator.id].get(part, (0, 0)) for month, kept in self._months.items()}
        trend = [(month, ratio) for month, pair in by_month.items() if (ratio := ratio_text(*pair))]
        labels = dict(part)
        targets = [target for target in self._definitions.targets if target.indicator == indicator.id]
        figure = indicator_figure(indicator, period, labels, by_month[period.month], trend, targets)
        without = self._months[period.month].without[indicator.id].get(part, (0, 0))
        if without != by_month[period.month]:
            figure = msgspec.structs.replace(figure, without_outages=Ratio.of(without))
        content: dict[str, Any] = msgspec.to_builtins(figure)
        del content["id"], content["names"]
        content["targets"] = {
            tier: target.ratio
            for tier in TIERS
            if (target := target_for(targets, indicator.id, labels, tier, period.last_day()))
        }
        return content


def _labels(part: Part) -> tuple[str, ...]:
    return tuple(name for name, _ in part)
