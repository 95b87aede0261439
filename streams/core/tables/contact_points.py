"""Chapter 3.1: what the province's assessments say of the hotline and the shops, beside our own timeliness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.core.catalogue.complaint_timeliness_rate import ENTRY as COMPLAINT_TIMELINESS_RATE
from streams.core.contributions import assessments as measured
from streams.core.tables.month import MonthFigures

HOTLINE = "hotline"
OVERALL = "overall"
"""The item of an assessment that ranks a unit as a whole; the other items rank it in one respect."""
TIMELINESS = "complaint_timeliness"


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: a row per assessed unit, and the hotline's complaint timeliness as tickets give it.

    An item that was assessed twice in the month has no rank of its own, and is left out.
    """
    names = month.definitions.assessed_items
    rows: dict[str, dict[str, Any]] = {HOTLINE: {}}
    for (subject, item), times in month.by_labels(measured.ASSESSMENTS.name, ("subject", "item")).items():
        if times == 1:
            rows.setdefault(_name(month, subject), {}).update(
                _assessed(month, {"subject": subject, "item": item}, names.get(item, item))
            )
    rows[HOTLINE] |= {
        f"{TIMELINESS}_pct": month.rate(COMPLAINT_TIMELINESS_RATE),
        "target_pct": month.target_percent(COMPLAINT_TIMELINESS_RATE, {}),
    }
    return rows


def _name(month: MonthFigures, subject: str) -> str:
    return HOTLINE if subject == month.definitions.hotline else subject


def _assessed(month: MonthFigures, labels: dict[str, str], item: str) -> Iterator[tuple[str, Any]]:
    rank = month.number(measured.RANK.name, **labels)
    if rank:
        yield ("rank_in_province" if item == OVERALL else f"{item}_rank"), rank
    change = month.number(measured.RANK_CHANGE.name, **labels)
    if change and item == OVERALL:
        yield ("better_by" if change > 0 else "worse_by"), abs(change)
    score = month.number(measured.SCORE.name, **labels)
    if score:
        yield f"{item}_assessed", score / 100
