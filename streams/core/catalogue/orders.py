"""Work orders: how many were created, how often customers pressed for them, and how many are open or held now."""

from __future__ import annotations

from streams.core.catalogue.indicator import Count, Level
from streams.core.catalogue.shapes import BRANCH_LABELS, BRANCH_ROLL_UPS, DAYS_AND_MONTHS, ORDER_LABELS, ORDER_ROLL_UPS
from streams.core.contributions.orders import DUE_SOON, HELD, OPEN, ORDERS, REMINDERS

COUNTS = (
    Count(
        id="orders",
        names={"zh": "装移机工单量", "en": "Work orders"},
        measure=ORDERS.name,
        labels=ORDER_LABELS,
        roll_ups=ORDER_ROLL_UPS,
        windows=DAYS_AND_MONTHS,
    ),
    Count(
        id="order_reminders",
        names={"zh": "催装次数", "en": "Reminders about work orders"},
        measure=REMINDERS.name,
        labels=BRANCH_LABELS,
        roll_ups=BRANCH_ROLL_UPS,
        windows=DAYS_AND_MONTHS,
    ),
)


def _level(state: str, measure: str, name_zh: str) -> Level:
    return Level(
        id=f"orders_{state}",
        names={"zh": name_zh, "en": f"Work orders {state.replace('_', ' ')}"},
        measure=measure,
        labels=BRANCH_LABELS,
        roll_ups=BRANCH_ROLL_UPS,
    )


LEVELS = (
    _level("open", OPEN.name, "在途装移机单"),
    _level("held", HELD.name, "挂起装移机单"),
    _level("due_soon", DUE_SOON.name, "两小时内到期装移机单"),
)
