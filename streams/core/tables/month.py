"""What the chapters ask of a month: counts, rates, targets and verdicts for given label values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Definitions
from streams.core.ratios import percent
from streams.core.rollups import Counts, rolled_up
from streams.core.targets import TIERS, Verdict, target_for, verdicts

TOTAL = "合计"
JUDGING_TIER = "province"
"""The tier whose targets the tables print where they print only one."""

RowOfRate = list[int | float | None]
"""All, those of them that count, and their rate in percent."""


class MonthFigures:
    """The counts of one month and of the one before it, read under the definitions.

    For what adds up over days another stretch of them will do: the bulletin takes a week.
    """

    def __init__(
        self, period: str, counts: Counts, before: Counts | None, definitions: Definitions, last_day: date
    ) -> None:
        """Take the month, its counts, those of the month before (None: not held), definitions, and its last day."""
        self.period, self.definitions, self.last_day = period, definitions, last_day
        self._counts, self._before = counts, before

    def figure(self, indicator: Indicator, **labels: str) -> tuple[int, int]:
        """Return (numerator, denominator) of an indicator for the given label values."""
        names = tuple(label for label in indicator.labels if label in labels)
        return indicator.figures(self._counts, names).get(tuple(labels[name] for name in names), (0, 0))

    def figures_by_label(self, indicator: Indicator, label: str, **within: str) -> dict[str, tuple[int, int]]:
        """Return value of `label` → (numerator, denominator) of an indicator, within the values of other labels."""
        names = tuple(name for name in indicator.labels if name == label or name in within)
        place = names.index(label)
        return {
            values[place]: figure
            for values, figure in indicator.figures(self._counts, names).items()
            if within.items() <= dict(zip(names, values, strict=True)).items()
        }

    def rate(self, indicator: Indicator, **labels: str) -> float | None:
        """Return an indicator in percent, None where there is nothing to divide by."""
        return percent(*self.figure(indicator, **labels))

    def row(self, indicator: Indicator, **labels: str) -> RowOfRate:
        """Return a table's row: all, those of them that count, and their rate."""
        numerator, denominator = self.figure(indicator, **labels)
        return [denominator, numerator, percent(numerator, denominator)]

    def number(self, measure: str, **labels: str) -> int:
        """Return the number of a measure for the given label values."""
        return _number(self._counts, measure, labels)

    def previous_number(self, measure: str, **labels: str) -> int | None:
        """Return the number of the month before, None where nothing is known of it."""
        return None if self._before is None else _number(self._before, measure, labels)

    def by_label(self, measure: str, label: str, **within: str) -> dict[str, int]:
        """Return value of `label` → number, within the given values of other labels."""
        return {value: number for (value,), number in self.by_labels(measure, (label,), **within).items()}

    def by_labels(self, measure: str, labels: tuple[str, ...], **within: str) -> dict[tuple[str, ...], int]:
        """Return values of `labels` → number, within the given values of other labels; sorted by the values."""
        rolled = sorted(rolled_up(self._counts, measure, (*within, *labels)).items())
        fixed, size = tuple(within.values()), len(within)
        return {values[size:]: number for values, number in rolled if values[:size] == fixed}

    def verdicts(self, indicator: Indicator, **labels: str) -> dict[str, Verdict]:
        """Return tier → verdict of an indicator for the given label values."""
        figure = self.figure(indicator, **labels)
        return verdicts(self.definitions.targets, indicator, labels, figure, self.last_day)

    def target_percent(
        self, indicator: Indicator, labels: Mapping[str, str], tier: str = JUDGING_TIER
    ) -> int | float | None:
        """Return the target in force in percent, None where there is none."""
        target = target_for(self.definitions.targets, indicator.id, labels, tier, self.last_day)
        if target is None:
            return None
        exact = Decimal(target.ratio) * 100
        return int(exact) if exact == exact.to_integral_value() else float(exact)

    def targets_percent(self, indicator: Indicator, labels: Mapping[str, str]) -> dict[str, int | float]:
        """Return tier → target in percent, for the tiers that have one in force."""
        found = {tier: self.target_percent(indicator, labels, tier) for tier in TIERS}
        return {tier: target for tier, target in found.items() if target is not None}

    def rate_and_target(self, indicator: Indicator, **labels: str) -> dict[str, int | float | str | None]:
        """Return an indicator's rate, its target, and on which side of it is better."""
        return {
            "rate_pct": self.rate(indicator, **labels),
            "target_pct": self.target_percent(indicator, labels),
            "better": indicator.better,
        }

    def rows_by_branch(self, **labels: str) -> dict[str, dict[str, str]]:
        """Return row name → label values: one row for every branch of the definitions, and the total."""
        rows = {branch: {**labels, "branch": branch} for branch in self.definitions.branches}
        return {**rows, TOTAL: labels}


def _number(counts: Counts, measure: str, labels: Mapping[str, str]) -> int:
    return rolled_up(counts, measure, tuple(labels)).get(tuple(labels.values()), 0)
