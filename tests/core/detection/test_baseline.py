"""What is usual in a cell, as it is learned."""

from __future__ import annotations

import pytest

from streams.core.detection.baseline import HOURS_A_WEEK, Baseline, assumed_shape
from streams.core.detection.rules import DetectionRules
from streams.core.months import DAY, HOUR
from tests.core.detection.town import CALENDAR, MONDAY

RULES = DetectionRules()


def _learned(days: int, an_hour: int, *, by_day_only: bool = False) -> Baseline:
    baseline = Baseline(learned_to=MONDAY)
    baseline.begin_week(of_the_city=True)
    for hour in range(24 * days):
        at = MONDAY + hour * HOUR
        if not by_day_only or 8 <= hour % 24 < 20:
            for ticket in range(an_hour):
                baseline.learn_time(at + ticket * HOUR // an_hour, CALENDAR, assumed_shape, RULES)
                baseline.learn_ticket(CALENDAR.hour_of_week(at), 1.0)
    baseline.learn_time(MONDAY + days * DAY, CALENDAR, assumed_shape, RULES)
    return baseline


def _expected(baseline: Baseline, hour_of_week: int) -> float:
    return baseline.level() * baseline.shape(hour_of_week, assumed_shape, RULES) * baseline.lately(RULES)


def test_the_assumed_day_has_a_mean_of_one() -> None:
    """A level in tickets an hour stays one, whatever the shape."""
    assert sum(map(assumed_shape, range(HOURS_A_WEEK))) == pytest.approx(HOURS_A_WEEK)


def test_hours_are_learned_within_a_week() -> None:
    """A cell that has 20 tickets an hour by day and none by night is expected to, though nights were assumed busier."""
    baseline = _learned(7, 20, by_day_only=True)
    assert _expected(baseline, 12) == pytest.approx(20, rel=0.25)
    assert _expected(baseline, 2) < 2


def test_a_silent_cell_is_forgotten_slowly_and_in_one_step_or_many() -> None:
    """Years of silence go by at once, and come to what hour by hour would."""
    at_once, by_weeks = _learned(14, 2), _learned(14, 2)
    end = MONDAY + 700 * DAY
    at_once.learn_time(end, CALENDAR, assumed_shape, RULES)
    for day in range(14, 701, 7):
        by_weeks.learn_time(MONDAY + day * DAY, CALENDAR, assumed_shape, RULES)
    assert at_once.learned_to == by_weeks.learned_to == end
    assert at_once.level() == pytest.approx(by_weeks.level(), abs=1e-6)
    assert at_once.hours == pytest.approx(by_weeks.hours, rel=0.05)


def test_a_jump_changes_the_level_and_no_shape() -> None:
    """A new level is expected at once, at other hours as many times as before."""
    baseline = _learned(14, 10, by_day_only=True)
    noon, morning = _expected(baseline, 12), _expected(baseline, 9)
    baseline.jump(40.0, baseline.shape(12, assumed_shape, RULES))
    assert _expected(baseline, 12) == pytest.approx(40, rel=0.15)
    assert _expected(baseline, 9) / _expected(baseline, 12) == pytest.approx(morning / noon, rel=0.1)
