"""Chapter 3.3: what customers said when they were called back, by the province and by ourselves."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.callback_attitude_rate import ENTRY as ATTITUDE_RATE
from streams.core.catalogue.callback_reached_rate import ENTRY as REACHED_RATE
from streams.core.catalogue.callback_satisfied_rate import ENTRY as SATISFIED_RATE
from streams.core.catalogue.callback_timely_rate import ENTRY as TIMELY_RATE
from streams.core.tables.month import MonthFigures

PROVINCE = {"caller": "province"}
LOCAL = {"caller": "local"}


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: the province's sample by branch and its answers, and our own calls by subject."""
    return {
        "province_callback": {
            "sample": {
                name: month.figure(REACHED_RATE, **PROVINCE, **labels)[0]
                for name, labels in month.rows_by_branch().items()
            },
            "timely_pct": month.rate(TIMELY_RATE, **PROVINCE),
            "attitude_pct": month.rate(ATTITUDE_RATE, **PROVINCE),
            "satisfied_pct": month.rate(SATISFIED_RATE, **PROVINCE),
        },
        "local_callback": _local(month),
    }


def _local(month: MonthFigures) -> dict[str, Any]:
    called, reached, rate = month.row(REACHED_RATE, **LOCAL)
    return {
        "called": called,
        "called_by_subject": month.by_label(REACHED_RATE.denominator, "subject", **LOCAL),
        "reached": reached,
        "reached_pct_recomputed": rate,
    }
