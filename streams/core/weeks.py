"""The stretches of days that a bulletin tells of: ISO weeks (Monday 00:00 to Sunday 24:00, "2009-W28") and days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from streams.core.months import Calendar

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")


class WeekError(ValueError):
    """A text names no ISO week; the message says what one looks like."""


class Week(NamedTuple):
    """One week, by its Monday."""

    monday: date

    @property
    def name(self) -> str:
        """Return the week as it is written."""
        year, number, _ = self.monday.isocalendar()
        return f"{year:04d}-W{number:02d}"

    @property
    def first(self) -> date:
        """Return the week's first day."""
        return self.monday

    @property
    def last(self) -> date:
        """Return the week's last day, whose targets judge it."""
        return self.monday + timedelta(days=6)

    def days(self) -> list[str]:
        """Return the week's seven days."""
        return [(self.monday + timedelta(days=count)).isoformat() for count in range(7)]

    def before(self) -> Week:
        """Return the week before this one."""
        return Week(self.monday - _WEEK)

    def start(self, calendar: Calendar) -> int:
        """Return the week's first instant (microseconds)."""
        return calendar.day_start(self.monday.isoformat())

    def end(self, calendar: Calendar) -> int:
        """Return the first instant (microseconds) after the week."""
        return calendar.day_start((self.monday + _WEEK).isoformat())


class Day(NamedTuple):
    """One day, asked in the same way as a week."""

    first: date

    @property
    def name(self) -> str:
        """Return the day as it is written."""
        return self.first.isoformat()

    @property
    def last(self) -> date:
        """Return the day itself, whose targets judge it."""
        return self.first

    def days(self) -> list[str]:
        """Return the day alone."""
        return [self.name]

    def before(self) -> Day:
        """Return the day before this one."""
        return Day(self.first - _DAY)

    def start(self, calendar: Calendar) -> int:
        """Return the day's first instant (microseconds)."""
        return calendar.day_start(self.name)

    def end(self, calendar: Calendar) -> int:
        """Return the first instant (microseconds) after the day."""
        return calendar.day_start((self.first + _DAY).isoformat())


Stretch = Week | Day


def week_of(day: str) -> Week:
    """Return the week that holds a day ("2009-07-12")."""
    held = date.fromisoformat(day)
    return Week(held - timedelta(days=held.weekday()))


def read_week(text: str) -> Week:
    """Return the week that a text names; raises WeekError for any other text."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise WeekError(f"{text!r} is no ISO week; write it as 2009-W28")
    year, number = map(int, written.groups())
    if not 1 < year < date.max.year:
        raise WeekError(f"{text} is no ISO week of a year that can be counted; write it as 2009-W28")
    last = date(year, 12, 28).isocalendar().week
    if not 1 <= number <= last:
        raise WeekError(f"{text} is no ISO week: {year} has the weeks W01 to W{last}")
    return Week(date.fromisocalendar(year, number, 1))
