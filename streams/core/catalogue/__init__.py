"""The catalogue: every figure that the project shows; adding one is one new file and one line here.

Metric names, snapshot keys and report columns are derived from these entries.
"""

from __future__ import annotations

from streams.core.catalogue import (
    appointment_rate,
    callback_attitude_rate,
    callback_reached_rate,
    callback_satisfied_rate,
    callback_timely_rate,
    complaint_timeliness_rate,
    complaints,
    fault_tickets,
    findings,
    justified_complaint_rate,
    network_fault_complaint_share,
    on_time_fulfilment_rate,
    on_time_without_early_fault_rate,
    orders,
    other_cause_rate,
    preprocessing_rate,
    repeat_report_rate,
    repeat_within_30_days_rate,
    timely_restoration_rate,
    unknown_cause_rate,
    vip_callback_rate,
)
from streams.core.catalogue.indicator import Count, Entry, Indicator, Level, TopList, Window

INDICATORS: tuple[Indicator, ...] = (
    repeat_report_rate.ENTRY,
    repeat_within_30_days_rate.ENTRY,
    timely_restoration_rate.ENTRY,
    preprocessing_rate.ENTRY,
    unknown_cause_rate.ENTRY,
    other_cause_rate.ENTRY,
    appointment_rate.ENTRY,
    on_time_fulfilment_rate.ENTRY,
    on_time_without_early_fault_rate.ENTRY,
    complaint_timeliness_rate.ENTRY,
    justified_complaint_rate.ENTRY,
    network_fault_complaint_share.ENTRY,
    callback_reached_rate.ENTRY,
    callback_timely_rate.ENTRY,
    callback_attitude_rate.ENTRY,
    callback_satisfied_rate.ENTRY,
    vip_callback_rate.ENTRY,
)

COUNTS: tuple[Count, ...] = (fault_tickets.COUNT, *orders.COUNTS, *complaints.COUNTS)

LEVELS: tuple[Level, ...] = (*fault_tickets.LEVELS, *orders.LEVELS, *complaints.LEVELS)

TOP_LISTS: tuple[TopList, ...] = (findings.TOP_SYMPTOMS, findings.TOP_CAUSES)

DIMENSIONS: tuple[str, ...] = tuple(
    dict.fromkeys(label for entry in (*INDICATORS, *COUNTS, *LEVELS) for label in entry.labels)
)
"""Every label by which metrics show something, in the order in which they have them."""

__all__ = [
    "COUNTS",
    "DIMENSIONS",
    "INDICATORS",
    "LEVELS",
    "TOP_LISTS",
    "Count",
    "Entry",
    "Indicator",
    "Level",
    "TopList",
    "Window",
]
