"""The province's variant of on-time fulfilment: completed as promised, and no fault within 15 days of completion."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import MONTHS, ORDER_LABELS, ORDER_ROLL_UPS
from streams.core.contributions.orders import APPOINTED, EARLY_FAULT_WINDOW, WITHOUT_EARLY_FAULT

ENTRY = Indicator(
    id="on_time_without_early_fault_rate",
    names={"zh": "履约准时率（剔除15天内故障）", "en": "On-time fulfilment without early faults"},
    numerator=WITHOUT_EARLY_FAULT.name,
    denominator=APPOINTED.name,
    labels=ORDER_LABELS,
    roll_ups=ORDER_ROLL_UPS,
    windows=MONTHS,
    better="higher",
    settles_after=EARLY_FAULT_WINDOW,
    runbook={
        "zh": "列出竣工后15天内申告故障的用户，核对装机质量和线路测试记录，退回原施工班组复查。",
        "en": "List the users who reported a fault within 15 days of completion, check the work and the line "
        "tests, and send it back to the crew that did it.",
    },
)
