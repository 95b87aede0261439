"""Timely restoration (保障及时率): faults restored by their due, of those decided (restored, or now past due)."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import BRAND_LABELS, BRAND_ROLL_UPS, DAYS_AND_MONTHS
from streams.core.contributions.faults import DECIDED, IN_TIME

ENTRY = Indicator(
    id="timely_restoration_rate",
    names={"zh": "保障及时率", "en": "Timely restoration"},
    numerator=IN_TIME.name,
    denominator=DECIDED.name,
    labels=BRAND_LABELS,
    # Some targets are for a brand of a service.
    roll_ups=(*BRAND_ROLL_UPS, ("service", "brand")),
    windows=DAYS_AND_MONTHS,
    better="higher",
    runbook={
        "zh": "查看超时在途单和两小时内到期单，按分公司调配外线人员；确需等待用户的应及时挂起。",
        "en": "Look at tickets overdue and those due within two hours, move crews between branches; put on hold what "
        "really waits for the customer.",
    },
)
