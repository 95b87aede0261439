"""Figures as they are published: the interval of few answers, what a target still allows, and when a figure settles."""

from __future__ import annotations

from datetime import date, datetime

from streams.core.catalogue import callback_satisfied_rate, on_time_without_early_fault_rate, repeat_report_rate
from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Target
from streams.core.figures import IndicatorFigure, Period, TierBudget, indicator_figures
from streams.core.months import Calendar, instant_of
from streams.core.rollups import Counts
from tests.core.installation import DEFINITIONS, at

AFTERWARDS = at("2009-08-05 00:00")


def total(
    indicator: Indicator, counts: Counts, as_of: datetime = AFTERWARDS, targets: tuple[Target, ...] = ()
) -> IndicatorFigure:
    """Return July's figure over all labels."""
    period = Period("2009-07", Calendar(DEFINITIONS.timezone), instant_of(as_of))
    return next(indicator_figures(indicator, period, {"2009-07": counts}, targets))


def answers(satisfied: int, asked: int) -> Counts:
    """Return the counts of some call-backs by the province."""
    labels = ("complaint", "province", "现业")
    return {"callbacks_satisfied": {labels: satisfied}, "callbacks_asked_satisfied": {labels: asked}}


def reporters(again: int, reported: int) -> Counts:
    """Return the counts of some users."""
    everywhere = ("", "", "", "")
    return {"repeat_fault_reporters": {everywhere: again}, "fault_reporters": {everywhere: reported}}


def target(indicator: Indicator, tier: str, ratio: str) -> Target:
    """Return a target of an indicator's total."""
    return Target(indicator=indicator.id, labels={}, tier=tier, ratio=ratio, valid_from=date(2009, 1, 1))


def test_fewer_than_thirty_answers_are_too_few_and_have_an_interval() -> None:
    """15 of 20 may be 53.13 % to 88.81 %: too few for any verdict, whether there is a target or not."""
    found = total(callback_satisfied_rate.ENTRY, answers(15, 20))
    assert found.interval == ("0.531299", "0.888138")
    assert found.verdicts == {"province": "too_few", "city": "too_few"}
    judged = total(
        callback_satisfied_rate.ENTRY,
        answers(15, 20),
        targets=(target(callback_satisfied_rate.ENTRY, "province", "0.50"),),
    )
    assert judged.verdicts["province"] == "too_few"


def test_thirty_answers_are_judged() -> None:
    """From 30 on there is a verdict, and no interval."""
    found = total(
        callback_satisfied_rate.ENTRY,
        answers(29, 30),
        targets=(target(callback_satisfied_rate.ENTRY, "province", "0.95"),),
    )
    assert (found.interval, found.verdicts) == (None, {"province": "met", "city": "no_target"})


def test_the_budget_of_every_tier_that_has_a_target() -> None:
    """On 16 July at noon half of July is gone: 60 of 1,000 users; 2,000 are expected, 160 and 100 of them allowed."""
    found = total(
        repeat_report_rate.ENTRY,
        reporters(60, 1000),
        at("2009-07-16 12:00"),
        (target(repeat_report_rate.ENTRY, "province", "0.08"), target(repeat_report_rate.ENTRY, "city", "0.05")),
    )
    assert found.budget == {
        "province": TierBudget(target="0.08", allowed="160.00", left="100.00", spent_on=None),
        "city": TierBudget(target="0.05", allowed="100.00", left="40.00", spent_on="2009-07-26"),
    }


def test_where_higher_is_better_what_is_missing_is_spent() -> None:
    """5 of 100 not satisfied in half a month, 10 % of an expected 200 allowed: 15 are left."""
    found = total(
        callback_satisfied_rate.ENTRY,
        answers(95, 100),
        at("2009-07-16 12:00"),
        (target(callback_satisfied_rate.ENTRY, "province", "0.9"),),
    )
    assert found.budget == {"province": TierBudget(target="0.9", allowed="20.00", left="15.00", spent_on=None)}


def test_an_overspent_budget_is_written_with_its_sign() -> None:
    """8 of 100 after the month, 5 allowed: three too many."""
    found = total(
        repeat_report_rate.ENTRY, reporters(8, 100), targets=(target(repeat_report_rate.ENTRY, "city", "0.05"),)
    )
    assert found.budget == {"city": TierBudget(target="0.05", allowed="5.00", left="-3.00", spent_on=None)}


def test_without_target_or_anything_to_divide_by_there_is_no_budget() -> None:
    """Nothing is allowed or spent where nothing is asked for, or nobody reported."""
    one = (target(repeat_report_rate.ENTRY, "city", "0.05"),)
    assert total(repeat_report_rate.ENTRY, reporters(8, 100)).budget == {}
    assert total(repeat_report_rate.ENTRY, {}, targets=one).budget == {}


def test_a_figure_that_looks_beyond_its_month_is_provisional_until_it_settles() -> None:
    """July's orders may have early faults until 15 August has passed; other figures look at July alone."""
    orders: Counts = {"appointed_orders": {("none", "none", "现业"): 1}}
    days = ["2009-07-31 12:00", "2009-08-15 23:59", "2009-08-16 00:00"]
    found = [total(on_time_without_early_fault_rate.ENTRY, orders, at(day)).provisional_until for day in days]
    assert found == ["2009-08-16", "2009-08-16", None]
    assert total(repeat_report_rate.ENTRY, reporters(1, 2)).provisional_until is None
