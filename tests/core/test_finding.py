"""The facts behind a figure: as many as the figure says, for every figure of the catalogue, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from streams.core.catalogue import COUNTS, INDICATORS, LEVELS
from streams.core.contributions import MEASURES
from streams.core.contributions.complaints import PENALTIES, PENALTY_FEN
from streams.core.contributions.orders import REMINDERS
from streams.core.finding import Counted, Finder, Found
from streams.core.months import Calendar
from streams.core.rollups import rolled_up, subsets
from tests.core.installation import Installation, at, generated, outage, ticket

MONTH, NOW = "2009-07", at("2009-07-20 12:00")
WEIGHS_MORE = {REMINDERS.name, PENALTIES.name, PENALTY_FEN.name}
"""Measures in which one fact may count for several."""


def found(installation: Installation, asked: Counted, month: str = MONTH) -> list[Found]:
    """Return what the finders of all partitions find."""
    return [one for finder in finders(installation, month) for one in finder.counted(asked)]


def finders(installation: Installation, month: str = MONTH) -> list[Finder]:
    """Return a finder for each partition's log; label values are shown as they are."""
    calendar = Calendar(installation.definitions.timezone)
    return [
        Finder(
            installation.recounter(number, month),
            installation.tallies.heads[number],
            month,
            calendar,
            lambda _, value: value,
        )
        for number in range(installation.partitions)
    ]


def town(seed: int) -> Installation:
    """Return an installation with tickets of three months, orders and complaints of some of their numbers."""
    made = Installation()
    made.send(generated(seed, 150, at("2009-05-25 00:00"), 55))
    for number in range(40):
        day = at("2009-06-20 09:00") + timedelta(hours=17 * number)
        head = {"revision": 0, "updated_at": day.isoformat(), "subscriber": f"6{number % 20:06}"}
        done = (day + timedelta(hours=20)).isoformat()
        due = {"due_at" if number % 3 else "answered_at": done}
        made.send(
            [head | due | {"id": f"C{number}", "received_at": day.isoformat(), "channel": "10000号"}],
            topic="complaints",
        )
        order = {"id": f"O{number}", "created_at": day.isoformat(), "brand": "E8", "appointed_at": done}
        promise = {"promised_for": done} | ({"completed_at": done} if number % 2 else {})
        made.send([head | order | promise], topic="orders")
    made.count(NOW)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_as_many_are_found_as_the_figure_says(seed: int) -> None:
    """Every measure of indicators and counts, under every value of every two labels: the number, or that of users."""
    made = town(seed)
    measures = {name: one.labels for one in INDICATORS for name in (one.numerator, one.denominator) if not one.where}
    measures |= {one.measure: one.labels for one in COUNTS}
    compared = 0
    for measure, labels in measures.items():
        if measure in WEIGHS_MORE:
            continue
        for kept in subsets([label for label in labels if label in MEASURES[measure].labels][-2:]):
            for values, number in rolled_up(made.tallies.month(MONTH), measure, kept).items():
                facts = found(made, Counted(measure, tuple(zip(kept, values, strict=True))))
                users = {one.event.key() for one in facts}
                assert number == len(users if MEASURES[measure].grain == "month" else facts), (measure, kept, values)
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("seed", range(3))
def test_levels_are_found_whatever_month_they_are_of(seed: int) -> None:
    """What is open, overdue, held or due soon now, those of earlier open months among them."""
    made = town(seed)
    seen = 0
    for level in LEVELS:
        for values, number in rolled_up(made.tallies.levels(), level.measure, ("branch",)).items():
            facts = found(made, Counted(level.measure, (("branch", values[0]),)))
            assert len(facts) == number
            seen += number
    assert seen > 20


def test_repeaters_come_with_all_their_tickets_of_the_month_and_nobody_else() -> None:
    """Two tickets of July and one of June of one number, one of another: the two are behind the figure."""
    made = Installation()
    made.send(
        [
            ticket("T0", "6000001", at("2009-06-30 10:00"), brand="E8"),
            ticket("T1", "6000001", at("2009-07-02 10:00"), brand="E8"),
            ticket("T2", "6000001", at("2009-07-03 10:00"), brand="E8"),
            ticket("T3", "6000002", at("2009-07-03 10:00"), brand="E8"),
        ]
    )
    made.count(NOW)
    assert ids(found(made, Counted("repeat_fault_reporters", (("brand", "E8"),)))) == ["T1", "T2"]
    assert ids(found(made, Counted("fault_reporters"))) == ["T1", "T2", "T3"]


def test_of_an_outage_its_reports_are_found() -> None:
    """Tickets of its lines while it lasts; the deadline of each comes along."""
    made = Installation()
    made.send([outage("Q1", at("2009-07-20 09:00"), prefixes=["6000"])], topic="outages")
    made.send(
        [
            ticket("T1", "6000001", at("2009-07-20 09:30")),
            ticket("T2", "7000001", at("2009-07-20 09:30")),
            ticket("T3", "6000002", at("2009-07-18 09:30")),
        ]
    )
    made.count(NOW)
    reports = [one for finder in finders(made) for one in finder.of_outage("Q1")]
    assert ids(reports) == ["T1"]
    assert [(one.outage, one.deadline) for one in reports] == [
        ("Q1", int(at("2009-07-21 00:00").timestamp() * 1_000_000))
    ]


def ids(facts: Sequence[Found]) -> list[str]:
    """Return the ids of what was found, in order."""
    return sorted(one.event.id for one in facts)
