"""What a printed report gets wrong is found by comparing figures: with the events, and with each other."""

from __future__ import annotations

from operator import le
from typing import Any

from streams.core.checks import (
    NOT_PRINTED,
    NOTHING_TO_RECOMPUTE,
    OTHER_COUNTS,
    OTHER_FIGURE,
    OTHER_RANGE,
    OTHER_TABLE,
    TOO_MANY,
    checks,
)
from streams.core.tables.agreements import Agreement, agreements, at
from tests.core.installation import DEFINITIONS

Found = list[tuple[str, Any, Any, str]]


def found(printed: dict[str, Any], recomputed: dict[str, Any], *agreed: Agreement) -> Found:
    """Return what is listed."""
    return [(check.where, check.printed, check.recomputed, check.note) for check in checks(printed, recomputed, agreed)]


def test_what_differs_is_listed_and_nothing_else() -> None:
    """A wrong count in a row, a figure with no events behind it; chapters that nothing recomputes are passed over."""
    printed = {
        "mobile": {"rows": {"a": [3, 1, 33.33], "b": [3, 2, 66.67]}, "unheard_of": 7, "equal": 100, "blank": None},
        "plans": {"by": 15},
    }
    recomputed = {"mobile": {"rows": {"a": [3, 1, 33.33], "b": [3, 1, 33.33]}, "equal": 100.0, "blank": None}}
    assert found(printed, recomputed) == [
        ("mobile.rows.b[1]", 2, 1, OTHER_FIGURE),
        ("mobile.rows.b[2]", 66.67, 33.33, OTHER_FIGURE),
        ("mobile.unheard_of", 7, None, NOTHING_TO_RECOMPUTE),
    ]


def test_remarks_are_no_figures() -> None:
    """Words, and yes or no, that nothing recomputes are passed over."""
    assert not found({"a": {"note": "words", "within": True}}, {"a": {}})


def test_a_rate_as_printed_is_held_against_the_recomputed_one() -> None:
    """Alone as a key, or at the end of one."""
    printed = {"a": {"row": {"counts": [5, 1], "as_printed": 3.7}, "growth_pct_as_printed": 32.6}}
    recomputed = {"a": {"row": {"counts": [5, 1], "recomputed": 20.0}, "growth_pct_recomputed": 48.32}}
    assert found(printed, recomputed) == [
        ("a.row.as_printed", 3.7, 20.0, OTHER_COUNTS),
        ("a.growth_pct_as_printed", 32.6, 48.32, OTHER_COUNTS),
    ]


def test_a_list_as_printed_is_held_against_the_list_and_its_sum() -> None:
    """The printed sum is that of the recomputed list."""
    printed = {"a": {"kinds_as_printed": {"x": 1, "sum": 3}}}
    recomputed = {"a": {"kinds": {"x": 2, "y": 3}}}
    assert found(printed, recomputed) == [
        ("a.kinds_as_printed.x", 1, 2, OTHER_COUNTS),
        ("a.kinds_as_printed.sum", 3, 5, OTHER_COUNTS),
    ]


def test_an_overview_is_held_against_the_chapter_it_sums_up() -> None:
    """Its figures are those of the same names in the chapter's other tables; where two have one, nothing is known."""
    printed = {"a": {"overview_as_printed": {"timely_pct": 92.48, "said_twice": 1}}}
    recomputed = {"a": {"calls": {"timely_pct": 93.33, "said_twice": 1}, "others": {"said_twice": 2}}}
    assert found(printed, recomputed) == [
        ("a.overview_as_printed.timely_pct", 92.48, 93.33, OTHER_COUNTS),
        ("a.overview_as_printed.said_twice", 1, None, NOTHING_TO_RECOMPUTE),
    ]


AGREED = Agreement(("a", "here"), lambda tree: at(tree, ("a", "there")))


def test_two_tables_of_one_report_have_to_agree() -> None:
    """Both are what the events give, each by its own facts: the report still says two things of one."""
    printed = {"a": {"here": 4, "there": 1}}
    assert found(printed, printed, AGREED) == [("a.here", 4, 1, OTHER_TABLE)]


def test_a_report_may_follow_either_of_two_tables_throughout() -> None:
    """What the events give for the other table is right here too, once the report says it in both places."""
    recomputed = {"a": {"here": 4, "there": 1}}
    assert not found({"a": {"here": 1, "there": 1}}, recomputed, AGREED)
    assert not found({"a": {"here": 4}}, recomputed, AGREED)
    assert found({"a": {"here": 2, "there": 2}}, recomputed, AGREED) == [
        ("a.here", 2, 4, OTHER_FIGURE),
        ("a.there", 2, 1, OTHER_FIGURE),
    ]


def test_a_figure_is_listed_once() -> None:
    """One that neither the events nor the other table give stands in the list with the other table's figure."""
    assert found({"a": {"here": 5, "there": 1}}, {"a": {"here": 1, "there": 1}}, AGREED) == [
        ("a.here", 5, 1, OTHER_TABLE)
    ]


def test_a_figure_may_be_bounded_by_another() -> None:
    """No more than that: equal and less are right."""
    bounded = Agreement(("a", "here"), lambda tree: at(tree, ("a", "there")), le)
    listed = [found({"a": {"here": here, "there": 2}}, {}, bounded) for here in (1, 2, 3)]
    assert listed == [[], [], [("a.here", 3, 2, TOO_MANY)]]


def test_an_inclusive_range_holds_both_its_ends() -> None:
    """6182560 to 6182687 are 128 numbers, wherever in the report they stand."""
    scope = {"ranges": [["6182560", "6182687"]]}
    printed = {"outages": [{"users": 128, "scope": scope}, {"users": 127, "scope": scope}, {"users": 5, "scope": {}}]}
    assert found(printed, {}) == [("outages[1].users", 127, 128, OTHER_RANGE)]


def dated(day: str, **fields: Any) -> dict[str, Any]:
    """Return an entry of a list that is told apart by dates."""
    return {"date": day, **fields}


def test_dated_entries_are_compared_with_those_of_their_day() -> None:
    """One that only the report has, and one that only the events have, are named; the others still meet."""
    printed = {"outages": [dated("1", users=5), dated("2", users=6), dated("4", users=7)]}
    recomputed = {"outages": [dated("2", users=6), dated("3", users=1), dated("4", users=8)]}
    assert found(printed, recomputed) == [
        ("outages[0]", "1", None, NOTHING_TO_RECOMPUTE),
        ("outages[2].users", 7, 8, OTHER_FIGURE),
        ("outages", None, "3", NOT_PRINTED),
    ]


def test_two_entries_of_a_day_meet_in_order() -> None:
    """The first printed one is held against the first recomputed one."""
    entries = {"outages": [dated("1", users=5), dated("1", users=6)]}
    assert not found(entries, entries)


def test_users_may_be_those_of_the_ranges_or_those_estimated() -> None:
    """127 were said to be out, the range holds 128: who prints the one is told of the other, any third is wrong."""
    scope = {"ranges": [["6182560", "6182687"]]}
    recomputed = {"outages": [dated("5", users=127, scope=scope)]}
    listed = {
        users: found({"outages": [dated("5", users=users, scope=scope)]}, recomputed) for users in (127, 128, 130)
    }
    assert listed == {
        127: [("outages[0].users", 127, 128, OTHER_RANGE)],
        128: [],
        130: [("outages[0].users", 130, 128, OTHER_RANGE)],
    }


def test_calls_that_are_told_apart_by_subject_are_bounded_by_subject() -> None:
    """1,275 calls about 1,061 complaints cannot be; 1,275 calls of which 900 are about complaints can."""
    report = {"complaints": {"cases": 1061}, "satisfaction": {"local_callback": {"called": 1275}}}
    agreed = list(agreements(DEFINITIONS))
    assert [check.where for check in checks(report, {}, agreed)] == ["satisfaction.local_callback.called"]
    report["satisfaction"]["local_callback"]["called_by_subject"] = {"complaint": 900, "order": 375}
    assert not checks(report, {}, agreed)
