"""IEEE 1366's figures, by hand."""

from __future__ import annotations

from fractions import Fraction
from math import exp, isclose, log

import pytest

from streams.core.months import HOUR, MINUTE
from streams.core.outages.impact import Totals
from streams.core.outages.reliability import FIVE_YEARS_DAYS, Reliability, reliability, split, threshold

SERVED = 1_000


def out(users: int, minutes: int) -> Totals:
    """Return the totals of one outage of so many users and minutes."""
    return Totals(outages=1, users=users, user_microseconds=users * minutes * MINUTE)


def test_the_three_figures() -> None:
    """128 users out for two hours, 72 for one, of 1,000: 0.2 interruptions and 19.68 minutes each, 98.4 a time."""
    found = reliability(out(128, 120) + out(72, 60), SERVED)
    assert found == Reliability(
        saifi=Fraction(1, 5), saidi_minutes=Fraction(1968, 100), caidi_minutes=Fraction(984, 10)
    )
    assert found.caidi_minutes == found.saidi_minutes / found.saifi


@pytest.mark.parametrize("served", [None, 0])
def test_without_lines_in_service_nothing_is_shared_out(served: int | None) -> None:
    """CAIDI needs nobody else: it is the time of one interruption."""
    assert reliability(out(10, 60), served) == Reliability(saifi=None, saidi_minutes=None, caidi_minutes=Fraction(60))


def test_without_interruptions_none_has_a_length() -> None:
    """Time of an outage that began before the period is in SAIDI, not in an interruption of the period."""
    carried_over = Totals(user_microseconds=10 * HOUR)
    assert reliability(carried_over, SERVED) == Reliability(saifi=0, saidi_minutes=Fraction(6, 10), caidi_minutes=None)


def test_the_threshold_of_major_days() -> None:
    """ln SAIDI is 0 on half of the days, 2 on the others: mean 1, deviation 1, T_MED e^3.5. Quiet days count not."""
    loud = [Fraction(1), Fraction(exp(2))] * 500
    quiet = [Fraction(0)] * (FIVE_YEARS_DAYS - len(loud))
    found = threshold(loud + quiet)
    assert found is not None
    assert isclose(log(found), 1 + 2.5, rel_tol=1e-3)
    assert threshold(loud) is None
    assert threshold([Fraction(0)] * FIVE_YEARS_DAYS) is None
    assert threshold([Fraction(0)] * FIVE_YEARS_DAYS + [Fraction(1)]) is None


def test_a_month_with_and_without_its_major_day() -> None:
    """A day above the threshold is named and left out; one that equals it is not above."""
    days = {"2009-07-01": out(10, 60), "2009-07-02": out(500, 60), "2009-07-03": out(50, 60)}
    found = split(days, SERVED, 3.0)
    assert found.major_days == ("2009-07-02",)
    assert found.with_major_days == reliability(out(560, 60), SERVED)
    assert found.without_major_days == reliability(out(60, 60), SERVED)


def test_without_a_threshold_no_day_is_major() -> None:
    """Before there are five years of data both figures are the same."""
    found = split({"2009-07-02": out(500, 60)}, SERVED, None)
    assert found.major_days == ()
    assert found.with_major_days == found.without_major_days
