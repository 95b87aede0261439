"""Appointment rate (预约率): work orders for which an appointment was made, of those created."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import DAYS_AND_MONTHS, ORDER_LABELS, ORDER_ROLL_UPS
from streams.core.contributions.orders import APPOINTED, ORDERS

ENTRY = Indicator(
    id="appointment_rate",
    names={"zh": "预约率", "en": "Appointment rate"},
    numerator=APPOINTED.name,
    denominator=ORDERS.name,
    labels=ORDER_LABELS,
    roll_ups=ORDER_ROLL_UPS,
    windows=DAYS_AND_MONTHS,
    better="higher",
    runbook={
        "zh": "列出未预约的装移机单，按分公司核对是联系不上用户还是漏约；补约并登记原因。",
        "en": "List the orders without an appointment, see per branch whether the customer could not be reached "
        "or was never called; make it up and note why.",
    },
)
