"""Windows end at the clock and are at least as long as they say, at most one slot longer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.months import SLOT, Calendar, instant_of
from streams.core.windows import LENGTHS, stretch
from tests.core.installation import at

CALENDAR = Calendar("Asia/Shanghai")


@given(
    as_of=st.integers(1_200_000_000_000_000, 1_300_000_000_000_000), length=st.sampled_from(sorted(LENGTHS.values()))
)
def test_a_window_is_long_enough_and_at_most_five_minutes_longer(as_of: int, length: int) -> None:
    """The first slot begins at or before as_of − length, less than five minutes before; days follow without a gap."""
    slots, first_day = stretch(as_of, length, CALENDAR)
    assert as_of - length - SLOT < slots.start * SLOT <= as_of - length
    assert CALENDAR.day_start(first_day) == slots.stop * SLOT
    assert len(slots) < 288


@pytest.mark.parametrize(
    ("as_of", "length", "slots", "first_day"),
    [
        ("2009-07-20 12:02", "5m", 12 * 12 + 1, "2009-07-21"),
        ("2009-07-20 12:02", "24h", 12 * 12, "2009-07-20"),
        ("2009-07-20 00:00", "24h", 0, "2009-07-19"),
        ("2009-07-20 12:00", "7d", 12 * 12, "2009-07-14"),
    ],
)
def test_whole_days_are_taken_as_days(as_of: str, length: str, slots: int, first_day: str) -> None:
    """Only the day in which a window begins is taken by slots: what is left of it, nothing if it is whole."""
    found = stretch(instant_of(at(as_of)), LENGTHS[length], CALENDAR)
    assert (len(found.slots), found.first_day) == (slots, first_day)
