"""Months of which something is missing: the right state each time, and never "met" where nothing was met."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from streams.core.definitions import Target
from streams.core.snapshot import Snapshot, SnapshotError, build_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, ticket

AUGUST = at("2009-08-05 00:00")
RATE = "repeat_report_rate"


def july(
    *messages: dict[str, Any], topic: str = "faults", targets: tuple[Target, ...] = DEFINITIONS.targets
) -> Snapshot:
    """Return July's snapshot after some messages of one topic, judged by targets."""
    definitions = msgspec.structs.replace(DEFINITIONS, targets=targets)
    made = Installation(definitions=definitions)
    made.send(messages, topic=topic)
    made.count(AUGUST)
    return build_snapshot("2009-07", made.tallies, definitions)


def verdicts(snapshot: Snapshot, indicator: str) -> dict[str, dict[str, str]]:
    """Return labels as text → verdicts of an indicator."""
    return {
        ",".join(f"{label}={value}" for label, value in one.labels.items()): dict(one.verdicts)
        for one in snapshot.indicators
        if one.id == indicator
    }


def user(number: int, brand: str = "E8") -> dict[str, Any]:
    """Return a ticket of one of many users of 现业, restored at once."""
    opened = at("2009-07-14 10:00")
    return ticket(f"T{number}", f"6{number:06}", opened, brand=brand, restored_at=opened)


def target(ratio: str, valid_from: date, valid_to: date | None = None) -> Target:
    """Return a target of the province for E8's repeat reports."""
    return Target(
        indicator=RATE, labels={"brand": "E8"}, tier="province", ratio=ratio, valid_from=valid_from, valid_to=valid_to
    )


def test_a_month_of_which_nothing_is_known_has_no_snapshot() -> None:
    """It is said, with the months that there are; what came in June does not make a July."""
    made = Installation()
    made.send([ticket("T1", "6000001", at("2009-06-14 10:00"))])
    made.count(AUGUST)
    with pytest.raises(SnapshotError, match="hold nothing of 2009-07; they hold 2009-06"):
        build_snapshot("2009-07", made.tallies, DEFINITIONS)


def test_chapters_without_data_are_judged_by_nobody() -> None:
    """One complaint is all that July has: everything else says "no data", in every tier, and every table is there."""
    received = at("2009-07-14 10:00").isoformat()
    complaint = {"id": "C1", "revision": 0, "updated_at": received, "subscriber": "6000001", "received_at": received}
    snapshot = july(complaint, topic="complaints")
    judged = {verdict for one in snapshot.indicators if one.denominator == 0 for verdict in one.verdicts.values()}
    assert judged == {"no_data"}
    assert "met" not in {verdict for one in snapshot.indicators for verdict in one.verdicts.values()}
    assert set(snapshot.tables) == set(july(user(1)).tables)


def test_a_branch_without_data_meets_nothing() -> None:
    """All reports come from 现业: its E8 is judged, 简阳 has no figure and a row of nothing in the table."""
    snapshot = july(*map(user, range(40)))
    judged = verdicts(snapshot, RATE)
    assert judged["brand=E8,branch=现业"] == {"province": "met", "city": "met"}
    assert not any("简阳" in labels for labels in judged)
    assert snapshot.tables["repeat_reports"]["E8"]["简阳"] == [0, 0, None]


def test_a_brand_without_target_is_not_judged() -> None:
    """E6 has no target here: "no target" in both tiers, however good it is; E8 beside it is judged."""
    snapshot = july(*map(user, range(40)), *(user(number, "E6") for number in range(100, 140)))
    judged = verdicts(snapshot, RATE)
    assert judged["brand=E6"] == {"province": "no_target", "city": "no_target"}
    assert judged["brand=E8"]["province"] == "met"


@pytest.mark.parametrize(("before", "after", "verdict"), [("0.5", "0.01", "missed"), ("0.01", "0.5", "met")])
def test_a_target_that_changes_in_the_month_judges_by_its_last_day(before: str, after: str, verdict: str) -> None:
    """Both are on record as in force in July; the one of the 31st judges the whole month."""
    changed = (target(before, date(2009, 1, 1), date(2009, 7, 16)), target(after, date(2009, 7, 16)))
    again = [ticket(f"again {number}", f"6{number:06}", at("2009-07-20 10:00"), brand="E8") for number in range(4)]
    snapshot = july(*map(user, range(40)), *again, targets=changed)
    assert verdicts(snapshot, RATE)["brand=E8"]["province"] == verdict
    assert [one.ratio for one in snapshot.targets] == [before, after]


def test_a_target_that_ended_in_the_month_judges_nothing() -> None:
    """No target is in force on the 31st: that is "no target", though one was for two weeks."""
    snapshot = july(*map(user, range(40)), targets=(target("0.5", date(2009, 1, 1), date(2009, 7, 16)),))
    assert verdicts(snapshot, RATE)["brand=E8"]["province"] == "no_target"
    assert july(user(1), targets=(target("0.5", date(2009, 1, 1), date(2009, 7, 1)),)).targets == []
