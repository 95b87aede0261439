"""What dashboards ask for: series that exist, by labels that they have, every figure somewhere, no averaged ratio."""

from __future__ import annotations

from collections.abc import Iterator

from streams.alerting.rules.records import ALLOWED, DENOMINATOR, NUMERATOR, RATIO, TARGET, TARGET_IN_FORCE
from streams.core.catalogue import COUNTS, INDICATORS, LEVELS
from streams.dashboards.lint.known import Known
from streams.dashboards.lint.promql import averaged, labels_made, labels_used, selectors
from streams.dashboards.lint.reading import Dashboards, panels, queries

RATIOS = {RATIO, TARGET, TARGET_IN_FORCE, ALLOWED}
_MIXING_REDUCERS = {"mean", "sum", "median"}


def unknown_series(dashboards: Dashboards, known: Known) -> Iterator[str]:
    """Yield metrics that nothing shows, and labels that a metric does not have."""
    for asked in queries(dashboards):
        expression = asked.filled_in()
        has: set[str] = set(labels_made(expression))
        for selector in selectors(expression):
            if selector.name not in known:
                yield f"{asked.where}: no metric is called {selector.name}"
                continue
            has |= known[selector.name]
            for label in sorted(selector.labels - known[selector.name]):
                yield f"{asked.where}: {selector.name} has no label {label}"
        for label in sorted((labels_used(expression) | {asked.label}) - has - {""}):
            yield f"{asked.where}: nothing there has a label {label}"


def figures_not_shown(dashboards: Dashboards) -> Iterator[str]:
    """Yield entries of the catalogue that no panel shows."""
    asked = " ".join(query.expr for query in queries(dashboards))
    for indicator in INDICATORS:
        for series in (RATIO, NUMERATOR, DENOMINATOR):
            if f'{series}{{indicator="{indicator.id}"' not in asked:
                yield f"{indicator.id}: no panel shows {series}"
    names = {selector.name for query in queries(dashboards) for selector in selectors(query.filled_in())}
    for entry in (*COUNTS, *LEVELS):
        if f"streams_{entry.id}" not in names:
            yield f"{entry.id}: no panel shows it"


def averaged_ratios(dashboards: Dashboards) -> Iterator[str]:
    """Yield what adds ratios up, or averages them: ratios are made last, as Σ / Σ."""
    for asked in queries(dashboards):
        for inner in averaged(asked.filled_in()):
            if _has_ratio(inner):
                yield f"{asked.where}: adds up or averages ratios: {inner}"
    for where, panel in panels(dashboards):
        reducers = set(panel.get("options", {}).get("reduceOptions", {}).get("calcs", ()))
        unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
        if unit == "percentunit" and reducers & _MIXING_REDUCERS:
            yield f"{where}: reduces ratios by {', '.join(sorted(reducers & _MIXING_REDUCERS))}"


def _has_ratio(expression: str) -> bool:
    names = {selector.name for selector in selectors(expression)}
    return bool(names & RATIOS) or {NUMERATOR, DENOMINATOR} <= names
