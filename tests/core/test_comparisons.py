"""Months beside each other: points against percent, from zero no growth, gaps in series, ranks of branches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from streams.core.comparisons import Direction, calendar_trend, change_of, growth_percent, ranked
from streams.core.figures import IndicatorFigure
from streams.core.ratios import Ratio
from streams.core.snapshot import Snapshot, build_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, ticket

RATE = "timely_restoration_rate"
OPENED = {"2009-06": at("2009-06-10 10:00"), "2009-07": at("2009-07-10 10:00")}
DUE, RESTORED_LATE = 12, 13


def tickets(month: str, branch_digit: str, in_time: int, late: int) -> list[dict[str, Any]]:
    """Return tickets of one branch, so many restored in time and so many late."""
    opened = OPENED[month]
    return [
        ticket(
            f"{month}-{branch_digit}-{number}",
            f"{branch_digit}{number:06}",
            opened,
            due_at=_hour(opened, DUE),
            restored_at=opened if number < in_time else _hour(opened, RESTORED_LATE),
        )
        for number in range(in_time + late)
    ]


def _hour(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour)


@pytest.fixture(scope="module")
def months() -> dict[str, Snapshot]:
    """Return June (现业 alone: 30 of 40) and July (现业 36 of 40, 简阳 20 of 40)."""
    made = Installation()
    made.send([*tickets("2009-06", "6", 30, 10), *tickets("2009-07", "6", 36, 4), *tickets("2009-07", "7", 20, 20)])
    made.count(at("2009-08-05 00:00"))
    return {month: build_snapshot(month, made.tallies, DEFINITIONS) for month in OPENED}


def figure_of(snapshot: Snapshot, **labels: str) -> IndicatorFigure:
    """Return the indicator's figure for some labels."""
    return next(one for one in snapshot.indicators if (one.id, one.labels) == (RATE, labels))


def with_earlier(snapshot: Snapshot, identity: str, now: tuple[int, int], before: tuple[int, int]) -> IndicatorFigure:
    """Return a figure of an indicator with any counts, and any the month before."""
    return msgspec.structs.replace(
        figure_of(snapshot),
        id=identity,
        numerator=now[0],
        denominator=now[1],
        earlier={"previous_month": Ratio.of(before)},
    )


def test_a_rate_changes_by_points_towards_better_or_worse(months: dict[str, Snapshot]) -> None:
    """75 % to 70 % in all is 5 points worse, 75 % to 90 % in 现业 is 15 points better; 简阳 had nothing in June."""
    found = {}
    for labels in ({}, {"branch": "现业"}, {"branch": "简阳"}):
        change = change_of(figure_of(months["2009-07"], **labels), "previous_month")
        assert change is not None
        found[labels.get("branch")] = change.points, change.direction
    assert found == {None: ("-5.00", "worse"), "现业": ("15.00", "better"), "简阳": (None, None)}
    assert change_of(figure_of(months["2009-07"]), "previous_year") is None
    assert change_of(figure_of(months["2009-06"]), "previous_month") is None


@pytest.mark.parametrize(
    ("identity", "now", "before", "points", "direction"),
    [
        (RATE, (90, 100), (27, 30), "0.00", "same"),
        (RATE, (90, 100), (24, 30), "10.00", "better"),
        ("repeat_report_rate", (90, 100), (24, 30), "10.00", "worse"),
        (RATE, (90, 100), (0, 1), "90.00", None),
        ("callback_reached_rate", (29, 29), (10, 100), "90.00", None),
        ("callback_reached_rate", (90, 100), (1, 2), "40.00", None),
        (RATE, (0, 0), (8, 10), None, None),
    ],
)
def test_a_change_has_a_direction_where_both_samples_tell(
    months: dict[str, Snapshot],
    identity: str,
    now: tuple[int, int],
    before: tuple[int, int],
    points: str | None,
    direction: Direction | None,
) -> None:
    """The same is the same; more is better or worse as the catalogue has it; too few in either month tells nothing."""
    change = change_of(with_earlier(months["2009-07"], identity, now, before), "previous_month")
    assert change is not None
    assert (change.points, change.direction) == (points, direction)


def test_july_s_growth_is_of_the_month_before() -> None:
    """10,316 after 6,955 broadband tickets is 48.32 %, not 3,361/10,316 = 32.6 %, as the report printed it."""
    assert growth_percent(10316, 6955) == "48.32"
    assert growth_percent(10316, 0) is None


def test_a_series_keeps_its_gaps(months: dict[str, Snapshot]) -> None:
    """Twelve months, oldest first; a month that is not known, and one without the figure, are None."""
    in_all = calendar_trend(figure_of(months["2009-07"]), "2009-07")
    assert [month for month, _ in in_all] == [
        *(f"2008-{n:02}" for n in range(8, 13)),
        *(f"2009-0{n}" for n in range(1, 8)),
    ]
    assert [ratio for _, ratio in in_all] == [None] * 10 + ["0.750000", "0.700000"]
    assert [ratio for _, ratio in calendar_trend(figure_of(months["2009-07"], branch="简阳"), "2009-07")][-2:] == [
        None,
        "0.500000",
    ]


def test_the_best_branch_is_the_first(months: dict[str, Snapshot]) -> None:
    """The side that the catalogue calls better is the first; within other labels too."""
    assert [(one.rank, one.value) for one in ranked(months["2009-07"].indicators, RATE, "branch")] == [
        (1, "现业"),
        (2, "简阳"),
    ]
    within = ranked(months["2009-07"].indicators, RATE, "branch", {"service": "broadband"})
    assert [(one.rank, one.figure.numerator) for one in within] == [(1, 36), (2, 20)]
    assert ranked(months["2009-07"].indicators, RATE, "branch", {"service": "mobile"}) == []


def with_branches(snapshot: Snapshot, indicator: str, figures: dict[str, tuple[int, int]]) -> list[IndicatorFigure]:
    """Return an indicator's figures by branch."""
    [model, *_] = [one for one in snapshot.indicators if one.id == RATE]
    return [
        msgspec.structs.replace(
            model, id=indicator, labels={"branch": name}, numerator=figure[0], denominator=figure[1]
        )
        for name, figure in figures.items()
    ]


def test_equals_share_a_rank_and_small_samples_have_none(months: dict[str, Snapshot]) -> None:
    """The fewest repeats are the best; two calls are too few to rank by, though both were reached."""
    repeats = {"a": (10, 100), "b": (20, 200), "c": (5, 100), "d": (50, 100)}
    found = ranked(with_branches(months["2009-07"], "repeat_report_rate", repeats), "repeat_report_rate", "branch")
    assert [(one.rank, one.value) for one in found] == [(1, "c"), (2, "a"), (2, "b"), (4, "d")]
    calls = {"few": (2, 2), "many": (50, 100)}
    found = ranked(with_branches(months["2009-07"], "callback_reached_rate", calls), "callback_reached_rate", "branch")
    assert [(one.rank, one.value) for one in found] == [(1, "many"), (None, "few")]
