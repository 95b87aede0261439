"""The catalogue: every figure that the project shows; adding one is one new file and one line here.

Metric names, snapshot keys and report columns are derived from these entries.
"""

from __future__ import annotations

from streams.core.catalogue import (
    fault_tickets,
    findings,
    other_cause_rate,
    preprocessing_rate,
    repeat_report_rate,
    repeat_within_30_days_rate,
    timely_restoration_rate,
    unknown_cause_rate,
)
from streams.core.catalogue.indicator import Count, Entry, Indicator, Level, TopList, Window

INDICATORS: tuple[Indicator, ...] = (
    repeat_report_rate.ENTRY,
    repeat_within_30_days_rate.ENTRY,
    timely_restoration_rate.ENTRY,
    preprocessing_rate.ENTRY,
    unknown_cause_rate.ENTRY,
    other_cause_rate.ENTRY,
)

COUNTS: tuple[Count, ...] = (fault_tickets.COUNT,)

LEVELS: tuple[Level, ...] = fault_tickets.LEVELS

TOP_LISTS: tuple[TopList, ...] = (findings.TOP_SYMPTOMS, findings.TOP_CAUSES)

__all__ = ["COUNTS", "INDICATORS", "LEVELS", "TOP_LISTS", "Count", "Entry", "Indicator", "Level", "TopList", "Window"]
