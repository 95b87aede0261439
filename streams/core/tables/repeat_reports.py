"""Chapter 2.1: users of the home families who reported again within the month, by brand and branch."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.fault_tickets import COUNT as FAULT_TICKETS
from streams.core.catalogue.repeat_report_rate import ENTRY as REPEAT_REPORT_RATE
from streams.core.tables.month import MonthFigures

COLUMNS = ("reporters", "repeat_reporters", "rate_pct")


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: for every brand of a family a row per branch, targets and verdicts."""
    brands = [brand for members in month.definitions.families.values() for brand in members]
    return {
        "columns": list(COLUMNS),
        "targets_pct": {brand: month.targets_percent(REPEAT_REPORT_RATE, {"brand": brand}) for brand in brands},
        "faults": {brand: month.number(FAULT_TICKETS.measure, brand=brand) for brand in brands},
        **{
            brand: {
                name: month.row(REPEAT_REPORT_RATE, **labels)
                for name, labels in month.rows_by_branch(brand=brand).items()
            }
            for brand in brands
        },
        "verdicts": {brand: month.verdicts(REPEAT_REPORT_RATE, brand=brand) for brand in brands},
    }
