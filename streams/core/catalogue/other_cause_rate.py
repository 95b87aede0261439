"""Share of faults closed with the cause "other": a catch-all that hides what goes wrong."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import MONTHS, PRODUCT_LABELS, PRODUCT_ROLL_UPS
from streams.core.contributions.faults import OTHER_CAUSE, TICKETS

ENTRY = Indicator(
    id="other_cause_rate",
    names={"zh": "其他原因故障占比", "en": "Share of other causes"},
    numerator=OTHER_CAUSE.name,
    denominator=TICKETS.name,
    labels=PRODUCT_LABELS,
    roll_ups=PRODUCT_ROLL_UPS,
    windows=("7d", *MONTHS),
    better="lower",
    runbook={
        "zh": "查看归入“其他”的结单说明，把常见的改归到确切原因，并补充原因代码。",
        "en": 'Read what was closed as "other", move what is frequent to its true cause, and add missing codes.',
    },
)
