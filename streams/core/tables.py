"""The tables of the monthly report that fault tickets give, chapter by chapter, with recomputed values.

Their keys are those of a printed report's file, so that one can be held against the other; which brands, branches and
products have a row is said by the definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from streams.core.catalogue import TopList
from streams.core.catalogue.fault_tickets import COUNT as FAULT_TICKETS
from streams.core.catalogue.findings import TOP_CAUSES, TOP_SYMPTOMS
from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.other_cause_rate import ENTRY as OTHER_CAUSE_RATE
from streams.core.catalogue.preprocessing_rate import ENTRY as PREPROCESSING_RATE
from streams.core.catalogue.repeat_report_rate import ENTRY as REPEAT_REPORT_RATE
from streams.core.catalogue.timely_restoration_rate import ENTRY as TIMELY_RESTORATION_RATE
from streams.core.catalogue.unknown_cause_rate import ENTRY as UNKNOWN_CAUSE_RATE
from streams.core.definitions import Definitions, Target
from streams.core.figures import most_frequent
from streams.core.ratios import percent
from streams.core.rollups import Counts, rolled_up
from streams.core.targets import TIERS, target_for, verdicts

TOTAL = "合计"
JUDGING_TIER = "province"
"""The tier whose targets the tables print where they print only one."""


class MonthTables:
    """Makes the tables of one month."""

    def __init__(self, counts: Counts, before: Counts | None, definitions: Definitions, last_day: date) -> None:
        """Take the month's counts, those of the month before (None: not held), definitions, the month's last day."""
        self._counts, self._before, self._definitions, self._last_day = counts, before, definitions, last_day

    def tree(self) -> dict[str, Any]:
        """Return chapter → table."""
        return {
            "repeat_reports": self._repeat_reports(),
            "key_products": self._key_products(),
            "mobile": self._mobile(),
            "broadband": self._broadband(),
        }

    def _repeat_reports(self) -> dict[str, Any]:
        brands = [brand for members in self._definitions.families.values() for brand in members]
        return {
            "columns": ["reporters", "repeat_reporters", "rate_pct"],
            "targets_pct": {
                brand: {
                    tier: target
                    for tier in TIERS
                    if (target := self._target_percent(REPEAT_REPORT_RATE, {"brand": brand}, tier)) is not None
                }
                for brand in brands
            },
            "faults": {brand: self._tickets(self._counts, brand=brand) for brand in brands},
            **{brand: self._repeats_by_branch(brand) for brand in brands},
            "verdicts": {brand: self._verdicts(REPEAT_REPORT_RATE, brand=brand) for brand in brands},
        }

    def _repeats_by_branch(self, brand: str) -> dict[str, Any]:
        rows = {branch: {"brand": brand, "branch": branch} for branch in self._definitions.branches}
        rows[TOTAL] = {"brand": brand}
        return {name: _denominator_first(self._figure(REPEAT_REPORT_RATE, **labels)) for name, labels in rows.items()}

    def _key_products(self) -> dict[str, Any]:
        service = "key_product"
        return {
            "products": list(self._definitions.products),
            "reports": self._tickets(self._counts, service=service),
            "restored_in_time": self._judged(TIMELY_RESTORATION_RATE, service=service),
            "unknown_cause": self._judged(UNKNOWN_CAUSE_RATE, service=service),
            "other_cause": self._judged(OTHER_CAUSE_RATE, service=service),
        }

    def _mobile(self) -> dict[str, Any]:
        service = "mobile"
        rows = {brand: {"service": service, "brand": brand} for brand in self._definitions.brands.get(service, ())}
        rows[TOTAL] = {"service": service}
        reports, previous = self._tickets(self._counts, service=service), self._previous_tickets(service=service)
        repeats = {name: self._figure(REPEAT_REPORT_RATE, **labels) for name, labels in rows.items()}
        return {
            "fewer_than_last_month": None if previous is None else previous - reports,
            "targets_pct": {
                "restored_in_time": self._target_percent(TIMELY_RESTORATION_RATE, {"service": service}),
                "repeat_reports": self._target_percent(REPEAT_REPORT_RATE, {"service": service}),
            },
            "previous_month_reports": previous,
            "restored_in_time": {
                name: _denominator_first(self._figure(TIMELY_RESTORATION_RATE, **labels))
                for name, labels in rows.items()
            },
            "repeat_reports": {
                name: {"counts": [reporters, again], "recomputed": percent(again, reporters)}
                for name, (again, reporters) in repeats.items()
            },
        }

    def _broadband(self) -> dict[str, Any]:
        service = "broadband"
        rows = self._judged_rows(service)
        reports, previous = self._tickets(self._counts, service=service), self._previous_tickets(service=service)
        preprocessed, _ = self._figure(PREPROCESSING_RATE, service=service)
        growth = None if previous is None else reports - previous
        return {
            "restored_in_time_target_pct": self._common_target(TIMELY_RESTORATION_RATE, rows.values()),
            "other_broadband_reports": reports - sum(self._tickets(self._counts, **labels) for labels in rows.values()),
            "preprocessing": {
                "reports": reports,
                "preprocessed": preprocessed,
                **self._rate_and_target(PREPROCESSING_RATE, service=service),
            },
            "restored_in_time": {
                name: _denominator_first(self._figure(TIMELY_RESTORATION_RATE, **labels))
                for name, labels in rows.items()
            },
            "reports": {
                "count": reports,
                "more_than_last_month": growth,
                "growth_pct_recomputed": None if growth is None else _growth(growth, previous or 0),
            },
            "top_symptoms_pct": self._top_shares(TOP_SYMPTOMS, service),
            "top_causes_pct": self._top_shares(TOP_CAUSES, service),
        }

    def _judged_rows(self, service: str) -> dict[str, dict[str, str]]:
        """Return the parts of a service (a family, a brand) whose timeliness has a target of its own: name → labels."""
        rows = {}
        for target in self._definitions.targets:
            parts = [value for label, value in target.labels.items() if label != "service"]
            if target.labels.get("service") == service and len(parts) == 1 and self._is_in_force(target):
                rows[parts[0]] = target.labels
        return rows

    def _is_in_force(self, target: Target) -> bool:
        found = target_for(
            self._definitions.targets, TIMELY_RESTORATION_RATE.id, target.labels, JUDGING_TIER, self._last_day
        )
        return found is target

    def _top_shares(self, top_list: TopList, service: str) -> dict[str, float | None]:
        numbers = {
            listed: number
            for (of_service, listed), number in rolled_up(
                self._counts, top_list.measure, ("service", top_list.listed)
            ).items()
            if of_service == service
        }
        total = sum(numbers.values())
        return {value: percent(number, total) for value, number in most_frequent(numbers, top_list.size)}

    def _figure(self, indicator: Indicator, **labels: str) -> tuple[int, int]:
        """Return (numerator, denominator) of an indicator for the given label values."""
        names, values = _split(indicator.labels, labels)
        return indicator.figures(self._counts, names).get(values, (0, 0))

    def _tickets(self, counts: Counts, **labels: str) -> int:
        names, values = _split(FAULT_TICKETS.labels, labels)
        return rolled_up(counts, FAULT_TICKETS.measure, names).get(values, 0)

    def _previous_tickets(self, **labels: str) -> int | None:
        return None if self._before is None else self._tickets(self._before, **labels)

    def _verdicts(self, indicator: Indicator, **labels: str) -> dict[str, str]:
        figure = self._figure(indicator, **labels)
        return dict(verdicts(self._definitions.targets, indicator, labels, figure, self._last_day))

    def _judged(self, indicator: Indicator, **labels: str) -> dict[str, Any]:
        count, _ = self._figure(indicator, **labels)
        return {"count": count, **self._rate_and_target(indicator, **labels)}

    def _rate_and_target(self, indicator: Indicator, **labels: str) -> dict[str, Any]:
        return {
            "rate_pct": percent(*self._figure(indicator, **labels)),
            "target_pct": self._target_percent(indicator, labels),
            "better": indicator.better,
        }

    def _target_percent(
        self, indicator: Indicator, labels: Mapping[str, str], tier: str = JUDGING_TIER
    ) -> int | float | None:
        target = target_for(self._definitions.targets, indicator.id, labels, tier, self._last_day)
        if target is None:
            return None
        exact = Decimal(target.ratio) * 100
        return int(exact) if exact == exact.to_integral_value() else float(exact)

    def _common_target(self, indicator: Indicator, rows: Iterable[Mapping[str, str]]) -> int | float | None:
        """Return the one target that all rows share, None where they differ."""
        targets = {self._target_percent(indicator, labels) for labels in rows}
        return targets.pop() if len(targets) == 1 else None


def _split(labels: tuple[str, ...], values: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that `values` sets, in the order of `labels`, and their values in the same order."""
    names = tuple(label for label in labels if label in values)
    return names, tuple(values[label] for label in names)


def _denominator_first(figure: tuple[int, int]) -> list[int | float | None]:
    """Return a table's row: all, those of them that count, and their rate in percent."""
    numerator, denominator = figure
    return [denominator, numerator, percent(numerator, denominator)]


def _growth(more: int, previous: int) -> float | None:
    """Return the growth in percent, two decimals, half up by amount; None where there was nothing before."""
    amount = percent(abs(more), previous)
    return amount if amount is None or more >= 0 else -amount
