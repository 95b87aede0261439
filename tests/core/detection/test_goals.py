"""The goals of detection (docs/definitions.md), on a simulated month that no rule was tuned on."""

from __future__ import annotations

from statistics import median

from bench.detection.city import Plan, simulate
from bench.detection.scoring import Alarm, score
from streams.core.detection.retrospect import look_back
from streams.core.detection.rules import DetectionRules
from tests.core.detection.town import CALENDAR

PLAN = Plan(learning_days=7, days=30, outages=24, waves=1, smallest=4.0, largest=4.0, blocks_only=True)
SEED = 301


def test_a_month_of_a_city_meets_the_goals() -> None:
    """One false alarm at most, outages found in 15 minutes (median) and 30 (P95), in their cell, with their tickets."""
    city = simulate(SEED, PLAN)
    found = look_back([told.signal for told in city.told], CALENDAR, DetectionRules(), lambda _: None)
    alarms = [
        Alarm(
            at=alarm.at,
            cell=alarm.cell,
            is_wave=alarm.kind == "wave",
            begin=alarm.first_report_at,
            end=alarm.ended_at or city.end,
        )
        for alarm in found
    ]
    result = score(city, alarms)
    delays = sorted(result.delays)
    assert result.false_alarms + result.again <= 1
    assert len(delays) == result.outages == 24
    assert median(delays) <= 15
    assert delays[int(len(delays) * 0.95)] <= 30
    assert result.right_cells >= 0.9 * result.outages
    assert result.linked[0] >= 0.95 * result.linked[1]
    assert result.others[0] <= 0.02 * result.others[1]
    assert result.waves_called_waves == result.waves
