"""Call-backs that reached somebody (回访接通率), of those made."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import CALL_LABELS, CALL_ROLL_UPS, MONTHS, SMALLEST_CALL_SAMPLE
from streams.core.contributions.callbacks import CALLBACKS, REACHED

ENTRY = Indicator(
    id="callback_reached_rate",
    names={"zh": "回访接通率", "en": "Call-backs that reached somebody"},
    numerator=REACHED.name,
    denominator=CALLBACKS.name,
    labels=CALL_LABELS,
    roll_ups=CALL_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    smallest_sample=SMALLEST_CALL_SAMPLE,
    runbook={
        "zh": "检查外呼时段和号码准确性，未接通的换时段再呼，仍不通的改发短信。",
        "en": "Check the hours of the calls and the numbers called; try again at another hour, and send a message "
        "where that fails.",
    },
)
