"""What a target still allows this month, and when today's pace has spent it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from streams.core.forecast import Budget, Elapsed, budget
from streams.core.months import DAY

FIVE_PERCENT = Fraction(1, 20)


def after(days: int) -> Elapsed:
    """Return a month of 30 days of which `days` have gone by."""
    return Elapsed(0, 30 * DAY, days * DAY)


def test_half_of_a_month_within_its_budget() -> None:
    """20 bad of 500 in 15 days: 1,000 are expected, 50 may be bad, 30 are left, and the month ends first."""
    assert budget(20, 500, FIVE_PERCENT, after(15)) == Budget(Fraction(50), Fraction(30), None)


def test_a_pace_above_the_target_has_its_day() -> None:
    """30 bad of 500 in 15 days: at 2 a day the 50 of the month are spent after 25 days."""
    assert budget(30, 500, FIVE_PERCENT, after(15)) == Budget(Fraction(50), Fraction(20), 25 * DAY)


def test_an_overspent_budget_is_below_nothing() -> None:
    """60 bad where 50 are allowed: 10 too many, spent after 12.5 of the 15 days."""
    assert budget(60, 500, FIVE_PERCENT, after(15)) == Budget(Fraction(50), Fraction(-10), 25 * DAY // 2)


def test_a_month_that_is_over_has_no_pace() -> None:
    """After the end nothing more is expected: what is left stays, and no day is named."""
    assert budget(60, 1000, FIVE_PERCENT, after(35)) == Budget(Fraction(50), Fraction(-10), None)


def test_a_month_that_has_not_begun_has_no_budget() -> None:
    """There is no pace to go by before the first instant."""
    assert budget(0, 1, FIVE_PERCENT, after(0)) is None


def test_without_anything_bad_nothing_is_spent() -> None:
    """No bad events: the whole budget is left, and no day spends it."""
    assert budget(0, 500, FIVE_PERCENT, after(15)) == Budget(Fraction(50), Fraction(50), None)


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 29))
def test_the_day_is_past_when_and_only_when_it_is_overspent(bad: int, more: int, days: int) -> None:
    """What is left is 0 or less exactly where the day named lies behind us."""
    found = budget(bad, bad + more, FIVE_PERCENT, after(days))
    assert found is not None
    assert (found.left <= 0) == (found.spent_at is not None and found.spent_at <= days * DAY)
