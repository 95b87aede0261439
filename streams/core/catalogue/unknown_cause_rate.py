"""Share of faults whose cause stayed unknown: poor closing notes, or a fault that will come back."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import MONTHS, PRODUCT_LABELS, PRODUCT_ROLL_UPS
from streams.core.contributions.faults import TICKETS, UNKNOWN_CAUSE

ENTRY = Indicator(
    id="unknown_cause_rate",
    names={"zh": "原因不明故障占比", "en": "Share of unknown causes"},
    numerator=UNKNOWN_CAUSE.name,
    denominator=TICKETS.name,
    labels=PRODUCT_LABELS,
    roll_ups=PRODUCT_ROLL_UPS,
    windows=("7d", *MONTHS),
    better="lower",
    runbook={
        "zh": "抽查结单说明，退回原因不明的工单补填；同一产品集中出现时安排专项测试。",
        "en": "Read the closing notes and send those without a cause back; have a product that stands out tested.",
    },
)
