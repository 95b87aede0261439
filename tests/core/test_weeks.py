"""ISO weeks: where they begin, how they are written, and what is none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.months import DAY, Calendar
from streams.core.weeks import Week, WeekError, read_week, week_of
from tests.core.installation import DEFINITIONS

CALENDAR = Calendar(DEFINITIONS.timezone)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_lies_in_the_week_that_is_named_after_it(day: date) -> None:
    """The week holds the day, begins on a Monday, is read back from its name, and follows the one before."""
    week = week_of(day.isoformat())
    assert day.isoformat() in week.days()
    assert (week.monday.isoweekday(), week.last - week.monday) == (1, timedelta(days=6))
    assert read_week(week.name) == week
    assert week.before().last == week.monday - timedelta(days=1)


def test_a_week_is_seven_days_of_the_settings_time_zone() -> None:
    """Monday 00:00 to Sunday 24:00 in town; next week begins where it ends."""
    week = read_week("2009-W28")
    assert (week.days()[0], week.days()[-1]) == ("2009-07-06", "2009-07-12")
    assert CALENDAR.day_of(week.start(CALENDAR)) == "2009-07-06"
    assert week.end(CALENDAR) - week.start(CALENDAR) == 7 * DAY
    assert week.end(CALENDAR) == read_week("2009-W29").start(CALENDAR)


def test_years_have_52_or_53_weeks() -> None:
    """2009 has a week 53, which ends in 2010; 2010 has none."""
    assert read_week("2009-W53").last == date(2010, 1, 3)
    with pytest.raises(WeekError, match="2010-W53 is no ISO week: 2010 has the weeks W01 to W52"):
        read_week("2010-W53")


@pytest.mark.parametrize("text", ["2009-28", "2009-W7", "2009-W28-1", "2009W28", "", "2009-07", "2009-w28"])
def test_any_other_text_is_no_week(text: str) -> None:
    """The message shows how a week is written."""
    with pytest.raises(WeekError, match="write it as 2009-W28"):
        read_week(text)


@pytest.mark.parametrize("text", ["2009-W54", "2009-W00", "0000-W01", "0001-W01", "9999-W52"])
def test_a_number_that_no_week_has_is_told(text: str) -> None:
    """Weeks beyond the year, and years beyond the calendar."""
    with pytest.raises(WeekError, match=f"{text} is no ISO week"):
        read_week(text)


def test_a_week_knows_its_year() -> None:
    """1 January 2010 lies in the last week of 2009."""
    assert week_of("2010-01-01") == Week(date(2009, 12, 28))
    assert week_of("2010-01-01").name == "2009-W53"
