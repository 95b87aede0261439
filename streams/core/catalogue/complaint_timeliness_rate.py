"""Complaint timeliness (投诉处理及时率): complaints answered by their due, of those answered or now past due."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import DAYS_AND_MONTHS, HANDLED_LABELS, HANDLED_ROLL_UPS
from streams.core.contributions.complaints import DECIDED, IN_TIME

ENTRY = Indicator(
    id="complaint_timeliness_rate",
    names={"zh": "投诉处理及时率", "en": "Complaint timeliness"},
    numerator=IN_TIME.name,
    denominator=DECIDED.name,
    labels=HANDLED_LABELS,
    roll_ups=HANDLED_ROLL_UPS,
    windows=DAYS_AND_MONTHS,
    better="higher",
    runbook={
        "zh": "查看超时未答复的投诉，按处理部门催办；当天到期的逐单指定责任人。",
        "en": "Look at complaints past due without an answer, press the departments that handle them, and name "
        "somebody for each that falls due today.",
    },
)
