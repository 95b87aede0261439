"""The facts behind a wrong figure: those that count in it, and those that would have to, each with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.core.checks import OTHER_FIGURE, Check, checks
from streams.core.counted_facts import FactsBehind, facts_behind
from streams.core.explaining import cells_behind
from streams.core.rollups import Counts
from streams.core.snapshot import trend_months
from streams.core.tables import MonthFigures, month_tables
from tests.core.installation import DEFINITIONS, Installation, at, ticket

PERIOD = "2009-07"
DAY = "2009-07-10 10:00"


def complaint(identity: str, subscriber: str, answered: str) -> dict[str, Any]:
    """Return a complaint about a department, due at noon of the day."""
    return {
        "id": identity, "revision": 0, "updated_at": at(answered).isoformat(), "subscriber": subscriber,
        "received_at": at("2009-07-10 08:00").isoformat(), "due_at": at("2009-07-10 12:00").isoformat(),
        "answered_at": at(answered).isoformat(), "department": "营业厅", "channel": "省公司", "branch": "简阳",
    }  # fmt: skip


@pytest.fixture(scope="module")
def installation() -> Installation:
    """Return a month: of E8 one who reported twice, two who did once, one of them with another ticket cancelled."""
    made = Installation()
    brand = {"brand": "E8", "restored_at": at("2009-07-10 12:00")}
    made.send(
        [
            ticket("A1", "6000001", at(DAY), **brand),
            ticket("A2", "6000001", at("2009-07-12 10:00"), brand="E8"),
            ticket("B1", "6000002", at(DAY), **brand),
            ticket("C1", "6000003", at(DAY), **brand),
            ticket("C2", "6000003", at("2009-07-13 10:00"), brand="E8", status="cancelled"),
            ticket("D1", "7000001", at(DAY), **brand),
            ticket("P1", "7000002", at(DAY), brand="普通ADSL", restored_at=at("2009-07-10 11:00"), due_at=at(DAY)),
        ]
    )
    made.send([complaint("IN", "7000003", "2009-07-10 11:00")], topic="complaints")
    made.send([complaint("LATE", "7000004", "2009-07-10 13:00")], topic="complaints")
    made.count(at("2009-08-05 12:00"))
    return made


def behind(installation: Installation, printed: dict[str, Any]) -> dict[str, FactsBehind]:
    """Return place → the facts behind what differs in some printed tables."""
    counts = trend_months(PERIOD, installation.tallies)[PERIOD]

    def found(month: Counts) -> list[Check]:
        tables = month_tables(MonthFigures(PERIOD, month, None, DEFINITIONS, date(2009, 7, 31)))
        return checks(printed, tables)

    differing = [check for check in found(counts) if check.note == OTHER_FIGURE]
    cells = cells_behind(differing, counts, lambda month: {one.where: one.recomputed for one in found(month)})
    facts: dict[str, FactsBehind] = {}
    for partition in range(installation.partitions):
        recounter = installation.recounter(partition, PERIOD)
        too_high = {one.where for one in differing if one.printed > one.recomputed}
        before = dict(recounter.facts)
        for place, one in facts_behind(cells, too_high, 10, recounter).items():
            facts.setdefault(place, FactsBehind()).add(one, 10)
        assert recounter.facts == before
    return facts


def told(found: FactsBehind) -> tuple[set[str], dict[str, str]]:
    """Return the facts that count, and candidate → why it does not."""
    assert (len(found.facts), len(found.candidates)) == (found.facts_in_all, found.candidates_in_all)
    return {one.fact for one in found.facts}, {one.fact: one.why for one in found.candidates}


def test_who_would_have_to_have_reported_again(installation: Installation) -> None:
    """One who reported once, in that branch and of that brand; and a cancelled ticket that would make him two."""
    found = behind(installation, {"repeat_reports": {"E8": {"现业": [3, 2, 66.67]}}})
    counted = {"faults/A1", "faults/A2"}
    candidates = {"faults/B1": "condition_missed", "faults/C1": "condition_missed", "faults/C2": "not_valid"}
    assert told(found["repeat_reports.E8.现业[1]"]) == (counted, candidates)
    assert told(found["repeat_reports.E8.现业[2]"]) == (counted, candidates)


def test_of_a_count_only_what_is_not_valid_might_have_counted(installation: Installation) -> None:
    """No condition is missed by anything: the cancelled ticket alone may have been counted."""
    found = behind(installation, {"repeat_reports": {"faults": {"E8": 6}}})["repeat_reports.faults.E8"]
    assert told(found) == ({f"faults/{one}" for one in ("A1", "A2", "B1", "C1", "D1")}, {"faults/C2": "not_valid"})


def test_of_those_that_are_overdue_one_in_time_would_have_to_be(installation: Installation) -> None:
    """A count of what misses a condition names what meets it."""
    found = behind(installation, {"complaints": {"overdue_by_department": {"营业厅": 2}}})
    counted, candidates = told(found["complaints.overdue_by_department.营业厅"])
    assert (counted, candidates) == ({"complaints/LATE"}, {"complaints/IN": "condition_met"})


def test_a_figure_that_is_too_low_names_what_counts_and_no_more(installation: Installation) -> None:
    """Whoever printed less left one of these out; nothing would have to count."""
    found = behind(installation, {"repeat_reports": {"E8": {"现业": [3, 0, 0]}}})["repeat_reports.E8.现业[1]"]
    assert told(found) == ({"faults/A1", "faults/A2"}, {})


def test_of_a_rate_that_misses_its_condition(installation: Installation) -> None:
    """The one that was late counts against the rate, and would have to be in time."""
    found = behind(installation, {"broadband": {"restored_in_time": {"普通ADSL": [1, 1, 100.0]}}})
    assert told(found["broadband.restored_in_time.普通ADSL[1]"]) == (set(), {"faults/P1": "condition_missed"})
