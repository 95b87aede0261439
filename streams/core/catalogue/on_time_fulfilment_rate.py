"""On-time fulfilment (履约准时率): orders completed as promised, of those with an appointment."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import DAYS_AND_MONTHS, ORDER_LABELS, ORDER_ROLL_UPS
from streams.core.contributions.orders import APPOINTED, ON_TIME

ENTRY = Indicator(
    id="on_time_fulfilment_rate",
    names={"zh": "履约准时率", "en": "On-time fulfilment"},
    numerator=ON_TIME.name,
    denominator=APPOINTED.name,
    labels=ORDER_LABELS,
    roll_ups=ORDER_ROLL_UPS,
    windows=DAYS_AND_MONTHS,
    better="higher",
    runbook={
        "zh": "查看已过承诺时间仍未竣工的装移机单，按分公司调配装维人员；用户原因改期的应及时挂起。",
        "en": "Look at orders past their promise that are not completed, move crews between branches; put on hold "
        "what the customer postponed.",
    },
)
