"""Call-backs that answered yes to the question about "attitude", of those asked it."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import CALL_LABELS, CALL_ROLL_UPS, MONTHS, SMALLEST_CALL_SAMPLE
from streams.core.contributions.callbacks import ASKED_ATTITUDE, ATTITUDE

ENTRY = Indicator(
    id="callback_attitude_rate",
    names={"zh": "回访态度满意率", "en": "Good attitude, say those called back"},
    numerator=ATTITUDE.name,
    denominator=ASKED_ATTITUDE.name,
    labels=CALL_LABELS,
    roll_ups=CALL_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    smallest_sample=SMALLEST_CALL_SAMPLE,
    runbook={
        "zh": "听取答“态度不好”的录音，对责任人进行服务规范复训。",
        "en": "Listen to what was said to those who say no, and train again whoever was at fault.",
    },
)
