"""Fault tickets: how their messages read, and a month's figures from them."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from tests.oracle.counting import (
    DAY,
    MINUTE,
    NONE,
    SECOND,
    ZONE,
    Cell,
    Counted,
    Rate,
    Town,
    cells,
    labelled,
    pushed_by_holds,
    share,
    share_of_known,
)
from tests.oracle.reading import (
    EPOCH,
    Instant,
    Kind,
    Message,
    Record,
    Unreadable,
    flag,
    held,
    instant,
    label,
    microseconds,
    not_before,
    number_of_line,
    one_of,
    status,
)

__all__ = [
    "KIND",
    "Durations",
    "Message",
    "Unreadable",
    "count",
    "count_durations",
    "count_tickets",
    "count_words",
    "prepare",
    "read",
]

LOOK_BACK: Final = 30 * DAY
PROMISE_HOUR: Final = 16
DIMENSIONS: Final = ("service", "product", "family", "brand", "branch")
BY_BRAND: Final = ("service", "family", "brand", "branch")
BY_PRODUCT: Final = ("service", "product", "branch")

KIND: Final = Kind(
    fields={
        "subscriber": number_of_line,
        "opened_at": instant,
        "service": one_of("fixed", "broadband", "mobile", "key_product"),
        "brand": label,
        "product": label,
        "category": label,
        "symptom": label,
        "cause": label,
        "cause_class": one_of("network", "customer", "unknown", "other"),
        "due_at": instant,
        "restored_at": instant,
        "closed_at": instant,
        "held": held,
        "preprocessed": flag,
        "vip": flag,
        "site": label,
        "status": status,
        "was_subscriber": number_of_line,
    },
    required=("subscriber", "opened_at", "service"),
    placed_by="opened_at",
    check=not_before("restored_at", "opened_at"),
)
read = KIND.read


class Durations(NamedTuple):
    """Time from report to restoration of some tickets: the mean in exact seconds, the rest in whole minutes."""

    tickets: int
    mean_seconds: Fraction
    median_minutes: int
    p80_minutes: int
    p95_minutes: int
    max_minutes: int


def prepare(month: Iterable[Record], valid: Iterable[Record], town: Town, as_of: int) -> list[Record]:
    """A month's tickets with their labels, whose they are, and what became of them.

    Args:
        month: the month's valid tickets.
        valid: those of all months, for the look-back.
        town: the operator's own words.
        as_of: the instant at which an unrestored ticket is judged to be past due or not.
    """
    restorations = restorations_by_line(valid, town.placeholders)
    found = [
        {
            **ticket,
            "branch": town.branch(ticket),
            "family": town.family(ticket),
            "user": None if ticket["subscriber"] in town.placeholders else ticket["subscriber"],
            "timely": is_timely(ticket, as_of),
            "came_back": came_back(ticket, restorations),
        }
        for ticket in month
    ]
    return labelled(found, DIMENSIONS)


def is_timely(ticket: Record, as_of: int) -> bool | None:
    """Whether the ticket was restored by its due; None while that is undecided."""
    due = effective_due(ticket)
    if ticket["restored_at"] is not None:
        return bool(ticket["restored_at"] <= due)
    return False if as_of > due else None


def effective_due(ticket: Record) -> Instant:
    """The due, or else the promise, pushed by the holds."""
    due = promise(ticket["opened_at"]) if ticket["due_at"] is None else ticket["due_at"]
    return pushed_by_holds(due, ticket["held"], ticket["opened_at"])


def promise(opened_at: int) -> int:
    """Reported before 16:00 local time: that day's end; at or after it: 24 hours later."""
    local = (EPOCH + timedelta(microseconds=opened_at)).astimezone(ZONE)
    if local.hour >= PROMISE_HOUR:
        return opened_at + DAY
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return microseconds(midnight + timedelta(days=1))


def restorations_by_line(valid: Iterable[Record], placeholders: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """(Restored at, ticket id) of each real number's restored tickets, of whatever month."""
    restorations = defaultdict(list)
    for ticket in valid:
        if ticket["restored_at"] is not None and ticket["subscriber"] not in placeholders:
            restorations[ticket["subscriber"]].append((ticket["restored_at"], ticket["id"]))
    return restorations


def came_back(ticket: Record, restorations: Mapping[str, list[tuple[int, str]]]) -> bool:
    """Whether another ticket of the line was restored at most 30 days before this one was opened."""
    opened_at = ticket["opened_at"]
    return any(
        opened_at - LOOK_BACK <= restored_at <= opened_at and other != ticket["id"]
        for restored_at, other in restorations.get(ticket["subscriber"], ())
    )


def users_who_reported_again(tickets: list[Record]) -> tuple[int, int]:
    """Users with at least two tickets / users with at least one."""
    reports = Counter(ticket["user"] for ticket in tickets if ticket["user"] is not None)
    return sum(number >= 2 for number in reports.values()), len(reports)


INDICATORS: Final[Mapping[str, tuple[tuple[str, ...], Rate]]] = {
    "repeat_report_rate": (BY_BRAND, users_who_reported_again),
    "repeat_within_30_days_rate": (BY_BRAND, share("came_back", True)),
    "timely_restoration_rate": (BY_BRAND, share_of_known("timely")),
    "preprocessing_rate": (("service", "branch"), share("preprocessed", True)),
    "unknown_cause_rate": (BY_PRODUCT, share("cause_class", "unknown")),
    "other_cause_rate": (BY_PRODUCT, share("cause_class", "other")),
}


def count(month: list[Record], counted: Counted) -> None:
    """Add the rates of a prepared month."""
    for indicator, (labels, rate) in INDICATORS.items():
        counted.add_rate(indicator, labels, month, rate)


def count_tickets(month: list[Record]) -> dict[Cell, int]:
    return {cell: len(group) for cell, group in cells(month, DIMENSIONS)}


def count_durations(month: list[Record]) -> dict[Cell, Durations]:
    """Times to restore, of the whole month and of each service; cells without a restored ticket are absent."""
    restored = [ticket for ticket in month if ticket["restored_at"] is not None]
    return {cell: durations(group) for cell, group in cells(restored, ("service",))}


def durations(restored: list[Record]) -> Durations:
    exact: list[int] = sorted(ticket["restored_at"] - ticket["opened_at"] for ticket in restored)
    minutes = [duration // MINUTE for duration in exact]

    def nearest_rank(percent: int) -> int:
        return minutes[math.ceil(Fraction(percent * len(minutes), 100)) - 1]

    mean_seconds = Fraction(sum(exact), len(exact) * SECOND)
    return Durations(len(exact), mean_seconds, nearest_rank(50), nearest_rank(80), nearest_rank(95), minutes[-1])


def count_words(month: list[Record], field: str) -> dict[str, Counter[str]]:
    """Tickets of each service by the words in one field; "none" where it is absent."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for ticket in month:
        counted[ticket["service"]][NONE if ticket[field] is None else ticket[field]] += 1
    return dict(counted)
