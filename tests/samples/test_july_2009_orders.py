"""The sample's work orders, counted plainly, give the printed table of fulfilment (2.1)."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from streams.samples.july_2009 import JULY
from streams.samples.lines import Line
from tests.samples.counting import Ticket
from tests.samples.counting_others import Fact, newest, on_time, valid_in
from tests.samples.test_july_2009_figures import HOME_BRANDS, REPORT, percent

TABLE = REPORT["on_time_fulfilment"]


@pytest.fixture(scope="module")
def ordered(july_facts: dict[str, list[Fact]]) -> list[Fact]:
    """July's valid orders."""
    return july_facts["orders"]


def row(orders: Iterable[Fact]) -> list[float]:
    """Return a row of the table: orders, appointed, on time, and both rates."""
    orders = list(orders)
    appointed, fulfilled = sum("appointed_at" in order for order in orders), sum(map(on_time, orders))
    return [len(orders), appointed, fulfilled, percent(appointed, len(orders)), percent(fulfilled, appointed)]


@pytest.mark.parametrize("branch", [*REPORT["branches"], "合计"])
def test_fulfilment(ordered: list[Fact], branch: str) -> None:
    """2.1: orders of the home family, those appointed and those fulfilled on time, are as printed."""
    home = [order for order in ordered if order["brand"] in HOME_BRANDS]
    assert row(order for order in home if branch in (order["branch"], "合计")) == TABLE[branch]
    assert len(home) < len(ordered)


def test_orders_look_real(ordered: list[Fact]) -> None:
    """Some orders begin without a number, some are still held, some are on time only by a hold, some are chased."""
    begun_without = [order for order in ordered if order.get("was_subscriber") == order["id"]]
    still_held = [order for order in ordered if order["held"] and order["held"][-1][1] is None]
    by_hold = [order for order in ordered if on_time(order) and not on_time({**order, "held": []})]
    assert 0.15 < len(begun_without) / len(ordered) < 0.25
    assert all("completed_at" not in order and order["status"] == "held" for order in still_held)
    assert min(len(still_held), len(by_hold)) > 5
    assert sum(order["reminders"] for order in ordered) > 200


def test_some_orders_have_an_early_fault(ordered: list[Fact], july: list[Ticket]) -> None:
    """The province's variant differs: some lines have a fault within 15 days of their completion, others later."""
    faults: dict[str, list[Ticket]] = {}
    for ticket in july:
        faults.setdefault(ticket["subscriber"], []).append(ticket)
    waits = [
        ticket["opened_at"] - order["completed_at"]
        for order in filter(on_time, ordered)
        for ticket in faults.get(order.get("subscriber", ""), [])
    ]
    assert sum(timedelta(0) < wait <= timedelta(days=15) for wait in waits) > 20
    assert any(wait > timedelta(days=15) for wait in waits)


def test_the_reports_own_order(june_facts: dict[str, list[Fact]]) -> None:
    """The order of which the report tells, of 29 June, has its second number and was done on 5 July."""
    (order,) = june_facts["orders"]
    assert {order["subscriber"], order["was_subscriber"]} == {"6370122", "6370499"}
    assert [order["created_at"].day, order["completed_at"].day] == [29, 5]


@pytest.mark.parametrize(
    "heeded",
    [
        pytest.param(lambda line: b'"status":"cancelled"' not in (line.value or b""), id="cancelling is overlooked"),
        pytest.param(lambda line: b"was_subscriber" not in (line.value or b""), id="a changed key is overlooked"),
        pytest.param(lambda line: line.key != b"" and _keyed_rightly(line), id="wrong keys"),
        pytest.param(lambda line: line.at < JULY.end, id="late facts are dropped"),
        pytest.param(lambda line: b'"revision":0' in (line.value or b""), id="corrections are overlooked"),
    ],
)
def test_the_extras_would_move_figures(lines: list[Line], ordered: list[Fact], heeded: Callable[[Line], bool]) -> None:
    """The extras of the stream are no decoration: who overlooks one kind of them counts another month."""
    wrong = valid_in("orders", newest("orders", filter(heeded, lines)), 2009, 7)
    assert row(wrong) != row(ordered)


def _keyed_rightly(line: Line) -> bool:
    name = b"subscriber" if b'"subscriber"' in (line.value or b"") else b"id"
    return line.key is not None and b'"%b":"%b"' % (name, line.key) in (line.value or b"")
