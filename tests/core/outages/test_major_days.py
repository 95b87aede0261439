"""Major days: found once five years of outages are known, judged by the whole, taken off every branch."""

from __future__ import annotations

from datetime import datetime, timedelta

from streams.core.events.outage import Outage, Scope
from streams.core.months import HOUR, instant_of
from streams.core.outages.impact import Totals
from streams.core.outages.major_days import MajorDays, major_days
from tests.core.installation import DEFINITIONS, ZONE, at

NOW = instant_of(at("2009-08-01 00:00"))


def out(start: datetime, hours: int, users: int, prefix: str = "63") -> Outage:
    """Return an outage of so many users."""
    end = start + timedelta(hours=hours)
    return Outage(
        id=f"{start:%Y%m%d%H}-{prefix}",
        revision=0,
        updated_at=start,
        started_at=start,
        restored_at=end,
        users=users,
        scope=Scope(prefixes=[prefix]),
    )


def years(first: datetime) -> list[Outage]:
    """Return an outage of an hour on every tenth day before July, of 10 and 20 users by turns, from `first` on."""
    days = (datetime(2009, 7, 1, 8, tzinfo=ZONE) - first).days
    return [out(first + timedelta(days=day), 1, 10 + 10 * (day // 10 % 2)) for day in range(0, days, 10)]


FIVE_YEARS = years(datetime(2004, 6, 1, 8, tzinfo=ZONE))
STORM = [out(at("2009-07-05 08:00"), 4, 900), out(at("2009-07-05 09:00"), 1, 300, prefix="76")]
QUIET = [out(at("2009-07-06 08:00"), 1, 15)]


def july(outages: list[Outage]) -> MajorDays | None:
    """Return July's major days."""
    return major_days("2009-07", outages, DEFINITIONS, NOW)


def test_before_five_years_nothing_is_major() -> None:
    """Four years and eleven months are not enough, whatever happened; nor is nothing."""
    assert july([*years(datetime(2004, 8, 1, 8, tzinfo=ZONE)), *STORM]) is None
    assert july([]) is None


def test_a_storm_is_a_major_day_for_all_branches() -> None:
    """Its 4,800 user-hours are left out, also the 300 of a branch that would not have made the day a major one."""
    found = july([*FIVE_YEARS, *STORM, *QUIET])
    assert found is not None
    assert found.days == ("2009-07-05",)
    assert found.total_without == Totals(outages=1, users=15, user_microseconds=15 * HOUR)
    assert found.by_branch_without == {"现业": found.total_without}


def test_a_usual_day_is_none() -> None:
    """15 users for an hour lie between the usual 10 and 20."""
    found = july([*FIVE_YEARS, *QUIET])
    assert found is not None
    assert found.days == ()
    assert found.total_without.user_microseconds == 15 * HOUR


def test_days_add_up_over_midnight() -> None:
    """An outage over midnight counts in both days, its users once."""
    found = july([*FIVE_YEARS, out(at("2009-07-06 23:00"), 2, 10)])
    assert found is not None
    assert found.days == ()
    assert found.total_without == Totals(outages=1, users=10, user_microseconds=20 * HOUR)
