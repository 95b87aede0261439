"""What a figure rests on: exactly the cells without which it would be another one, in trials that do not grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from streams.core.checks import Check, checks
from streams.core.explaining import Standing, cells_behind
from streams.core.rollups import Counts
from streams.core.snapshot import trend_months
from streams.core.tables import MonthFigures, month_tables
from tests.core.installation import DEFINITIONS, Installation, at, generated

PERIOD = "2009-07"
PRODUCTS = 500


def tables(counts: Counts) -> dict[str, Any]:
    """Return July's tables."""
    return month_tables(MonthFigures(PERIOD, counts, None, DEFINITIONS, date(2009, 7, 31)))


def raised(tree: Any) -> Any:
    """Return a tree with every number one higher: as if all of it were printed wrongly."""
    if isinstance(tree, dict):
        return {key: raised(content) for key, content in tree.items()}
    if isinstance(tree, list):
        return [raised(content) for content in tree]
    return tree + 1 if isinstance(tree, int | float) and not isinstance(tree, bool) else tree


class Trials:
    """Makes figures of counts, and counts how often."""

    def __init__(self, printed: Mapping[str, Any]) -> None:
        self.printed, self.number = printed, 0

    def __call__(self, counts: Counts) -> dict[str, Any]:
        self.number += 1
        return {check.where: check.recomputed for check in checks(self.printed, tables(counts))}


@pytest.fixture(scope="module")
def july() -> Counts:
    """Return a month of some 60 tickets."""
    installation = Installation()
    installation.send(generated(7, 60, at("2009-07-02 00:00"), 28))
    installation.count(at("2009-08-05 12:00"))
    return trend_months(PERIOD, installation.tallies)[PERIOD]


def found_in(counts: Counts) -> tuple[list[Check], Trials]:
    """Return the checks of a report in which every number is wrong, and what tries its figures."""
    printed = raised(tables(counts))
    return checks(printed, tables(counts)), Trials(printed)


def test_a_figure_rests_on_the_cells_without_which_it_would_be_another_one(july: Counts) -> None:
    """Each whole number of the tables is the sum of its cells' counts times their effects, and no cell is left out."""
    found, trials = found_in(july)
    behind = cells_behind(found, july, trials)
    places = {check.where: check.recomputed for check in found if isinstance(check.recomputed, int)}
    summed = {where for where, figure in places.items() if figure and behind[where]}
    assert len(summed) > 15
    for where in summed:
        told = sum(july[measure].get(labels, 0) * (effect or 0) for (measure, labels), effect in behind[where].items())
        assert told == places[where], where
    for measure, labels in {cell for where in summed for cell in behind[where]}:
        if labels not in july[measure]:
            continue
        cells = {other: number for other, number in july[measure].items() if other != labels}
        without = trials({**july, measure: cells})
        moved = {where for where in summed if without.get(where) != places[where]}
        assert {where for where in summed if (measure, labels) in behind[where]} <= moved


def test_the_trials_do_not_grow_with_the_month(july: Counts) -> None:
    """Hundreds of cells more that no table tells apart cost no trial more."""
    many = {
        **july,
        "fault_tickets": {
            **july["fault_tickets"],
            **{("broadband", f"P{number}", "我的E家", "E8", "简阳"): 1 for number in range(PRODUCTS)},
        },
    }
    few_found, few = found_in({**many, "fault_tickets": dict(list(many["fault_tickets"].items())[: 1 - PRODUCTS])})
    cells_behind(few_found, july, few)
    many_found, trials = found_in(many)
    behind = cells_behind(many_found, many, trials)
    assert trials.number <= few.number + 2
    assert max(map(len, behind.values())) >= PRODUCTS


def standing(of: Callable[[str], bool], july: Counts) -> dict[str, Standing]:
    """Return what the figures at some places rest on."""
    found, trials = found_in(july)
    behind = cells_behind([check for check in found if of(check.where)], july, trials)
    return {where: Standing(cells) for where, cells in behind.items()}


def test_how_many_are_lacking_follows_from_counts_and_rates(july: Counts) -> None:
    """Three more of a count; of a rate as many as raise it so far; of what is too low, and of words, nothing."""
    found = standing(lambda where: where.startswith("repeat_reports.E8.合计"), july)
    reporters, repeaters, rate = tables(july)["repeat_reports"]["E8"]["合计"]
    count_of, rate_of = found["repeat_reports.E8.合计[1]"], found["repeat_reports.E8.合计[2]"]
    assert count_of.lacking(repeaters + 3, repeaters) == 3
    assert rate_of.lacking(round((repeaters + 3) / reporters * 100, 2), rate) in (3, 4)
    assert count_of.lacking(repeaters - 1, repeaters) is None
    assert count_of.lacking("many", repeaters) is None
    assert {rule.indicator.id for rule in rate_of.rules} == {"repeat_report_rate"}
