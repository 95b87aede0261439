"""Call-backs that answered yes to the question about "timely", of those asked it."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import CALL_LABELS, CALL_ROLL_UPS, MONTHS, SMALLEST_CALL_SAMPLE
from streams.core.contributions.callbacks import ASKED_TIMELY, TIMELY

ENTRY = Indicator(
    id="callback_timely_rate",
    names={"zh": "回访及时满意率", "en": "Timely, say those called back"},
    numerator=TIMELY.name,
    denominator=ASKED_TIMELY.name,
    labels=CALL_LABELS,
    roll_ups=CALL_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    smallest_sample=SMALLEST_CALL_SAMPLE,
    runbook={
        "zh": "对答“不及时”的用户核对工单时限记录，查找时限内却感知慢的环节。",
        "en": "Hold the tickets of those who say no against their deadlines; find the step that was in time and "
        "still felt slow.",
    },
)
