"""Figures that stay open by definition after their month has ended, and the day on which each of them closes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.core.catalogue import INDICATORS
from streams.core.catalogue.indicator import Text
from streams.core.definitions import Definitions
from streams.core.figures import Period, settling_day

LOOKS_AHEAD: Text = {
    "zh": "按定义还要看月末之后的故障申告",
    "en": "by definition it looks at the faults after the month's end too",
}
MAY_BE_APPEALED: Text = {
    "zh": "申诉可以改判，到账期关闭为止",
    "en": "an appeal may turn a finding round until the month is closed for good",
}


class OpenFigure(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator whose figure may still change by definition: why, and the day from which on it cannot."""

    id: str
    names: Text
    closes_on: str
    why: Text


def open_figures(period: Period, definitions: Definitions) -> Iterator[OpenFigure]:
    """Yield the indicators of a month that are open at the period's clock."""
    end = period.calendar.month_end(period.month)
    closing = period.calendar.closing_instant(period.month, definitions.ledger_months)
    for indicator in INDICATORS:
        day = settling_day(indicator, end, period.as_of, period.calendar)
        if day is not None:
            yield OpenFigure(id=indicator.id, names=indicator.names, closes_on=day, why=LOOKS_AHEAD)
        if indicator.may_be_appealed and period.as_of < closing:
            closes_on = period.calendar.day_of(closing)
            yield OpenFigure(id=indicator.id, names=indicator.names, closes_on=closes_on, why=MAY_BE_APPEALED)
