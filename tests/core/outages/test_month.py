"""A month's outages from the tallies: figures of each, sums, months that add up, reports, and what is live."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from streams.core.months import HOUR
from streams.core.outages.figures import OutageFigure
from streams.core.outages.known import assess_month, known_outages, open_suspicions, suspicions
from streams.core.outages.month import live_outages, month_of_outages
from streams.core.snapshot import build_snapshot, write_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, records_of, ticket
from tests.core.outages.telling import SUSPECTED, outage, round_with

NOW = at("2009-07-20 12:00")


def counted(*outages: dict[str, Any]) -> Installation:
    """Return an installation that knows outages, as of 20 July noon."""
    made = Installation()
    made.send(outages, topic="outages")
    made.count(NOW)
    return made


def figures(made: Installation, month: str = "2009-07") -> dict[str, OutageFigure]:
    """Return id → figure of a month's outages."""
    return {one.id: one for one in month_of_outages(month, made.tallies, DEFINITIONS).outages}


def over(identity: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """Return an outage that is over."""
    return outage(identity, at(start), restored_at=at(end), status="restored", **fields)


def test_an_outage_over_the_month_s_edge_is_in_both_months() -> None:
    """100 users from 23:00 to 02:00: one hour in June and two in July; in each it is told whole as well."""
    made = counted(over("A", "2009-06-30 23:00", "2009-07-01 02:00", prefixes=["663"], users=100))
    hours = {}
    for month in ("2009-06", "2009-07"):
        one = figures(made, month)["A"]
        assert (one.hours, one.user_hours_whole) == (3.0, 300.0)
        hours[month] = one.user_hours
    assert hours == {"2009-06": 100.0, "2009-07": 200.0}
    june, july = (month_of_outages(month, made.tallies, DEFINITIONS).totals.total for month in hours)
    assert (june.outages, june.users, june.user_hours) == (1, 100, 100.0)
    assert (july.outages, july.users, july.user_hours) == (0, 0, 200.0)


def test_an_open_outage_lasts_as_long_as_the_clock() -> None:
    """Its hours so far; when it is expected to end rides along and changes nothing."""
    told = outage("A", at("2009-07-20 10:00"), expected_at=at("2009-07-20 11:00"), users=10, sites=["s"])
    one = figures(counted(told))["A"]
    assert (one.state, one.status, one.hours, one.user_hours, one.users_out) == ("active", "confirmed", 2.0, 20.0, 10)
    assert (one.expected_at, one.restored_at) == ("2009-07-20T03:00:00Z", None)


def test_numbers_of_a_range_stand_beside_the_estimate() -> None:
    """127 users are said to be out, the range holds 128 numbers, both ends included."""
    scope = {"ranges": [("6182560", "6182687")]}
    found = figures(
        counted(
            over("given", "2009-07-05 09:12", "2009-07-05 11:12", users=127, **scope),
            over("counted", "2009-07-06 09:12", "2009-07-06 11:12", **scope),
            over("unknown", "2009-07-07 09:12", "2009-07-07 11:12", prefixes=["618"]),
        )
    )
    stated = {name: (one.users, one.users_from, one.numbers, one.user_hours) for name, one in found.items()}
    assert stated == {
        "given": (127, "given", 128, 254.0),
        "counted": (128, "range", 128, 256.0),
        "unknown": (None, "unknown", None, None),
    }


def test_sums_are_net_and_apart() -> None:
    """An outage within another adds nothing; planned work has sums of its own; a suspected or rejected one has none."""
    made = counted(
        over("A", "2009-07-05 08:00", "2009-07-05 12:00", ranges=[("6180000", "6180999")]),
        over("B", "2009-07-05 09:00", "2009-07-05 10:00", ranges=[("6180100", "6180199")]),
        over("C", "2009-07-06 09:00", "2009-07-06 10:00", prefixes=["76"], users=300),
        over("P", "2009-07-07 01:00", "2009-07-07 03:00", prefixes=["64"], users=50, planned=True),
        outage("S", at("2009-07-08 01:00"), prefixes=["64"], users=50, status="suspected"),
        outage("R", at("2009-07-08 01:00"), prefixes=["64"], users=50, status="rejected"),
        over("U", "2009-07-09 01:00", "2009-07-09 03:00", sites=["s"]),
    )
    found = month_of_outages("2009-07", made.tallies, DEFINITIONS)
    assert [one.id for one in found.outages] == ["A", "B", "C", "P", "S", "U"]
    totals = found.totals
    assert (totals.total.outages, totals.total.unknown, totals.total.users) == (4, 1, 1300)
    assert totals.total.user_hours == 4300.0
    assert {branch: total.user_hours for branch, total in totals.by_branch.items()} == {
        "现业": 4000.0,
        "简阳": 300.0,
        "none": 0.0,
    }
    assert (totals.planned.outages, totals.planned.user_hours) == (1, 100.0)


def test_reliability_is_by_users_served() -> None:
    """300 of 1,000 users of 简阳 for an hour: SAIFI 0.3, SAIDI 18 minutes, CAIDI 60; nobody knows who `none` serves."""
    made = counted(
        over("C", "2009-07-06 09:00", "2009-07-06 10:00", prefixes=["76"], users=300),
        over("U", "2009-07-09 01:00", "2009-07-09 03:00", sites=["s"], users=10),
    )
    by_branch = month_of_outages("2009-07", made.tallies, DEFINITIONS).totals.by_branch
    branch = by_branch["简阳"].reliability
    assert (branch.saifi, branch.saidi_minutes, branch.caidi_minutes) == ("0.300000", "18.000", "60.000")
    quiet = by_branch["现业"].reliability
    assert (quiet.saifi, quiet.saidi_minutes, quiet.caidi_minutes) == ("0.000000", "0.000", None)
    nobody = by_branch["none"].reliability
    assert (nobody.saifi, nobody.saidi_minutes, nobody.caidi_minutes) == (None, None, "120.000")


def test_reports_are_those_that_belong_to_it() -> None:
    """Also in an outage whose month lies so far back that no window shows it."""
    made = counted(
        over("A", "2009-07-14 18:24", "2009-07-14 21:54", prefixes=["663"], users=600),
        outage("old", at("2009-05-30 10:00"), prefixes=["618"], users=50),
    )
    for number, moment in enumerate(("2009-07-14 18:30", "2009-07-14 18:30", "2009-07-14 22:10", "2009-07-14 23:00")):
        made.send([ticket(f"T{number}", "6630001", at(moment), symptom="网速低")])
    made.send([ticket("T9", "6180001", at("2009-06-02 10:00"))])
    made.count(NOW)
    one, old = figures(made)["A"], figures(made)["old"]
    assert (one.reports, one.reporters, one.reporter_share) == (3, 1, "0.001667")
    assert (one.first_report_at, one.last_report_at) == ("2009-07-14T10:30:00Z", "2009-07-14T14:10:00Z")
    assert [(symptom.value, symptom.count) for symptom in one.symptoms] == [("网速低", 3)]
    assert (old.reports, old.reporters) == (1, 1)


def test_what_is_live_is_neither_over_nor_to_come() -> None:
    """Active, noted and planned ones in their time, also one from a month before."""
    made = counted(
        outage("old", at("2009-05-30 10:00"), prefixes=["618"], users=50),
        outage("noted", at("2009-07-20 11:00"), prefixes=["63"], status="suspected"),
        over("over", "2009-07-20 08:00", "2009-07-20 11:59", sites=["s"], users=1),
        over("planned", "2009-07-20 08:00", "2009-07-20 13:00", sites=["s"], users=1, planned=True),
        outage("to come", at("2009-07-21 01:00"), sites=["s"], users=1, planned=True),
    )
    assert [one.id for one in live_outages(made.tallies, DEFINITIONS)] == ["old", "planned", "noted"]


def test_suspicions_are_read_from_the_tallies() -> None:
    """As the detector's owner told them last; an open one is suspected now."""
    made = counted()
    for record in records_of(round_with(made.rounds[-1], SUSPECTED)):
        made.tallies.read(made.rounds[-1].partition, record.key or b"", record.value)
    assert suspicions(made.tallies) == open_suspicions(made.tallies) == [SUSPECTED]


def test_months_add_up_to_the_whole() -> None:
    """Net time of June, July and August is that of all three together."""
    made = counted(
        over("A", "2009-06-30 20:00", "2009-07-01 04:00", ranges=[("6180000", "6180999")]),
        over("B", "2009-06-30 23:00", "2009-07-02 10:00", ranges=[("6180500", "6181499")]),
        outage("C", at("2009-07-19 00:00"), ranges=[("6181000", "6181099")]),
    )
    known, now = known_outages(made.tallies), made.tallies.as_of()
    months = [assess_month(month, known, now, DEFINITIONS).total for month in ("2009-06", "2009-07", "2009-08")]
    # 1,000 lines for 8 h; then 500 more for 35 h and the upper half of A's for 30 h after it; 100 lines for 36 h.
    expected = 1000 * 8 + 500 * 35 + 500 * 30 + 100 * 36
    assert Fraction(sum(total.user_microseconds for total in months), HOUR) == expected
    assert sum(total.users for total in months) == 1000 + 500 + 100


def test_the_snapshot_has_the_month_s_outages() -> None:
    """As JSON: the scope as it was stated, hours as numbers, duties, and the totals beside the list."""
    made = counted(
        over("A", "2009-07-05 08:00", "2009-07-05 09:10", ranges=[("6180000", "6180002")], services=["fixed"])
    )
    document = json.loads(write_snapshot(build_snapshot("2009-07", made.tallies, DEFINITIONS)))
    [one] = document["outages"]
    assert one["scope"] == {"ranges": [["6180000", "6180002"]]}
    assert (one["user_hours"], one["hours"], one["services"]) == (3.5, 1.17, ["fixed"])
    assert document["outage_totals"]["total"]["user_hours"] == 3.5
    [row] = document["tables"]["outages"]
    assert row["date"] == "2009-07-05"


@pytest.mark.parametrize("kept", [1, 2])
def test_figures_follow_corrections(kept: int) -> None:
    """Whatever was told before, the newest revision counts; a rejected outage takes all of it back."""
    made = counted(outage("A", at("2009-07-20 10:00"), users=10, sites=["s"]))
    month_of_outages("2009-07", made.tallies, DEFINITIONS)
    changes = [{"users": 20}, {"status": "rejected"}]
    for revision, change in enumerate(changes[:kept], start=1):
        made.send([outage("A", at("2009-07-20 10:00"), revision=revision, sites=["s"], **change)], topic="outages")
        made.count()
    found = month_of_outages("2009-07", made.tallies, DEFINITIONS)
    assert [one.user_hours for one in found.outages] == ([40.0] if kept == 1 else [])
    assert found.totals.total.user_hours == (40.0 if kept == 1 else 0.0)
