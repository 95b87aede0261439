"""Months beside each other: points against percent, from zero no growth, gaps in series, ranks of branches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from streams.core.comparisons import (
    compared_counts,
    compared_indicators,
    earlier_periods,
    growth_percent,
    ranked,
    series,
)
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


def test_the_months_compared_with() -> None:
    """The one before, over the turn of the year too, and the same one of last year."""
    assert earlier_periods("2009-01") == {"previous_month": "2008-12", "previous_year": "2008-01"}


def test_a_rate_changes_by_points_towards_better_or_worse(months: dict[str, Snapshot]) -> None:
    """75 % to 70 % in all is 5 points worse, 75 % to 90 % in 现业 is 15 points better; 简阳 has no June."""
    july, june = months["2009-07"], months["2009-06"]
    found = {
        one.labels.get("branch"): (one.points, one.direction)
        for one in compared_indicators(july, june)
        if one.id == RATE and one.labels.keys() <= {"branch"}
    }
    assert found == {None: ("-5.00", "worse"), "现业": ("15.00", "better"), "简阳": (None, None)}
    backwards = [one for one in compared_indicators(june, july) if (one.id, one.labels) == (RATE, {})]
    assert [(one.points, one.direction) for one in backwards] == [("5.00", "better")]


def test_a_rate_beside_itself_is_the_same(months: dict[str, Snapshot]) -> None:
    """Wherever there is something to divide by; elsewhere no change is told."""
    for one in compared_indicators(months["2009-07"], months["2009-07"]):
        assert (one.points, one.direction) == (("0.00", "same") if one.now.denominator else (None, None))


def test_a_count_grows_in_percent_of_what_it_was(months: dict[str, Snapshot]) -> None:
    """40 to 80 in all is 100 %; from no ticket to 40 in 简阳 is no number; what is gone again is minus 100 %."""
    july, june = months["2009-07"], months["2009-06"]
    there, back = (
        {
            one.labels.get("branch"): (one.before, one.now, one.difference, one.growth_percent)
            for one in compared_counts(*pair)
            if one.id == "fault_tickets" and one.labels.keys() <= {"branch"}
        }
        for pair in ((july, june), (june, july))
    )
    assert there == {None: (40, 80, 40, "100.00"), "现业": (40, 40, 0, "0.00"), "简阳": (0, 40, 40, None)}
    assert back["简阳"] == (40, 0, -40, "-100.00")


def test_july_s_growth_is_of_the_month_before() -> None:
    """10,316 after 6,955 broadband tickets is 48.32 %, not 3,361/10,316 = 32.6 %, as the report printed it."""
    assert growth_percent(10316, 6955) == "48.32"
    assert growth_percent(10316, 0) is None


def test_a_series_keeps_its_gaps(months: dict[str, Snapshot]) -> None:
    """Twelve months, oldest first; a month that is not known, and one without the figure, are None."""
    in_all = series(months, RATE, {}, "2009-07")
    assert [month for month, _ in in_all] == [
        *(f"2008-{n:02}" for n in range(8, 13)),
        *(f"2009-0{n}" for n in range(1, 8)),
    ]
    assert in_all[-2:] == [("2009-06", Ratio.of((30, 40))), ("2009-07", Ratio.of((56, 80)))]
    assert {figure for _, figure in in_all[:-2]} == {None}
    assert series(months, RATE, {"branch": "简阳"}, "2009-07", 2) == [
        ("2009-06", None),
        ("2009-07", Ratio.of((20, 40))),
    ]


def test_the_best_branch_is_the_first(months: dict[str, Snapshot]) -> None:
    """The side that the catalogue calls better is the first; within other labels too."""
    assert [(one.rank, one.value) for one in ranked(months["2009-07"], RATE, "branch")] == [(1, "现业"), (2, "简阳")]
    within = ranked(months["2009-07"], RATE, "branch", {"service": "broadband"})
    assert [(one.rank, one.figure) for one in within] == [(1, Ratio.of((36, 40))), (2, Ratio.of((20, 40)))]
    assert ranked(months["2009-07"], RATE, "branch", {"service": "mobile"}) == []


def with_branches(snapshot: Snapshot, indicator: str, figures: dict[str, tuple[int, int]]) -> Snapshot:
    """Return the snapshot with an indicator's figures by branch in place of all others."""
    [model, *_] = [one for one in snapshot.indicators if one.id == RATE]
    made = [
        msgspec.structs.replace(
            model, id=indicator, labels={"branch": name}, numerator=figure[0], denominator=figure[1]
        )
        for name, figure in figures.items()
    ]
    return msgspec.structs.replace(snapshot, indicators=made)


def test_equals_share_a_rank_and_small_samples_have_none(months: dict[str, Snapshot]) -> None:
    """The fewest repeats are the best; two calls are too few to rank by, though both were reached."""
    repeats = {"a": (10, 100), "b": (20, 200), "c": (5, 100), "d": (50, 100)}
    found = ranked(with_branches(months["2009-07"], "repeat_report_rate", repeats), "repeat_report_rate", "branch")
    assert [(one.rank, one.value) for one in found] == [(1, "c"), (2, "a"), (2, "b"), (4, "d")]
    calls = {"few": (2, 2), "many": (50, 100)}
    found = ranked(with_branches(months["2009-07"], "callback_reached_rate", calls), "callback_reached_rate", "branch")
    assert [(one.rank, one.value) for one in found] == [(1, "many"), (None, "few")]
