"""The calendar: where months, days and promises begin and end, to the microsecond."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.months import DAY, SLOT, Calendar, add_months, datetime_of, instant_of, is_month
from tests.core.story import instant

SHANGHAI = Calendar("Asia/Shanghai")
INSTANTS = st.integers(instant("1990-01-01T00:00:00Z"), instant("2100-12-31T00:00:00Z"))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2009-06-30T23:59:59.999+08:00", "2009-06-30"),
        ("2009-06-30T23:59:59.999999+08:00", "2009-06-30"),
        ("2009-07-01T00:00:00+08:00", "2009-07-01"),
        ("2009-06-30T16:00:00Z", "2009-07-01"),
        ("2009-07-31T23:59:59.999+08:00", "2009-07-31"),
        ("2009-08-01T00:00:00+08:00", "2009-08-01"),
        ("2009-12-31T23:59:59.999+08:00", "2009-12-31"),
        ("2010-01-01T00:00:00+08:00", "2010-01-01"),
        ("2012-02-29T12:00:00+08:00", "2012-02-29"),
    ],
)
def test_a_month_is_half_open_in_local_time(moment: str, day: str) -> None:
    """An instant belongs to the local day and month that hold it: the first instant of the next is not in it."""
    assert SHANGHAI.day_of(instant(moment)) == day
    assert SHANGHAI.month_of(instant(moment)) == day[:7]


@given(INSTANTS)
def test_every_instant_lies_in_its_month(at: int) -> None:
    """The month of an instant begins at or before it and ends after it, and the same is true of its day."""
    month, day = SHANGHAI.month_of(at), SHANGHAI.day_of(at)
    assert SHANGHAI.month_start(month) <= at < SHANGHAI.month_end(month)
    assert SHANGHAI.day_start(day) <= at < SHANGHAI.day_start(day) + DAY


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_exact_and_has_no_time_zone(at: int, offset_minutes: int) -> None:
    """To the microsecond, a date-time and its instant are the same; the offset it was written with is not kept."""
    written = datetime_of(at).astimezone(timezone(timedelta(minutes=offset_minutes)))
    assert instant_of(written) == at


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_days_are_made_of_whole_slots(zone: str) -> None:
    """No slot of five minutes lies in two days, so that slots add up to days, also where clocks are put forward."""
    calendar = Calendar(zone)
    for number in range(365):
        day, before = date(2026, 1, 1) + timedelta(days=number), date(2026, 1, 1) + timedelta(days=number - 1)
        start = calendar.day_start(day.isoformat())
        assert start % SLOT == 0
        assert (calendar.day_of(start - 1), calendar.day_of(start)) == (before.isoformat(), day.isoformat())


@pytest.mark.parametrize(
    ("reported", "due"),
    [
        ("2009-07-14T00:00:00+08:00", "2009-07-15T00:00:00+08:00"),
        ("2009-07-14T15:59:59+08:00", "2009-07-15T00:00:00+08:00"),
        ("2009-07-14T15:59:59.999999+08:00", "2009-07-15T00:00:00+08:00"),
        ("2009-07-14T16:00:00+08:00", "2009-07-15T16:00:00+08:00"),
        ("2009-07-14T16:04:59.999999+08:00", "2009-07-15T16:04:59.999999+08:00"),
        ("2009-07-14T23:59:59.999+08:00", "2009-07-15T23:59:59.999+08:00"),
        ("2009-07-31T15:59:59+08:00", "2009-08-01T00:00:00+08:00"),
    ],
)
def test_the_promise_tips_over_at_four_in_the_afternoon(reported: str, due: str) -> None:
    """Reported before 16:00:00: by that day's end; at or after it: within 24 hours."""
    assert SHANGHAI.promise(instant(reported)) == instant(due)


@pytest.mark.parametrize(("ledger_months", "closes"), [(1, "2010-01-01"), (2, "2010-02-01"), (14, "2011-02-01")])
def test_a_month_closes_whole_months_after_its_end(ledger_months: int, closes: str) -> None:
    """November 2009 ends with the month; it closes so many months later, across the year's end."""
    assert SHANGHAI.closing_instant("2009-11", ledger_months) == SHANGHAI.day_start(closes)


@given(st.integers(1, 9_000), st.integers(1, 12), st.integers(-11, 5_000))
def test_months_are_counted_on_and_back(year: int, month: int, count: int) -> None:
    """Adding months and taking them off again leads back, and later months sort later."""
    start = f"{year + 1:04d}-{month:02d}"
    there = add_months(start, count)
    assert add_months(there, -count) == start
    assert (there > start) == (count > 0)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2009-07", True),
        ("2009-12", True),
        ("2009-13", False),
        ("2009-00", False),
        ("2009-7", False),
        ("2009-07-01", False),
        ("200907", False),
        ("2009-W1", False),
        ("", False),
        ("七月", False),
    ],
)
def test_a_month_is_written_in_one_way(text: str, is_one: bool) -> None:
    """Only four digits, a hyphen and two digits of a month that exists."""
    assert is_month(text) == is_one
