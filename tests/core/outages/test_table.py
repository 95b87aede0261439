"""The report's chapter of mass outages: what began in the month, as it is printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from streams.core.snapshot import build_snapshot
from tests.core.installation import DEFINITIONS, Installation, at
from tests.core.outages.telling import outage


def table(*outages: dict[str, Any]) -> list[dict[str, Any]]:
    """Return July's table, counted on 20 July at noon."""
    made = Installation()
    made.send(outages, topic="outages")
    made.count(at("2009-07-20 12:00"))
    rows: list[dict[str, Any]] = build_snapshot("2009-07", made.tallies, DEFINITIONS).tables["outages"]
    return rows


def test_a_row_is_as_the_report_prints_it() -> None:
    """Day, stated branch, scope, users, hours, services; user-hours beside them, of the whole outage."""
    scope = {"ranges": [("6182560", "6182687")]}
    over = outage("A", at("2009-07-05 09:12"), restored_at=at("2009-07-05 11:12"), users=127, branch="现业", **scope)
    [row] = table(over | {"services": ["fixed", "broadband"]})
    assert row == {
        "date": date(2009, 7, 5),
        "branch": "现业",
        "scope": {"ranges": [["6182560", "6182687"]]},
        "users": 127,
        "hours": 2.0,
        "user_hours": 254.0,
        "services": ["fixed", "broadband"],
    }


def test_what_is_not_known_is_blank() -> None:
    """Users of a bare prefix, hours of an outage that lasts, a branch that nobody states."""
    [row] = table(outage("A", at("2009-07-20 09:12"), prefixes=["663"]))
    assert [row[name] for name in ("branch", "users", "hours", "user_hours", "services")] == [None] * 4 + [[]]


def test_only_what_began_in_the_month_and_was_an_outage_has_a_row() -> None:
    """In the order of their starts; neither planned work, nor a suspicion, nor what was rejected."""
    told = [
        outage("B", at("2009-07-05 09:00"), sites=["s"], users=2),
        outage("A", at("2009-07-05 09:00"), sites=["s"], users=1),
        outage("early", at("2009-07-01 00:00"), sites=["s"], users=3),
        outage("june", at("2009-06-30 23:59"), sites=["s"], users=4),
    ]
    for number, fields in enumerate(({"planned": True}, {"status": "suspected"}, {"status": "rejected"})):
        told.append(outage(f"N{number}", at("2009-07-06 09:00"), sites=["s"], users=9, **fields))
    assert [row["users"] for row in table(*told)] == [3, 1, 2]


def test_steps_count_in_user_hours() -> None:
    """100 users, 60 of them after an hour, the rest after two: 140 user-hours."""
    steps = [{"at": at("2009-07-05 10:00").isoformat(), "users": 60}]
    [row] = table(
        outage("A", at("2009-07-05 09:00"), restored_at=at("2009-07-05 11:00"), sites=["s"], users=100, steps=steps)
    )
    assert (row["hours"], row["user_hours"]) == (2.0, 140.0)
