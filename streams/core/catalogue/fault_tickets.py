"""Fault tickets: how many were opened, and how many are open, overdue or held now."""

from __future__ import annotations

from streams.core.catalogue.indicator import Count, Level
from streams.core.catalogue.shapes import ALL_WINDOWS, BRAND_LABELS, BRAND_ROLL_UPS, PLACE_LABELS, PLACE_ROLL_UPS
from streams.core.contributions.faults import DUE_SOON, HELD, OPEN, OVERDUE, TICKETS

COUNT = Count(
    id="fault_tickets",
    names={"zh": "故障申告量", "en": "Fault tickets"},
    measure=TICKETS.name,
    labels=BRAND_LABELS,
    roll_ups=BRAND_ROLL_UPS,
    windows=ALL_WINDOWS,
)


def _level(state: str, measure: str, name_zh: str) -> Level:
    return Level(
        id=f"fault_tickets_{state}",
        names={"zh": name_zh, "en": f"Fault tickets {state.replace('_', ' ')}"},
        measure=measure,
        labels=PLACE_LABELS,
        roll_ups=PLACE_ROLL_UPS,
    )


LEVELS = (
    _level("open", OPEN.name, "在途故障单"),
    _level("overdue", OVERDUE.name, "超时在途故障单"),
    _level("held", HELD.name, "挂起故障单"),
    _level("due_soon", DUE_SOON.name, "两小时内到期故障单"),
)
