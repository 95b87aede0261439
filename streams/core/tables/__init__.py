"""The tables of the monthly report, with recomputed values: one file per chapter.

Their keys are those of a printed report's file, so that one can be held against the other; which brands, branches,
departments and channels have a row is said by the definitions. Prose, plans and names of people are not recomputed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from streams.core.tables import (
    broadband,
    complaints,
    contact_points,
    key_products,
    mobile,
    on_time_fulfilment,
    outages,
    repeat_reports,
    satisfaction,
    vip,
)
from streams.core.tables.month import TOTAL, MonthFigures

CHAPTERS: dict[str, Callable[[MonthFigures], dict[str, Any] | list[dict[str, Any]]]] = {
    "on_time_fulfilment": on_time_fulfilment.table,
    "repeat_reports": repeat_reports.table,
    "key_products": key_products.table,
    "mobile": mobile.table,
    "broadband": broadband.table,
    "vip": vip.table,
    "contact_points": contact_points.table,
    "complaints": complaints.table,
    "satisfaction": satisfaction.table,
    "outages": outages.table,
}
"""Chapter → what makes its table, in the report's order."""


def month_tables(month: MonthFigures, chapters: Collection[str] = tuple(CHAPTERS)) -> dict[str, Any]:
    """Return chapter → table, of some chapters or of all."""
    return {chapter: table(month) for chapter, table in CHAPTERS.items() if chapter in chapters}


__all__ = ["CHAPTERS", "TOTAL", "MonthFigures", "month_tables"]
