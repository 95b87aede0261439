"""Work orders: how their messages read, and a month's figures from them and from the faults that follow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from tests.oracle.counting import DAY, Counted, Town, labelled, pushed_by_holds, share, share_of_known
from tests.oracle.reading import (
    Kind,
    Record,
    held,
    identifier,
    instant,
    integer,
    label,
    not_before,
    number_of_line,
    status,
)

EARLY: Final = 15 * DAY
DIMENSIONS: Final = ("family", "brand", "branch")

KIND: Final = Kind(
    fields={
        "created_at": instant,
        "subscriber": number_of_line,
        "brand": label,
        "appointed_at": instant,
        "promised_for": instant,
        "completed_at": instant,
        "reminders": integer(0, 1_000),
        "held": held,
        "status": status,
        "was_subscriber": identifier,
    },
    required=("created_at",),
    placed_by="created_at",
    check=not_before("completed_at", "created_at"),
)


def prepare(month: Iterable[Record], valid_faults: Iterable[Record], town: Town) -> list[Record]:
    """A month's orders with their labels and what became of them.

    Args:
        month: the month's valid orders.
        valid_faults: the valid fault tickets of all months.
        town: the operator's own words.
    """
    faults = reports_by_line(valid_faults, town)
    found = []
    for order in month:
        appointed = order["appointed_at"] is not None
        on_time = is_on_time(order) if appointed else None
        lasting = on_time and not has_early_fault(order, faults)
        labels = {"branch": town.branch(order), "family": town.family(order)}
        found.append({**order, **labels, "appointed": appointed, "on_time": on_time, "lasting": lasting})
    return labelled(found, DIMENSIONS)


def is_on_time(order: Record) -> bool:
    """Whether the order was completed by the promised time, which holds push; what was never promised is not."""
    if order["completed_at"] is None or order["promised_for"] is None:
        return False
    return bool(order["completed_at"] <= pushed_by_holds(order["promised_for"], order["held"], order["created_at"]))


def reports_by_line(valid_faults: Iterable[Record], town: Town) -> dict[str, list[int]]:
    """When each real number reported faults."""
    reports = defaultdict(list)
    for ticket in valid_faults:
        if ticket["subscriber"] not in town.placeholders:
            reports[ticket["subscriber"]].append(ticket["opened_at"])
    return reports


def has_early_fault(order: Record, faults: Mapping[str, list[int]]) -> bool:
    """Whether the line reported a fault after the completion, at most 15 days later."""
    completed_at = order["completed_at"]
    return any(completed_at < opened_at <= completed_at + EARLY for opened_at in faults.get(order["subscriber"], ()))


def count(month: list[Record], counted: Counted) -> None:
    """Add the rates and counts of a prepared month."""
    counted.add_rate("appointment_rate", DIMENSIONS, month, share("appointed", True))
    counted.add_rate("on_time_fulfilment_rate", DIMENSIONS, month, share_of_known("on_time"))
    counted.add_rate("on_time_without_early_fault_rate", DIMENSIONS, month, share_of_known("lasting"))
    for measure, orders in {
        "orders": month,
        "appointed_orders": [order for order in month if order["appointed"]],
        "appointed_orders_on_time": [order for order in month if order["on_time"]],
        "appointed_orders_on_time_without_early_fault": [order for order in month if order["lasting"]],
    }.items():
        counted.add_count(measure, DIMENSIONS, orders)
    counted.add_count("order_reminders", DIMENSIONS, month, amount="reminders")
