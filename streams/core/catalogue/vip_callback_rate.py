"""VIP customers reached (VIP回访率), of those called back."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import BRANCH_LABELS, BRANCH_ROLL_UPS, MONTHS, SMALLEST_CALL_SAMPLE
from streams.core.contributions.callbacks import CALLBACKS, REACHED

ENTRY = Indicator(
    id="vip_callback_rate",
    names={"zh": "VIP客户回访率", "en": "VIP customers reached"},
    numerator=REACHED.name,
    denominator=CALLBACKS.name,
    labels=BRANCH_LABELS,
    roll_ups=BRANCH_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    smallest_sample=SMALLEST_CALL_SAMPLE,
    where={"subject": "vip"},
    runbook={
        "zh": "列出未接通的VIP客户，由客户经理上门或另约时间，确保每位都回访到。",
        "en": "List the VIP customers who were not reached; their managers visit them or find another hour, until "
        "each one has been spoken to.",
    },
)
