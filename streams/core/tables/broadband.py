"""Chapter 2.4: broadband faults, their growth, pre-processing, timely restoration, top symptoms and causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streams.core.catalogue import TopList
from streams.core.catalogue.fault_tickets import COUNT as FAULT_TICKETS
from streams.core.catalogue.findings import TOP_CAUSES, TOP_SYMPTOMS
from streams.core.catalogue.preprocessing_rate import ENTRY as PREPROCESSING_RATE
from streams.core.catalogue.timely_restoration_rate import ENTRY as TIMELY_RESTORATION_RATE
from streams.core.definitions import Target
from streams.core.figures import most_frequent
from streams.core.ratios import percent
from streams.core.tables.month import JUDGING_TIER, MonthFigures
from streams.core.targets import target_for

SERVICE = "broadband"


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table."""
    rows = _judged_rows(month)
    reports = month.number(FAULT_TICKETS.measure, service=SERVICE)
    in_rows = sum(month.number(FAULT_TICKETS.measure, **labels) for labels in rows.values())
    preprocessed, _ = month.figure(PREPROCESSING_RATE, service=SERVICE)
    return {
        "restored_in_time_target_pct": _common_target(month, rows.values()),
        "other_broadband_reports": reports - in_rows,
        "preprocessing": {
            "reports": reports,
            "preprocessed": preprocessed,
            **month.rate_and_target(PREPROCESSING_RATE, service=SERVICE),
        },
        "restored_in_time": {name: month.row(TIMELY_RESTORATION_RATE, **labels) for name, labels in rows.items()},
        "reports": _against_last_month(reports, month.previous_number(FAULT_TICKETS.measure, service=SERVICE)),
        "top_symptoms_pct": _top_shares(month, TOP_SYMPTOMS),
        "top_causes_pct": _top_shares(month, TOP_CAUSES),
    }


def _judged_rows(month: MonthFigures) -> dict[str, dict[str, str]]:
    """Return the parts of the service (a family, a brand) whose timeliness has a target of its own: name → labels."""
    rows = {}
    for target in month.definitions.targets:
        parts = [value for label, value in target.labels.items() if label != "service"]
        if target.labels.get("service") == SERVICE and len(parts) == 1 and _is_in_force(month, target):
            rows[parts[0]] = target.labels
    return rows


def _is_in_force(month: MonthFigures, target: Target) -> bool:
    targets = month.definitions.targets
    return target_for(targets, TIMELY_RESTORATION_RATE.id, target.labels, JUDGING_TIER, month.last_day) is target


def _common_target(month: MonthFigures, rows: Iterable[Mapping[str, str]]) -> int | float | None:
    """Return the one target that all rows share, None where they differ."""
    targets = {month.target_percent(TIMELY_RESTORATION_RATE, labels) for labels in rows}
    return targets.pop() if len(targets) == 1 else None


def _against_last_month(reports: int, previous: int | None) -> dict[str, Any]:
    more = None if previous is None else reports - previous
    return {
        "count": reports,
        "more_than_last_month": more,
        "growth_pct_recomputed": None if more is None else _growth(more, previous or 0),
    }


def _growth(more: int, previous: int) -> float | None:
    """Return the growth in percent, two decimals, half up by amount; None where there was nothing before."""
    amount = percent(abs(more), previous)
    return amount if amount is None or more >= 0 else -amount


def _top_shares(month: MonthFigures, top_list: TopList) -> dict[str, float | None]:
    numbers = month.by_label(top_list.measure, top_list.listed, service=SERVICE)
    total = sum(numbers.values())
    return {value: percent(number, total) for value, number in most_frequent(numbers, top_list.size)}
