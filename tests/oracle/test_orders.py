"""Holds the oracle's figures of work orders to figures worked out by hand."""

from typing import Any

import pytest

from tests.oracle.town import NOON, at, count, fault, number, order, rate

DONE = {"appointed_at": NOON, "promised_for": at("12 12:00"), "completed_at": at("12 12:00")}
"""Completed at the very instant that was promised."""


def on_time(**fields: Any) -> tuple[int, int] | None:
    return rate(count(order("a", **fields)), "on_time_fulfilment_rate")


def without_early_fault(done: Any, *faults: Any) -> tuple[int, int] | None:
    return rate(count(done, *faults), "on_time_without_early_fault_rate")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (1, 1)),
        ({"completed_at": at("12 12:01")}, (0, 1)),
        ({"completed_at": None}, (0, 1)),
        ({"promised_for": None}, (0, 1)),
        ({"appointed_at": None}, None),
        ({"completed_at": at("12 13:00"), "held": [{"from": at("11 12:00"), "to": at("11 13:00")}]}, (1, 1)),
        ({"completed_at": at("12 13:01"), "held": [{"from": at("11 12:00"), "to": at("11 13:00")}]}, (0, 1)),
        ({"completed_at": at("12 13:00"), "held": [{"from": at("10 11:00"), "to": at("10 12:30")}]}, (0, 1)),
        ({"completed_at": at("30 13:00"), "held": [{"from": at("11 12:00")}]}, (1, 1)),
    ],
)
def test_an_appointed_order_is_on_time_by_its_promise(
    changes: dict[str, Any], expected: tuple[int, int] | None
) -> None:
    """On time / appointed of an order of 10 July 12:00, promised for the 12th; only time held since then counts."""
    assert on_time(**{**DONE, **changes}) == expected


def test_orders_are_counted_by_family_brand_and_branch() -> None:
    """E6 2 orders, 1 appointed; E8 1 and 1; one without a brand, 1: appointed 3 of 4, on time 2 of 3, 5 reminders."""
    figures = count(
        order("a", brand="E6", **DONE, reminders=2),
        order("b", brand="E6", subscriber="7001111", reminders=3),
        order("c", brand="E8", appointed_at=NOON),
        order("d", **DONE, reminders=0, branch="安岳"),
        order("gone", **DONE, status="rejected", reminders=9),
        order("august", **DONE | {"completed_at": None}, created_at="2009-08-01T00:00:00+08:00"),
    )
    assert rate(figures, "appointment_rate") == (3, 4)
    assert rate(figures, "appointment_rate", family="我的E家") == (2, 3)
    assert rate(figures, "appointment_rate", brand="E6") == (1, 2)
    assert rate(figures, "appointment_rate", brand="E6", branch="简阳") == (0, 1)
    assert rate(figures, "on_time_fulfilment_rate") == (2, 3)
    assert rate(figures, "on_time_fulfilment_rate", family="我的E家", branch="现业") == (1, 2)
    assert rate(figures, "on_time_fulfilment_rate", family="none", brand="none", branch="安岳") == (1, 1)
    assert rate(figures, "on_time_fulfilment_rate", branch="简阳") is None
    assert number(figures, "orders", family="我的E家") == 3
    assert number(figures, "appointed_orders", brand="E8") == 1
    assert number(figures, "appointed_orders_on_time", branch="现业") == 1
    assert number(figures, "order_reminders") == 5
    assert number(figures, "order_reminders", branch="简阳") == 3


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"opened_at": at("12 12:00")}, (1, 1)),  # at the completion: not after it
        ({"opened_at": "2009-07-12T12:00:00.000001+08:00"}, (0, 1)),
        ({"opened_at": at("27 12:00")}, (0, 1)),  # the last instant of the 15 days
        ({"opened_at": "2009-07-27T12:00:00.000001+08:00"}, (1, 1)),
        ({"opened_at": at("20 12:00"), "status": "cancelled"}, (1, 1)),
        ({"opened_at": at("20 12:00"), "subscriber": "6631112"}, (1, 1)),
        ({"opened_at": at("20 12:00"), "service": "mobile"}, (0, 1)),
    ],
)
def test_an_early_fault_is_one_within_15_days_of_the_completion(
    fields: dict[str, Any], expected: tuple[int, int]
) -> None:
    """The line reports a fault in (completion, completion + 15 days]: on time all the same, but not without a fault."""
    assert without_early_fault(order("a", **DONE), fault("f", **fields)) == expected
    assert rate(count(order("a", **DONE), fault("f", **fields)), "on_time_fulfilment_rate") == (1, 1)


def test_a_fault_of_the_next_month_reaches_back() -> None:
    """Completed on 31 July, broken on 2 August: July's variant is 0 of 1, though the fault is August's."""
    done = order("a", appointed_at=NOON, promised_for=at("31 12:00"), completed_at=at("31 12:00"))
    assert without_early_fault(done, fault("f", opened_at="2009-08-02T12:00:00+08:00")) == (0, 1)


def test_late_orders_stay_late_and_unappointed_ones_out() -> None:
    """The variant is over the same appointed orders: one late (0), one good (1), one not appointed (out)."""
    late = {**DONE, "completed_at": at("13 12:00")}
    figures = count(order("a", **late), order("b", **DONE), order("c", **{**DONE, "appointed_at": None}))
    assert rate(figures, "on_time_without_early_fault_rate") == (1, 2)
    assert number(figures, "appointed_orders_on_time_without_early_fault") == 1


def test_an_order_of_nobody_has_no_early_fault() -> None:
    """No number, or one that stands for no user: the faults of "无" are anybody's."""
    unnamed = order("a", subscriber=None, **DONE)
    assert without_early_fault(unnamed, fault("f", opened_at=at("20 12:00"))) == (1, 1)
    nobody = order("a", subscriber="无", **DONE)
    assert without_early_fault(nobody, fault("f", subscriber="无", opened_at=at("20 12:00"))) == (1, 1)


def test_an_order_begins_under_its_id_and_moves_to_its_number() -> None:
    """Revision 1 under the id, 2 under the number that was the id, 3 under another number: one order, of 简阳."""
    steps = [
        order("a", subscriber=None),
        order("a", revision=2, was_subscriber="a", subscriber="6631111"),
        order("a", revision=3, was_subscriber="6631111", subscriber="7001111"),
    ]
    for messages in (steps, steps[::-1], [*steps, *steps]):
        figures = count(*messages)
        assert number(figures, "orders") == number(figures, "orders", branch="简阳") == 1
        assert figures.wrong_key == 0
    assert number(count(steps[0]), "orders", branch="none") == 1
    assert count(order("a", key="6631111", subscriber=None)).wrong_key == 1
