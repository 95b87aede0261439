"""When people report, and how long things take: months, the shape of a day and a week, how instants are written.

Instants are whole microseconds since the epoch, as in the core.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from random import Random

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOWN_OFFSET = 8 * HOUR
TOWN_TIME = timezone(timedelta(microseconds=TOWN_OFFSET))

# Weight of each hour from 0 to 23: people report when they are up and at their line, most of all in the evening.
HOUR_WEIGHTS = (3, 2, 1, 1, 1, 2, 6, 18, 46, 62, 60, 48, 36, 38, 46, 50, 50, 47, 44, 56, 62, 48, 26, 10)
# Monday to Sunday: faults of the weekend are partly reported on Monday.
WEEKDAY_WEIGHTS = (118, 106, 102, 100, 102, 90, 82)


def instant(text: str) -> int:
    """Return the instant that an RFC 3339 text names, in microseconds since the epoch."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def write_instant(at: int, *, utc: bool = False) -> str:
    """Write an instant as RFC 3339, in town time or, as one of the ticket systems does, in UTC."""
    moment = EPOCH + timedelta(microseconds=at)
    return moment.isoformat().replace("+00:00", "Z") if utc else moment.astimezone(TOWN_TIME).isoformat()


def start_of_day(at: int) -> int:
    """Return 00:00 town time of the day of `at`."""
    return (at + TOWN_OFFSET) // DAY * DAY - TOWN_OFFSET


class Month:
    """A calendar month in town time, half-open: [start, end)."""

    def __init__(self, year: int, month: int) -> None:
        """Name the month, for example `Month(2009, 7)`."""
        first = datetime(year, month, 1, tzinfo=TOWN_TIME)
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=TOWN_TIME)
        self.start = instant(first.isoformat())
        self.end = instant(following.isoformat())
        days = range(self.start, self.end, DAY)
        self._hours = [day + hour * HOUR for day in days for hour in range(24)]
        self._weights = [WEEKDAY_WEIGHTS[_weekday(day)] * weight for day in days for weight in HOUR_WEIGHTS]

    def instants(self, count: int, random: Random) -> list[int]:
        """Draw `count` instants, whole seconds, by the shape of the week and of the day."""
        hours = random.choices(self._hours, self._weights, k=count)
        return [hour + random.randrange(3600) * SECOND for hour in hours]


def _weekday(at: int) -> int:
    return (EPOCH + timedelta(microseconds=at)).astimezone(TOWN_TIME).weekday()


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Split `total` into whole numbers in proportion to `weights`; the largest remainders round up."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (counts[index] - exact[index], index))
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    return counts


def lasting(median: int, longest: int, random: Random) -> int:
    """Draw a log-normal time, whole seconds, of at least a minute and at most `longest`."""
    for _ in range(20):
        duration = int(median / SECOND * random.lognormvariate(0, 0.8)) * SECOND
        if MINUTE <= duration <= longest:
            return duration
    return MINUTE + below(longest - MINUTE, random)


def below(limit: int, random: Random) -> int:
    """Draw a time below `limit` (both in microseconds), whole seconds."""
    return random.randrange(max(1, limit // SECOND)) * SECOND
