"""Complaints: how their messages read, and a month's figures from them."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.oracle.counting import Counted, Town, cells, labelled, share, share_of_known
from tests.oracle.reading import (
    Kind,
    Record,
    flag,
    instant,
    integer,
    label,
    list_of,
    name,
    not_before,
    number_of_line,
    of_type,
    one_of,
    read_fields,
    status,
)

DIMENSIONS: Final = ("channel", "category", "department", "branch")
PENALTY_KINDS: Final = ("overdue", "irregular_note", "keying_error", "justified")


def penalty(raw: object) -> Record:
    fields = {"department": name, "kind": one_of(*PENALTY_KINDS), "amount_fen": integer(0, 10**12)}
    return read_fields(of_type(dict, raw), fields, tuple(fields))


KIND: Final = Kind(
    fields={
        "subscriber": number_of_line,
        "received_at": instant,
        "channel": label,
        "category": label,
        "subcategory": label,
        "network_fault": flag,
        "department": label,
        "due_at": instant,
        "answered_at": instant,
        "justified": flag,
        "responsible": label,
        "escalated": flag,
        "conduct": label,
        "penalties": list_of(penalty),
        "status": status,
        "was_subscriber": number_of_line,
    },
    required=("subscriber", "received_at"),
    placed_by="received_at",
    check=not_before("answered_at", "received_at"),
)


def prepare(month: Iterable[Record], town: Town, as_of: int) -> list[Record]:
    """A month's complaints with their labels and what became of them."""
    found = [
        {
            **complaint,
            "branch": town.branch(complaint),
            "department": town.department(complaint["department"]),
            "responsible": town.department(complaint["responsible"]),
            "in_time": is_in_time(complaint, as_of),
            "escalated": is_escalated(complaint, town),
            "penalties": [
                {**one, "department": town.department(one["department"])} for one in complaint["penalties"] or ()
            ],
        }
        for complaint in month
    ]
    return labelled(found, (*DIMENSIONS, "responsible"))


def is_in_time(complaint: Record, as_of: int) -> bool | None:
    """Whether the complaint was answered by its due; None while that is undecided. Without a due it is never late."""
    due_at, answered_at = complaint["due_at"], complaint["answered_at"]
    if answered_at is not None:
        return due_at is None or bool(answered_at <= due_at)
    return False if due_at is not None and as_of > due_at else None


def is_escalated(complaint: Record, town: Town) -> bool:
    """What the complaint says of itself, else whether its channel is one of the escalated ones."""
    if complaint["escalated"] is None:
        return complaint["channel"] in town.escalated_channels
    return bool(complaint["escalated"])


def count(month: list[Record], counted: Counted) -> None:
    """Add the rates and counts of a prepared month."""
    counted.add_rate("complaint_timeliness_rate", ("department", "branch"), month, share_of_known("in_time"))
    counted.add_rate("network_fault_complaint_share", ("branch",), month, share("network_fault", True))
    count_justified(month, counted)
    for measure, complaints in {
        "complaints": month,
        "network_fault_complaints": [one for one in month if one["network_fault"]],
        "decided_complaints": [one for one in month if one["in_time"] is not None],
        "complaints_answered_in_time": [one for one in month if one["in_time"]],
        "escalated_complaints": [one for one in month if one["escalated"]],
        "justified_complaints": [{**one, "department": one["responsible"]} for one in month if one["justified"]],
    }.items():
        counted.add_count(measure, DIMENSIONS, complaints)
    counted.add_count("complaint_conducts", ("conduct", "branch"), [one for one in month if one["conduct"]])
    divided = [one for one in month if one["subcategory"]]
    counted.add_count("complaint_subcategories", ("category", "subcategory", "branch"), divided)
    penalties = [one for complaint in month for one in complaint["penalties"]]
    counted.add_count("penalties", ("department", "kind"), penalties)
    counted.add_count("penalty_fen", ("department", "kind"), penalties, amount="amount_fen")


def count_justified(month: list[Record], counted: Counted) -> None:
    """Justified complaints / all complaints of the branch; a department is the one found responsible, and only the
    numerator is divided by it."""
    for cell, complaints in cells(month, ("branch",)):
        found = Counter(complaint["responsible"] for complaint in complaints if complaint["justified"])
        counted.indicators["justified_complaint_rate", cell] = (found.total(), len(complaints))
        for responsible, number in found.items():
            by_department = cell | {("department", responsible)}
            counted.indicators["justified_complaint_rate", by_department] = (number, len(complaints))


def overdue_by_department(month: list[Record]) -> Counter[str]:
    """Complaints of a prepared month that were not answered in time, by the department that handles them."""
    return Counter(complaint["department"] for complaint in month if complaint["in_time"] is False)
