"""What complaints, work orders, call-backs and assessments contribute, at the edges of their rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from streams.core.catalogue import INDICATORS
from streams.core.rollups import rolled_up
from tests.core.installation import Installation, at, ticket
from tests.core.story import definitions

NOON = at("2009-07-14 12:00")
LATER = at("2009-08-05 00:00")
SECOND = timedelta(seconds=1)


def counted(*events: tuple[str, dict[str, Any]], now: datetime = LATER) -> Installation:
    """Return a town that has counted events (topic, fields); what all events have in common is filled in."""
    town = Installation(partitions=2, definitions=definitions(ledger_months=2))
    for number, (topic, fields) in enumerate(events):
        document = {"id": f"I{number}", "revision": 0, "updated_at": NOON, **fields}
        sent = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in document.items()}
        town.send([sent], topic=topic)
    town.count(now)
    return town


def complaint(**fields: Any) -> tuple[str, dict[str, Any]]:
    """Return a complaint of 14 July noon."""
    return "complaints", {"subscriber": "6620001", "received_at": NOON, **fields}


def order(**fields: Any) -> tuple[str, dict[str, Any]]:
    """Return an order of 14 July noon, appointed, promised for a day later."""
    promised = {"appointed_at": NOON, "promised_for": NOON + timedelta(days=1)}
    return "orders", {"subscriber": "6620001", "created_at": NOON, **promised, **fields}


def fault(opened_at: datetime, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Return a fault ticket, of the same number unless `fields` has another."""
    return "faults", ticket("F", "6620001", opened_at) | fields


def total(town: Installation, measure: str, *labels: str) -> Any:
    """Return the number of a measure in July, or by `labels`."""
    numbers = rolled_up(town.tallies.month("2009-07"), measure, labels)
    return {values: number for values, number in numbers.items() if number} if labels else numbers.get((), 0)


@pytest.mark.parametrize(
    ("due_at", "answered_at", "decided", "in_time"),
    [
        (NOON, NOON, 1, 1),
        (NOON, NOON + SECOND, 1, 0),
        (NOON, None, 1, 0),
        (LATER, None, 0, 0),
        (None, None, 0, 0),
        (None, NOON + timedelta(days=9), 1, 1),
    ],
)
def test_a_complaint_is_decided_by_its_answer_or_by_time(
    due_at: datetime | None, answered_at: datetime | None, decided: int, in_time: int
) -> None:
    """Answered at the due is in time; past it without an answer it is decided; without a due it never is overdue."""
    fields = {"due_at": due_at, "answered_at": answered_at}
    town = counted(complaint(**{name: value for name, value in fields.items() if value}))
    found = [total(town, name) for name in ("complaints", "decided_complaints", "complaints_answered_in_time")]
    assert found == [1, decided, in_time]


@pytest.mark.parametrize(
    ("fields", "escalated"),
    [
        ({}, 0),
        ({"channel": "集团网站"}, 1),
        ({"channel": "集团网站", "escalated": False}, 0),
        ({"channel": "10000号", "escalated": True}, 1),
    ],
)
def test_a_channel_escalates_unless_the_complaint_says_otherwise(fields: dict[str, Any], escalated: int) -> None:
    """What the event says goes before what the settings say of its channel."""
    assert total(counted(complaint(**fields)), "escalated_complaints") == escalated


def test_departments_are_counted_under_one_name() -> None:
    """An alias is resolved in all three places: who handles, who is responsible, who pays."""
    penalty = {"department": "公客部", "kind": "overdue", "amount_fen": 2_050}
    town = counted(
        complaint(department="公客部", justified=True, responsible="公客部", penalties=[penalty, penalty]),
        complaint(department="公众客户部"),
    )
    assert total(town, "complaints", "department") == {("公众客户部",): 2}
    assert total(town, "justified_complaints", "department") == {("公众客户部",): 1}
    assert total(town, "penalties", "department", "kind") == {("公众客户部", "overdue"): 2}
    assert total(town, "penalty_fen") == 4_100


def test_a_justified_share_is_of_all_complaints() -> None:
    """Of four complaints one department was responsible for one: 1 of 4, though it handled none of them."""
    town = counted(complaint(justified=True, responsible="渠道营业厅"), *(complaint(department="公众客户部"),) * 3)
    indicator = next(one for one in INDICATORS if one.id == "justified_complaint_rate")
    counts = town.tallies.month("2009-07")
    assert indicator.figures(counts, ("department",)) == {("渠道营业厅",): (1, 4)}
    assert indicator.figures(counts, ("department", "branch")) == {("渠道营业厅", "安岳"): (1, 4)}
    assert indicator.figures(counts, ()) == {(): (1, 4)}


@pytest.mark.parametrize(
    ("fields", "appointed", "on_time"),
    [
        ({"completed_at": NOON + timedelta(days=1)}, 1, 1),
        ({"completed_at": NOON + timedelta(days=1) + SECOND}, 1, 0),
        ({}, 1, 0),
        ({"appointed_at": None, "completed_at": NOON}, 0, 0),
        ({"promised_for": None, "completed_at": NOON}, 1, 0),
        (
            {
                "completed_at": NOON + timedelta(days=2),
                "held": [{"from": "2009-07-14T14:00:00+08:00", "to": "2009-07-15T14:00:00+08:00"}],
            },
            1,
            1,
        ),
    ],
)
def test_an_appointment_is_kept_up_to_the_promise(fields: dict[str, Any], appointed: int, on_time: int) -> None:
    """Completed as promised, held time added; without an appointment or a promise there is nothing to keep."""
    town = counted(order(**fields))
    assert [total(town, "appointed_orders"), total(town, "appointed_orders_on_time")] == [appointed, on_time]


@pytest.mark.parametrize(
    ("reported_after", "fields", "without"),
    [
        (timedelta(0), {}, 1),
        (SECOND, {}, 0),
        (timedelta(days=15), {}, 0),
        (timedelta(days=15) + SECOND, {}, 1),
        (SECOND, {"status": "cancelled"}, 1),
        (SECOND, {"subscriber": "6620009"}, 1),
    ],
)
@pytest.mark.parametrize("fault_first", [True, False])
def test_an_early_fault_spoils_an_order_on_time(
    reported_after: timedelta, fields: dict[str, Any], without: int, fault_first: bool
) -> None:
    """A valid fault of the number after the completion and up to 15 days later; whichever of the two comes first."""
    events = [order(completed_at=NOON), fault(NOON + reported_after, **fields)]
    town = counted(*(reversed(events) if fault_first else events))
    assert total(town, "appointed_orders_on_time") == 1
    assert total(town, "appointed_orders_on_time_without_early_fault") == without


def test_an_order_counts_once_when_its_number_is_known_at_last() -> None:
    """First under its id, then under the number, which an earlier fault of that number then speaks against."""
    town = counted(order(subscriber=None, completed_at=NOON), fault(NOON + SECOND))
    assert total(town, "appointed_orders_on_time_without_early_fault") == 1
    moved = order(id="I0", revision=1, completed_at=NOON, was_subscriber="I0")[1] | {"updated_at": NOON}
    sent = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in moved.items()}
    town.send([sent], topic="orders")
    town.count()
    assert [total(town, name) for name in ("orders", "appointed_orders_on_time")] == [1, 1]
    assert total(town, "appointed_orders_on_time_without_early_fault") == 0


def test_open_orders_and_complaints_are_levels() -> None:
    """What is open, held or overdue now: a hold that ended and an answer take their places away."""
    held = [{"from": "2009-07-15T00:00:00+08:00"}]
    town = counted(
        order(held=held), order(completed_at=NOON, held=held), complaint(due_at=NOON), complaint(answered_at=NOON)
    )
    levels = town.tallies.levels()
    names = ("open_orders", "held_orders", "open_complaints", "overdue_open_complaints")
    assert [rolled_up(levels, name, ()).get((), 0) for name in names] == [1, 1, 1, 1]


def test_only_those_asked_are_counted() -> None:
    """Of three calls two reached somebody and one was asked whether it was in time: 1 of 1; VIP calls are 1 of 2."""
    call = {"called_at": NOON, "caller": "local"}
    town = counted(
        ("callbacks", {**call, "subject": "vip", "reached": True, "timely": True}),
        ("callbacks", {**call, "subject": "vip"}),
        ("callbacks", {**call, "subject": "fault", "reached": True}),
    )
    figures = {one.id: one.figures(town.tallies.month("2009-07"), ()).get(()) for one in INDICATORS}
    assert figures["callback_reached_rate"] == (2, 3)
    assert figures["callback_timely_rate"] == (1, 1)
    assert figures["callback_satisfied_rate"] is None
    assert figures["vip_callback_rate"] == (1, 2)


def test_an_assessment_belongs_to_the_first_day_of_its_month() -> None:
    """Ranks and hundredths, whatever the time zone; places lost are below nothing."""
    fields = {"month": "2009-07", "subject": "10000号", "item": "综合", "rank": 8, "rank_change": -2}
    town = counted(("assessments", {**fields, "score": "92.48", "target": 100}))
    assert {bucket.name for owner in range(2) for bucket in town.tallies.cells("2009-07", owner)} == {"2009-07-01"}
    measures = ("rank", "rank_change", "score_hundredths", "target_hundredths")
    assert [total(town, f"assessment_{name}", "subject") for name in measures] == [
        {("10000号",): number} for number in (8, -2, 9248, 10_000)
    ]
