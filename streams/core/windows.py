"""Windows of time that end at the clock: which slots and which days make one up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from streams.core.months import DAY, HOUR, MINUTE, SLOT, Calendar

LENGTHS: dict[str, int] = {"5m": 5 * MINUTE, "1h": HOUR, "24h": DAY, "7d": 7 * DAY}
"""Name → length in microseconds; the other windows of the catalogue are calendar months."""


class Stretch(NamedTuple):
    """The five-minute slots at a window's beginning, and the first of the whole days that follow them."""

    slots: range
    first_day: str


def stretch(as_of: int, length: int, calendar: Calendar) -> Stretch:
    """Return what makes up the window of `length` microseconds that ends at the instant `as_of`.

    It begins with the slot that holds as_of − length, so it is that long or up to five minutes longer. It has no
    other end than what is known: a fact stamped later than the clock is never hidden.
    """
    first_slot = (as_of - length) // SLOT
    day = calendar.day_of_slot(first_slot)
    if calendar.day_start(day) != first_slot * SLOT:
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return Stretch(range(first_slot, calendar.day_start(day) // SLOT), day)
