"""Chapter 2.2: faults of the key products, how many were restored in time, and how many without a clear cause."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.fault_tickets import COUNT as FAULT_TICKETS
from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.other_cause_rate import ENTRY as OTHER_CAUSE_RATE
from streams.core.catalogue.timely_restoration_rate import ENTRY as TIMELY_RESTORATION_RATE
from streams.core.catalogue.unknown_cause_rate import ENTRY as UNKNOWN_CAUSE_RATE
from streams.core.tables.month import MonthFigures

SERVICE = "key_product"


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table."""
    return {
        "products": list(month.definitions.products),
        "reports": month.number(FAULT_TICKETS.measure, service=SERVICE),
        "restored_in_time": _judged(month, TIMELY_RESTORATION_RATE),
        "unknown_cause": _judged(month, UNKNOWN_CAUSE_RATE),
        "other_cause": _judged(month, OTHER_CAUSE_RATE),
    }


def _judged(month: MonthFigures, indicator: Indicator) -> dict[str, Any]:
    count, _ = month.figure(indicator, service=SERVICE)
    return {"count": count, **month.rate_and_target(indicator, service=SERVICE)}
