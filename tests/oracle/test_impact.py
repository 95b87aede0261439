"""Holds the oracle's users and user-hours of outages to figures worked out by hand, and to a count by the minute."""

import random
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest

from tests.oracle import Message
from tests.oracle.counting import MINUTE, limits
from tests.oracle.outages import OutageFigures
from tests.oracle.town import at, count, outage

HOUR: Final = 60 * MINUTE
LATE_JUNE: Final = "2009-06-30T{}:00+08:00"


def numbers(first: int, last: int) -> dict[str, list[list[str]]]:
    """A scope of the numbers 6630000 + `first` to 6630000 + `last`."""
    return {"ranges": [[str(6630000 + first), str(6630000 + last)]]}


def hours(user_microseconds: int | None) -> Fraction | int | None:
    return None if user_microseconds is None else Fraction(user_microseconds, HOUR)


def lone(*, period: str = "2009-07", as_of: str = at("20 00:00"), **fields: Any) -> OutageFigures:
    """The figures of one outage that is alone."""
    figures = count(outage("a", **fields), period=period, as_of=datetime.fromisoformat(as_of))
    return figures.outages["a"]


def net(*messages: Message, **more: Any) -> dict[str, tuple[Fraction | int | None, int | None]]:
    """Each outage's net user-hours and interruptions."""
    found = count(*messages, **more).outages
    return {
        one: (hours(figures.impact.net_user_microseconds), figures.impact.interruptions)
        for one, figures in found.items()
    }


def test_a_range_holds_both_its_ends() -> None:
    """6182560 to 6182687 are 128 numbers; out for two hours they are 256 user-hours."""
    impact = lone(restored_at=at("10 14:00")).impact
    assert (impact.users, impact.users_from, impact.users_out) == (128, "range", 0)
    assert hours(impact.user_microseconds) == hours(impact.whole_user_microseconds) == 256
    assert (hours(impact.net_user_microseconds), impact.interruptions) == (256, 128)


@pytest.mark.parametrize(
    ("scope", "users"),
    [
        ({"ranges": [["6630000", "6630009"], ["6630005", "6630014"], ["6630014", "6630014"]]}, 15),
        ({"ranges": [["0100", "0109"], ["100", "109"]]}, 20),  # a leading nought makes another number
        ({"ranges": [["099", "100"]]}, 2),
        ({"ranges": [["1" * 32, "1" * 31 + "9"]]}, 9),
        ({"prefixes": ["6630000"]}, None),
        ({"ranges": [["6630000", "6630009"]], "prefixes": ["6630000"]}, None),
        ({"ranges": [["6630000", "6630009"]], "sites": ["FTTB媒体箱"]}, None),
    ],
)
def test_ranges_alone_have_a_size(scope: object, users: int | None) -> None:
    """Distinct numbers of all ranges together; a bare prefix or site makes the users unknown, and their hours."""
    impact = lone(scope=scope, restored_at=at("10 13:00")).impact
    assert (impact.users, impact.users_from) == (users, "unknown" if users is None else "range")
    assert hours(impact.user_microseconds) == hours(impact.net_user_microseconds) == users


def test_an_estimate_goes_before_the_ranges_and_the_directory_before_both() -> None:
    """The paper says 127 of 128 numbers; the directory knows three in scope: by range, by prefix, by site."""
    assert lone(users=127).impact[:2] == (127, "given")
    directory = {"6182600": "机房", "6639999": "机房", "7001111": "FTTB媒体箱", "7001112": "机房"}
    scope = {"ranges": [["6182560", "6182687"]], "prefixes": ["663"], "sites": ["FTTB媒体箱"]}
    impact = count(outage("a", users=127, scope=scope, restored_at=at("10 13:00")), directory=directory).outages["a"]
    assert impact.impact[:2] == (3, "directory")
    assert hours(impact.impact.user_microseconds) == 3
    unknown_there = count(outage("a", users=127), directory={"7001112": "机房"}).outages["a"]
    assert unknown_there.impact[:2] == (127, "given")


@pytest.mark.parametrize("given", [{"users": 128}, {}])
def test_steps_bring_a_part_back_at_a_time(given: dict[str, int]) -> None:
    """28 users for 1 h, 50 for 2 h, the other 50 for 3 h: 278; half past one there are 100 out, at three none."""
    steps = [{"at": at("10 13:00"), "users": 28}, {"at": at("10 14:00"), "users": 50}]
    fields: dict[str, Any] = {"steps": steps, "restored_at": at("10 15:00"), **given}
    assert hours(lone(**fields).impact.user_microseconds) == 278
    at_times = {"13:00": (100, 128), "13:30": (100, 178), "14:59": (50, 228 + Fraction(50 * 59, 60)), "15:00": (0, 278)}
    for time, (users_out, user_hours) in at_times.items():
        impact = lone(**fields, as_of=at(f"10 {time}")).impact
        assert (impact.users_out, hours(impact.user_microseconds)) == (users_out, user_hours)


def test_an_open_outage_grows_with_the_clock() -> None:
    """Nobody is out before it starts; at its start all have lost it, for no time yet; a day later 24 hours each."""
    growth = {"10 11:59": (0, 0, 0), "10 12:00": (128, 0, 128), "11 12:00": (128, 128 * 24, 128)}
    for time, expected in growth.items():
        impact = lone(as_of=at(time)).impact
        assert (impact.users_out, hours(impact.user_microseconds), impact.interruptions) == expected


def test_a_months_edge_cuts_an_outage() -> None:
    """From 23:00 on 30 June to 02:00: one hour is June's, two are July's; the lines lost service in June."""
    fields: dict[str, Any] = {
        "started_at": LATE_JUNE.format("23:00"),
        "restored_at": at("01 02:00"),
        "scope": numbers(0, 9),
    }
    june, july = (lone(period=period, **fields).impact for period in ("2009-06", "2009-07"))
    assert [hours(month.user_microseconds) for month in (june, july)] == [10, 20]
    assert [hours(month.net_user_microseconds) for month in (june, july)] == [10, 20]
    assert [hours(month.whole_user_microseconds) for month in (june, july)] == [30, 30]
    assert [month.interruptions for month in (june, july)] == [10, 0]


def test_a_line_that_two_outages_hold_is_the_first_ones() -> None:
    """a: lines 0–99 from 12 to 14; b: lines 50–149 from 13 to 15. Each has 200 user-hours; of b's the hour from 13 to
    14 of lines 50–99 is a's, and only lines 100–149 lost their service by it."""
    first = outage("a", scope=numbers(0, 99), restored_at=at("10 14:00"))
    second = outage("b", scope=numbers(50, 149), started_at=at("10 13:00"), restored_at=at("10 15:00"))
    figures = count(second, first).outages
    assert [hours(figures[one].impact.user_microseconds) for one in "ab"] == [200, 200]
    half_past_one = count(first, second, as_of=datetime.fromisoformat(at("10 13:30"))).outages
    assert [half_past_one[one].impact.users_out for one in "ab"] == [100, 100]
    assert [half_past_one[one].impact.net_users_out for one in "ab"] == [100, 50]
    assert net(first, second) == net(second, first) == {"a": (200, 100), "b": (150, 50)}


def test_a_step_restores_the_lowest_numbers_that_are_still_out() -> None:
    """Of lines 0–99 the 40 lowest are back at 13:00: another outage at 14:00 takes those anew, the others not."""
    steps = [{"at": at("10 13:00"), "users": 15}, {"at": at("10 13:00"), "users": 25}]
    first = outage("a", scope=numbers(0, 99), steps=steps, restored_at=at("10 16:00"))
    later: dict[str, Any] = {"started_at": at("10 14:00"), "restored_at": at("10 15:00")}
    assert net(first, outage("b", scope=numbers(0, 39), **later))["b"] == (40, 40)
    assert net(first, outage("b", scope=numbers(40, 99), **later))["b"] == (0, 0)
    assert net(first, outage("b", scope=numbers(39, 40), **later))["b"] == (1, 1)


def test_an_outage_inside_another_adds_nothing_and_one_right_after_it_interrupts_nobody() -> None:
    """b lies within a's lines and time; c takes a's lines at the instant at which a lets go of them."""
    first = outage("a", scope=numbers(0, 9), restored_at=at("10 14:00"))
    inside = outage("b", scope=numbers(3, 5), started_at=at("10 12:30"), restored_at=at("10 13:30"))
    after = outage("c", scope=numbers(0, 9), started_at=at("10 14:00"), restored_at=at("10 15:00"))
    assert net(first, inside, after) == {"a": (20, 10), "b": (0, 0), "c": (10, 0)}


def test_lines_are_handed_on_over_a_months_edge() -> None:
    """June's outage ends as July begins, and July's begins there with one line more: that one alone loses service."""
    june = outage("a", scope=numbers(0, 9), started_at=LATE_JUNE.format("23:00"), restored_at=at("01 00:00"))
    july = outage("b", scope=numbers(0, 10), started_at=at("01 00:00"), restored_at=at("01 01:00"))
    assert net(june, july) == {"b": (11, 1)}


def test_of_two_that_start_together_the_smaller_id_has_the_lines() -> None:
    """Ten lines for an hour, then the longer one alone for another."""
    found = net(
        outage("b", scope=numbers(0, 9), restored_at=at("10 14:00")),
        outage("a", restored_at=at("10 13:00"), scope=numbers(0, 9)),
    )
    assert found == {"a": (10, 10), "b": (10, 0)}


def test_given_estimates_add_up() -> None:
    """Nobody knows whose lines they are: 600 and 30 users of the same ten numbers, for an hour, beside the range."""
    hour: dict[str, Any] = {"restored_at": at("10 13:00"), "scope": numbers(0, 9)}
    found = net(outage("a", users=600, **hour), outage("b", users=30, **hour), outage("c", **hour))
    assert found == {"a": (600, 600), "b": (30, 30), "c": (10, 10)}


def test_planned_work_and_suspicions_are_kept_apart() -> None:
    """All four hold the same ten lines for an hour: what is planned overlaps only with what is planned."""
    hour: dict[str, Any] = {"restored_at": at("10 13:00"), "scope": numbers(0, 9)}
    messages = [
        outage("a", **hour, status="suspected"),
        outage("b", **hour, planned=True),
        outage("c", **hour, planned=True, status="restored"),
        outage("d", **hour, status="confirmed", planned=False),
        outage("e", **hour, planned=True, status="suspected"),
        outage("f", **hour, status="rejected"),
    ]
    kinds = {one: figures.kind for one, figures in count(*messages).outages.items()}
    assert kinds == {"a": "suspected", "b": "planned", "c": "planned", "d": "confirmed", "e": "suspected"}
    assert net(*messages) == {"a": (0, 0), "b": (10, 10), "c": (0, 0), "d": (10, 10), "e": (0, 0)}


def test_the_newest_revision_is_what_happened() -> None:
    """Narrowed, restored earlier, rejected, taken back: each time as if the older revisions had never been."""
    wide = outage("a", scope=numbers(0, 99), restored_at=at("10 14:00"))
    narrow = outage("a", revision=2, scope=numbers(0, 9), restored_at=at("10 13:00"))
    rejected = outage("a", revision=3, scope=numbers(0, 9), status="rejected")
    again = outage("a", revision=4, scope=numbers(0, 9), restored_at=at("10 13:00"))
    assert net(wide) == {"a": (200, 100)}
    assert net(narrow, wide) == net(rejected, again, wide, narrow) == {"a": (10, 10)}
    assert net(wide, narrow, rejected) == {}


def minute_by_minute(messages: list[dict[str, Any]], period: str, as_of: int) -> tuple[Counter[str], Counter[str]]:
    """User-minutes of each outage and its interruptions, by asking every line in every minute."""
    begin, end = limits(period)
    minutes, interruptions = Counter[str](), Counter[str]()
    in_order = sorted(messages, key=lambda one: (one["start"], one["id"]))
    for line in range(60):
        had_service = True
        for minute in range(begin - 300 * MINUTE, min(end, as_of + MINUTE), MINUTE):
            holding = [one["id"] for one in in_order if one["start"] <= minute < back_at(one, line)]
            if holding and minute >= begin:
                minutes[holding[0]] += minute < as_of
                interruptions[holding[0]] += had_service
            had_service = not holding
    return minutes, interruptions


def back_at(one: dict[str, Any], line: int) -> float:
    """When a line has its service again; before the start if it is none of the outage's."""
    if not one["first"] <= line <= one["last"]:
        return 0
    place = line - one["first"]
    for moment, users in one["steps"]:
        if place < users:
            return float(moment)
        place -= users
    return float("inf") if one["end"] is None else float(one["end"])


@pytest.mark.parametrize("seed", range(6))
def test_every_line_in_every_minute(seed: int) -> None:
    """Twelve random outages on 60 lines around the first of July, in steps, some open: what a count of every line in
    every minute gives, for each outage."""
    rng = random.Random(seed)
    midnight = limits("2009-07")[0]
    drawn, messages = [], []
    for number in range(12):
        first = rng.randrange(60)
        last = rng.randrange(first, 60)
        start = midnight + rng.randrange(-300, 300) * MINUTE
        steps = sorted((start + rng.randrange(200) * MINUTE, rng.randrange(1 + (last - first) // 2)) for _ in range(2))
        end = rng.choice([None, steps[-1][0] + rng.randrange(200) * MINUTE])
        drawn.append({"id": f"o{number}", "start": start, "first": first, "last": last, "steps": steps, "end": end})
        messages.append(
            outage(
                f"o{number}",
                scope=numbers(first, last),
                started_at=written(start),
                steps=[{"at": written(moment), "users": users} for moment, users in steps],
                restored_at=None if end is None else written(end),
            )
        )
    as_of = midnight + rng.randrange(100, 600) * MINUTE
    found = count(*messages, as_of=datetime.fromisoformat(written(as_of))).outages
    minutes, interruptions = minute_by_minute(drawn, "2009-07", as_of)
    assert minutes.total() > 0
    assert {one: figures.impact.net_user_microseconds for one, figures in found.items()} == {
        one: minutes[one] * MINUTE for one in found
    }
    assert {one: figures.impact.interruptions for one, figures in found.items()} == {
        one: interruptions[one] for one in found
    }


def written(moment: int) -> str:
    """An instant as messages write it."""
    return (datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(microseconds=moment)).isoformat()
