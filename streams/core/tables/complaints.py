"""Chapter 3.2: complaints by channel, category and department, and those found justified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streams.core.catalogue.complaint_timeliness_rate import ENTRY as TIMELINESS_RATE
from streams.core.catalogue.justified_complaint_rate import ENTRY as JUSTIFIED_RATE
from streams.core.catalogue.network_fault_complaint_share import ENTRY as NETWORK_FAULT_SHARE
from streams.core.contributions import complaints as measured
from streams.core.definitions import NONE
from streams.core.figures import most_frequent
from streams.core.ratios import percent
from streams.core.tables.month import TOTAL, MonthFigures
from streams.core.tables.penalties import justified_penalty, penalties

COMPLAINTS = NETWORK_FAULT_SHARE.denominator


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table."""
    network_faults, cases = month.figure(NETWORK_FAULT_SHARE)
    previous = month.previous_number(COMPLAINTS)
    conduct, parts = service_conduct(month), intelligent_network(month)
    return {
        "cases": cases,
        "fewer_than_last_month": None if previous is None else previous - cases,
        "network_fault_share_pct": percent(network_faults, cases),
        **_other_channels(month, cases),
        "other_business": conduct["total"] + parts["total"],
        "network_fault_count": network_faults,
        "service_conduct": conduct,
        "intelligent_network": parts,
        "overdue_by_department": overdue_by_department(month),
        "penalties": penalties(month),
        "justified_penalty": justified_penalty(month),
        **justified(month),
    }


def _other_channels(month: MonthFigures, cases: int) -> dict[str, Any]:
    """Return what came in by other channels than the hotline, by branch and by category."""
    hotline = month.definitions.hotline
    listed: dict[str, dict[str, int]] = {channel: {} for channel in month.definitions.channels if channel != hotline}
    categories: dict[str, int] = {}
    for (channel, category, branch), number in month.by_labels(COMPLAINTS, ("channel", "category", "branch")).items():
        if channel in (hotline, NONE):
            continue
        branches = listed.setdefault(channel, {})
        branches[branch] = branches.get(branch, 0) + number
        categories[category] = categories.get(category, 0) + number
    by_hotline_or_none = sum(month.number(COMPLAINTS, channel=channel) for channel in (hotline, NONE))
    return {
        "other_channels": listed,
        "other_channels_by_category": _most_frequent_first(categories),
        "escalated_channels": escalated_channels(month),
        "other_channels_within_cases": sum(categories.values()) + by_hotline_or_none == cases,
    }


def escalated_channels(month: MonthFigures) -> list[str]:
    """Return the listed channels that go over the city's head."""
    escalated = month.definitions.escalated_channels
    return [channel for channel in month.definitions.channels if channel in escalated]


def service_conduct(month: MonthFigures) -> dict[str, int]:
    """Return the complaints about conduct, by where it happened."""
    numbers = month.by_label(measured.CONDUCTS.name, "conduct")
    return {"total": sum(numbers.values()), **listed_first(month.definitions.conducts, numbers)}


def intelligent_network(month: MonthFigures) -> dict[str, int]:
    """Return the complaints of the categories that the definitions divide, by subcategory."""
    divided = month.definitions.subcategories
    numbers: dict[str, int] = {}
    for (category, part), number in month.by_labels(measured.SUBCATEGORIES.name, ("category", "subcategory")).items():
        if category in divided:
            numbers[part] = numbers.get(part, 0) + number
    listed = [part for parts in divided.values() for part in parts]
    return {"total": sum(numbers.values()), **listed_first(listed, numbers)}


def overdue_by_department(month: MonthFigures) -> dict[str, int]:
    """Return how many complaints were not answered in time, by the department that handles them."""
    overdue = {
        department: decided - in_time
        for department, (in_time, decided) in month.figures_by_label(TIMELINESS_RATE, "department").items()
    }
    handling = month.definitions.handling_departments
    shown = {name: number for name, number in overdue.items() if number or name in handling}
    return {**listed_first(handling, shown), TOTAL: sum(overdue.values())}


def justified(month: MonthFigures) -> dict[str, Any]:
    """Return the justified complaints by the department found responsible, and each one's share of them."""
    numbers = _most_frequent_first(month.by_label(JUSTIFIED_RATE.numerator, "department"))
    total = sum(numbers.values())
    return {
        "justified_shares_pct": {name: percent(number, total) for name, number in numbers.items()},
        "justified_by_department": {**numbers, TOTAL: total},
    }


def _most_frequent_first(numbers: dict[str, int]) -> dict[str, int]:
    return dict(most_frequent(numbers, len(numbers)))


def listed_first(listed: Iterable[str], numbers: dict[str, int]) -> dict[str, int]:
    """Return the numbers of what is listed, 0 where there is none, and then of what else there is."""
    return {**{name: numbers.get(name, 0) for name in listed}, **{name: numbers[name] for name in sorted(numbers)}}
