"""The calendar: instants, five-minute slots, days and months of the settings' time zone, half-open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
"""Instants are integers: microseconds since 1970-01-01T00:00:00Z."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SLOT = 5 * MINUTE
"""The finest time bucket. Every time zone's offset is a multiple of it, so a day is made of whole slots."""
NEVER = 2**62
"""An instant after every other."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(moment: datetime) -> int:
    """Return the instant (microseconds) of an aware date-time, exactly."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def datetime_of(instant: int) -> datetime:
    """Return the UTC date-time of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


class Calendar:
    """Days and months of one time zone; months are written "2009-07", days "2009-07-31".

    The look-ups by slot are cached: a month has 8,928 slots, while events ask millions of times.
    """

    def __init__(self, timezone: str) -> None:
        """Take an IANA time zone name; raises zoneinfo.ZoneInfoNotFoundError for an unknown one."""
        self._zone = ZoneInfo(timezone)
        self.day_of_slot = lru_cache(maxsize=100_000)(self._day_of_slot)
        self.midnight_after_early_slot = lru_cache(maxsize=100_000)(self._midnight_after_early_slot)
        self.month_start = lru_cache(maxsize=4_096)(self._month_start)
        self._hour_of_week_of_slot = lru_cache(maxsize=100_000)(self._hour_of_week_uncached)

    def _day_of_slot(self, slot: int) -> str:
        return datetime_of(slot * SLOT).astimezone(self._zone).date().isoformat()

    def day_of(self, instant: int) -> str:
        """Return the local day that holds `instant`."""
        return self.day_of_slot(instant // SLOT)

    def month_of(self, instant: int) -> str:
        """Return the local month that holds `instant`."""
        return self.day_of_slot(instant // SLOT)[:7]

    def hour_of_week(self, instant: int) -> int:
        """Return the local hour of the week that holds `instant`: 0 is Monday 00:00, 167 Sunday 23:00."""
        return self._hour_of_week_of_slot(instant // SLOT)

    def _hour_of_week_uncached(self, slot: int) -> int:
        local = datetime_of(slot * SLOT).astimezone(self._zone)
        return local.weekday() * 24 + local.hour

    def _month_start(self, month: str) -> int:
        year, number = int(month[:4]), int(month[5:])
        return instant_of(datetime(year, number, 1, tzinfo=self._zone))

    def month_end(self, month: str) -> int:
        """Return the first instant after `month`."""
        return self.month_start(add_months(month, 1))

    def last_day(self, month: str) -> date:
        """Return the last day of `month`."""
        return date.fromisoformat(f"{add_months(month, 1)}-01") - timedelta(days=1)

    def day_start(self, day: str) -> int:
        """Return the first instant of a local day."""
        return instant_of(datetime.combine(date.fromisoformat(day), datetime.min.time(), self._zone))

    def promise(self, reported: int) -> int:
        """Return when a report made at `reported` falls due without a date of its own.

        Reported before 16:00:00 → that day 24:00, at or after → 24 hours later (definitions, timely restoration).
        """
        return self.midnight_after_early_slot(reported // SLOT) or reported + DAY

    def _midnight_after_early_slot(self, slot: int) -> int:
        """Return the midnight that ends the slot's day, or 0 when the slot begins at or after 16:00."""
        local = datetime_of(slot * SLOT).astimezone(self._zone)
        if local.hour >= 16:
            return 0
        return instant_of(datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), self._zone))

    def closing_instant(self, month: str, ledger_months: int) -> int:
        """Return when `month` closes: `ledger_months` whole months after its end."""
        return self.month_start(add_months(month, 1 + ledger_months))


def add_months(month: str, count: int) -> str:
    """Return the month `count` months after `month` ("2009-12" + 1 = "2010-01")."""
    total = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


def is_month(text: str) -> bool:
    """Tell whether `text` is a month as written here."""
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return len(text) == 7
