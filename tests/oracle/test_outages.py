"""Which outages a month has, of which branch, and which messages are none."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.oracle import Message
from tests.oracle.town import NOON, at, count, fault, outage, total_tickets

LATE_JUNE = "2009-06-30T{}:00+08:00"


def test_a_month_knows_the_outages_that_touch_it() -> None:
    """One that ended as July began is June's alone; one without an end is every later month's, none before it."""
    ended = outage("ended", started_at=LATE_JUNE.format("23:00"), restored_at=at("01 00:00"))
    endless = outage("endless", started_at=LATE_JUNE.format("23:00"))
    instant = outage("instant", started_at=at("01 00:00"), restored_at=at("01 00:00"))
    found = {period: set(count(ended, endless, instant, period=period).outages) for period in ("2009-06", "2009-07")}
    assert found == {"2009-06": {"ended", "endless"}, "2009-07": {"endless", "instant"}}
    assert count(endless, period="2009-05").outages == {}


@pytest.mark.parametrize(
    ("fields", "branch"),
    [
        ({"branch": "安岳"}, "安岳"),
        ({"scope": {"ranges": [["6630000", "6639999"]]}}, "现业"),
        ({"scope": {"ranges": [["7640000", "7649999"], ["7660000", "7660000"]]}}, "简阳"),
        ({"scope": {"ranges": [["7640000", "7660000"]]}}, "none"),  # 765 in its middle is 乐至
        ({"scope": {"ranges": [["7650000", "7659999"]], "prefixes": ["7651"]}}, "乐至"),
        ({"scope": {"prefixes": ["7"]}}, "none"),
        ({"scope": {"prefixes": ["764"]}}, "简阳"),
        ({"scope": {"ranges": [["66", "80"]]}}, "none"),
        ({"scope": {"ranges": [["76", "77"]]}}, "简阳"),
        ({"scope": {"ranges": [["7650000", "7650000"], ["6630000", "6630000"]]}}, "none"),
        ({"scope": {"prefixes": ["8"]}}, "none"),
        ({"scope": {"sites": ["FTTB媒体箱"]}}, "none"),
        ({"scope": {"sites": ["FTTB媒体箱"], "prefixes": ["663"]}}, "none"),
    ],
)
def test_an_outage_has_the_branch_of_all_its_numbers(fields: dict[str, Any], branch: str) -> None:
    """What it names itself goes first; numbers of several branches, or of none, have none."""
    assert count(outage("a", **fields)).outages["a"].branch == branch


def test_the_directory_tells_the_numbers_of_a_site() -> None:
    """A site whose known numbers are all of one branch is of that branch."""
    site = outage("a", scope={"sites": ["FTTB媒体箱"]})
    directory = {"7651111": "FTTB媒体箱", "7651112": "FTTB媒体箱", "6631111": "机房"}
    assert count(site, directory=directory).outages["a"].branch == "乐至"
    assert count(site, directory={**directory, "6631112": "FTTB媒体箱"}).outages["a"].branch == "none"
    assert count(site, directory={"6631111": "机房"}).outages["a"].branch == "none"


def ranges(*ends: Sequence[object]) -> dict[str, object]:
    return {"ranges": list(ends)}


def step(time: str, users: int) -> dict[str, object]:
    return {"at": at(time), "users": users}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (outage("a", scope=...), "missing_field"),
        (outage("a", scope=None), "missing_field"),
        (outage("a", scope={}), "missing_field"),
        (outage("a", scope={"ranges": [], "prefixes": None, "sites": []}), "missing_field"),
        (outage("a", scope={"exchanges": ["663"]}), "missing_field"),
        (outage("a", scope=["663"]), "wrong_type"),
        (outage("a", scope=ranges(["6630009", "6630000"])), "contradiction"),
        (outage("a", scope=ranges(["6630000", "66300009"])), "contradiction"),
        (outage("a", scope=ranges(["663000A", "663000B"])), "unknown_value"),
        (outage("a", scope=ranges(["", ""])), "unknown_value"),
        (outage("a", scope=ranges(["6630000"])), "wrong_type"),
        (outage("a", scope=ranges([6630000, 6630009])), "wrong_type"),
        (outage("a", scope=ranges(*[["6630000", "6630009"]] * 10_000)), "out_of_range"),
        (outage("a", scope={"prefixes": ["663x"]}), "unknown_value"),
        (outage("a", scope={"prefixes": ["663\n"]}), "unknown_value"),
        (outage("a", scope={"prefixes": ["６６３"]}), "unknown_value"),
        (outage("a", scope={"prefixes": ["6" * 33]}), "unknown_value"),
        (outage("a", scope={"prefixes": "663"}), "wrong_type"),
        (outage("a", scope={"sites": [""]}), "out_of_range"),
        (outage("a", started_at=...), "missing_field"),
        (outage("a", started_at="2009-07-10T12:00:00"), "no_time_zone"),
        (outage("a", restored_at=at("10 11:59")), "contradiction"),
        (outage("a", expected_at=at("10 11:59")), "contradiction"),
        (outage("a", status="restored"), "missing_field"),
        (outage("a", status="cancelled"), "unknown_value"),
        (outage("a", services="broadband"), "wrong_type"),
        (outage("a", services=["telegraph"]), "unknown_value"),
        (outage("a", users=-1), "out_of_range"),
        (outage("a", users=10**9 + 1), "out_of_range"),
        (outage("a", users="600"), "wrong_type"),
        (outage("a", planned=1), "wrong_type"),
        (outage("a", steps=[{"at": NOON}]), "missing_field"),
        (outage("a", steps=[step("10 11:59", 1)]), "contradiction"),
        (outage("a", steps=[step("10 13:00", 1), step("10 12:59", 1)]), "contradiction"),
        (outage("a", steps=[step("10 13:01", 1)], restored_at=at("10 13:00")), "contradiction"),
        (outage("a", steps=[step("10 13:00", 4), step("10 14:00", 3)], users=6), "contradiction"),
        (outage("a", steps=[step("10 13:00", 129)]), "contradiction"),
        (outage("a", steps=[step("10 13:00", 1)] * 101), "out_of_range"),
    ],
)
def test_what_is_no_outage_is_counted_by_its_reason(message: Message, reason: str) -> None:
    """It counts once under its reason, takes no report, and the good one beside it counts."""
    figures = count(message, outage("good"), fault("a"))
    assert (figures.unreadable, set(figures.outages)) == (Counter({reason: 1}), {"good"})
    assert figures.without_outages.tickets == figures.tickets


def test_the_widest_outages_are_readable() -> None:
    """Limits are inclusive; nulls, empty lists and labels, unknown fields, steps of everybody at once are readable."""
    most = ranges(*[["1" * 32, "1" * 32]] * 100)
    figures = count(
        outage("a" * 128, scope={**most, "prefixes": ["6" * 32], "sites": ["箱" * 120]}, users=10**9),
        outage("b", users=0, steps=[], services=[], owner="", cause=None, planned=None, status=None, extra=1),
        outage("c", restored_at=NOON, expected_at=NOON, steps=[step("10 12:00", 0)], status="restored"),
        outage("d", steps=[step("10 13:00", 100), step("10 13:00", 28)], restored_at=at("10 13:00")),
        outage("e", scope={"sites": ["机房"]}, steps=[step("10 13:00", 1000)]),
        outage("f", users=300, steps=[step("10 13:00", 300)], status="rejected"),
    )
    assert (figures.unreadable, len(figures.outages)) == (Counter(), 5)


def test_an_outage_is_known_by_its_id() -> None:
    """Its key is the id; an id that a ticket has as well is another thing; its month's closing holds for it too."""
    figures = count(outage("a", key="663"), outage("a", revision=2), fault("a"))
    assert (len(figures.outages), total_tickets(figures), figures.wrong_key) == (1, 1, 1)
    late = count(outage("a"), outage("a", revision=2, status="rejected"), closed={"2009-07": {1}})
    assert (set(late.outages), late.too_old) == ({"a"}, 1)
