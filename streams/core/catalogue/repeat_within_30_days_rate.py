"""Repeats within 30 days: tickets whose line had another one restored at most 30 days before, across months' edges."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import BRAND_LABELS, BRAND_ROLL_UPS, MONTHS
from streams.core.contributions.faults import REPEATS, TICKETS

ENTRY = Indicator(
    id="repeat_within_30_days_rate",
    names={"zh": "30天内重复故障率", "en": "Repeats within 30 days"},
    numerator=REPEATS.name,
    denominator=TICKETS.name,
    labels=BRAND_LABELS,
    roll_ups=BRAND_ROLL_UPS,
    windows=MONTHS,
    better="lower",
    runbook={
        "zh": "比较上一张故障单的处理原因与本次原因；原因相同说明上次未根治，退回原处理班组。",
        "en": "Compare the cause found last time with this one: the same cause means that it was not removed; hand the "
        "ticket back to the team that closed it.",
    },
)
