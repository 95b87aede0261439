"""Call-backs that answered yes to the question about "satisfied", of those asked it."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import CALL_LABELS, CALL_ROLL_UPS, MONTHS, SMALLEST_CALL_SAMPLE
from streams.core.contributions.callbacks import ASKED_SATISFIED, SATISFIED

ENTRY = Indicator(
    id="callback_satisfied_rate",
    names={"zh": "回访满意率", "en": "Satisfied, say those called back"},
    numerator=SATISFIED.name,
    denominator=ASKED_SATISFIED.name,
    labels=CALL_LABELS,
    roll_ups=CALL_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    smallest_sample=SMALLEST_CALL_SAMPLE,
    runbook={
        "zh": "对不满意用户在两个工作日内二次回访，登记原因并闭环处理。",
        "en": "Call those who are not satisfied again within two working days, note the reason and see it dealt with.",
    },
)
