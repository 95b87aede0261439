"""Chapter 2.5: call-backs to VIP customers."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.vip_callback_rate import ENTRY as VIP_CALLBACK_RATE
from streams.core.tables.month import MonthFigures


def table(month: MonthFigures) -> dict[str, Any]:
    """Return the chapter's table: call-backs made, how many reached somebody, and their share."""
    called, reached, rate = month.row(VIP_CALLBACK_RATE)
    return {"called": called, "reached": reached, "reached_pct": rate}
