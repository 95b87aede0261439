"""Chapter 2.3: mobile faults by brand, restored in time and reported again."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.fault_tickets import COUNT as FAULT_TICKETS
from streams.core.catalogue.repeat_report_rate import ENTRY as REPEAT_REPORT_RATE
from streams.core.catalogue.timely_restoration_rate import ENTRY as TIMELY_RESTORATION_RATE
from streams.core.tables.month import TOTAL, MonthFigures

SERVICE = "mobile"


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: a row per mobile brand of the definitions, and the total."""
    whole = {"service": SERVICE}
    rows = {brand: {**whole, "brand": brand} for brand in month.definitions.brands.get(SERVICE, ())}
    rows[TOTAL] = whole
    reports = month.number(FAULT_TICKETS.measure, **whole)
    previous = month.previous_number(FAULT_TICKETS.measure, **whole)
    return {
        "fewer_than_last_month": None if previous is None else previous - reports,
        "targets_pct": {
            "restored_in_time": month.target_percent(TIMELY_RESTORATION_RATE, whole),
            "repeat_reports": month.target_percent(REPEAT_REPORT_RATE, whole),
        },
        "previous_month_reports": previous,
        "restored_in_time": {name: month.row(TIMELY_RESTORATION_RATE, **labels) for name, labels in rows.items()},
        "repeat_reports": {name: _repeats(month, labels) for name, labels in rows.items()},
    }


def _repeats(month: MonthFigures, labels: dict[str, str]) -> dict[str, Any]:
    *counts, rate = month.row(REPEAT_REPORT_RATE, **labels)
    return {"counts": counts, "recomputed": rate}
