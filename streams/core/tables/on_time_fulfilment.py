"""Chapter 2.1: work orders of the home families, appointed and fulfilled on time, by branch."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.appointment_rate import ENTRY as APPOINTMENT_RATE
from streams.core.catalogue.on_time_fulfilment_rate import ENTRY as ON_TIME_FULFILMENT_RATE
from streams.core.ratios import percent
from streams.core.tables.month import MonthFigures

COLUMNS = ("orders", "appointed", "on_time", "appointment_rate_pct", "on_time_rate_pct")


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: a row per branch, over the families of the definitions."""
    return {
        "columns": list(COLUMNS),
        **{name: _row(month, labels) for name, labels in month.rows_by_branch().items()},
    }


def _row(month: MonthFigures, labels: dict[str, str]) -> list[int | float | None]:
    families = [{**labels, "family": family} for family in month.definitions.families]
    made = [month.figure(APPOINTMENT_RATE, **family) for family in families]
    kept = [month.figure(ON_TIME_FULFILMENT_RATE, **family) for family in families]
    orders, appointed = sum(all_of for _, all_of in made), sum(appointed for appointed, _ in made)
    on_time, to_keep = sum(on_time for on_time, _ in kept), sum(all_of for _, all_of in kept)
    return [orders, appointed, on_time, percent(appointed, orders), percent(on_time, to_keep)]
