"""Counts one month's indicators by brute force: every combination of labels anew, over a plain list of tickets."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import chain, combinations
from operator import itemgetter
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.faults import EPOCH, NEVER, Instant, Message, Ticket, collect, microseconds

Cell = frozenset[tuple[str, str]]

ZONE: Final = ZoneInfo("Asia/Shanghai")
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE
LOOK_BACK: Final = 30 * DAY
PROMISE_HOUR: Final = 16


class Durations(NamedTuple):
    """Time from report to restoration of some tickets: the mean in exact seconds, the rest in whole minutes."""

    tickets: int
    mean_seconds: Fraction
    median_minutes: int
    p80_minutes: int
    p95_minutes: int
    max_minutes: int


@dataclass(frozen=True)
class Figures:
    """A month, recounted. A cell is the frozen set of its (label, value) pairs; the empty set is the total.

    `indicators` maps (indicator id, cell) to (numerator, denominator ≥ 1), `tickets` every cell over service, product,
    family, brand and branch to its valid tickets, `durations` the total and each service, `symptoms` and `causes` each
    service to its tickets by symptom and cause. `unreadable` counts messages by reason class over the whole log, as do
    `wrong_key` (counted as tickets all the same) and `too_old` (not counted).
    """

    indicators: dict[tuple[str, Cell], tuple[int, int]]
    tickets: dict[Cell, int]
    durations: dict[Cell, Durations]
    symptoms: dict[str, Counter[str]]
    causes: dict[str, Counter[str]]
    unreadable: Counter[str]
    wrong_key: int
    too_old: int


def recount(
    messages: Iterable[Message],
    *,
    period: str,
    as_of: datetime,
    families: Mapping[str, Collection[str]],
    prefixes: Mapping[str, str],
    placeholders: Collection[str],
    closed: Mapping[str, Collection[int]] | None = None,
) -> Figures:
    """Count a month from the raw events.

    Args:
        messages: (topic without the installation's prefix, key, value), as the log holds them.
        period: the month, such as "2009-07", in Asia/Shanghai.
        as_of: the aware instant at which an unrestored ticket is judged to be past due or not.
        families: brand family → its brands.
        prefixes: first digits of a number → branch, for tickets that name none; the longest match wins.
        placeholders: numbers that stand for no user.
        closed: closed month → the positions in `messages` that lie at or past the offset at which it was closed.

    Raises:
        AssertionError: two different messages carry the same revision of one ticket.
    """
    closed = closed or {}

    def is_too_old(position: int, ticket: Ticket) -> bool:
        return any(position in late and in_month(ticket["opened_at"], month) for month, late in closed.items())

    collected = collect(messages, is_too_old, closed.get(period, ()))
    valid = [ticket for ticket in collected.tickets.values() if ticket["status"] not in ("cancelled", "rejected")]
    restorations = restorations_by_line(valid, placeholders)
    month = [
        {
            **ticket,
            **dimensions(ticket, families, prefixes),
            "user": None if ticket["subscriber"] in placeholders else ticket["subscriber"],
            "timely": is_timely(ticket, microseconds(as_of)),
            "came_back": came_back(ticket, restorations),
        }
        for ticket in valid
        if in_month(ticket["opened_at"], period)
    ]
    return Figures(
        indicators=count_indicators(month),
        tickets={cell: len(group) for cell, group in cells(month, DIMENSIONS)},
        durations=count_durations(month),
        symptoms=count_words(month, "symptom"),
        causes=count_words(month, "cause"),
        unreadable=collected.unreadable,
        wrong_key=collected.wrong_key,
        too_old=collected.too_old,
    )


def in_month(opened_at: int, period: str) -> bool:
    """Whether the instant lies in the half-open local month."""
    begin, end = limits(period)
    return begin <= opened_at < end


@cache
def limits(period: str) -> tuple[int, int]:
    """The first instant of the month and the first after it."""
    begin = datetime.strptime(period, "%Y-%m").replace(tzinfo=ZONE)
    return microseconds(begin), microseconds((begin + timedelta(days=31)).replace(day=1))


def dimensions(ticket: Ticket, families: Mapping[str, Collection[str]], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The ticket's value for every dimension; "none" where it has none."""
    known = [prefix for prefix in prefixes if ticket["subscriber"].startswith(prefix)]
    by_number = prefixes[max(known, key=len)] if known else None
    family = next((name for name, brands in families.items() if ticket["brand"] in brands), None)
    found = {**ticket, "family": family, "branch": by_number if ticket["branch"] is None else ticket["branch"]}
    return {name: "none" if found[name] is None else found[name] for name in DIMENSIONS}


def is_timely(ticket: Ticket, as_of: int) -> bool | None:
    """Whether the ticket was restored by its due; None while that is undecided."""
    due = effective_due(ticket)
    if ticket["restored_at"] is not None:
        return bool(ticket["restored_at"] <= due)
    return False if as_of > due else None


def effective_due(ticket: Ticket) -> Instant:
    """The due, or else the promise, pushed by every hold that begins before it; `NEVER` by an open-ended one."""
    due: Instant = promise(ticket["opened_at"]) if ticket["due_at"] is None else ticket["due_at"]
    stopped_until = ticket["opened_at"]
    for started, end in sorted(ticket["held"] or ()):
        # Clipping at what is already counted both merges overlapping holds and drops time before the report.
        begin = max(started, stopped_until)
        if begin < end and begin < due:
            due = NEVER if end == NEVER else due + (end - begin)
            stopped_until = end
    return due


def promise(opened_at: int) -> int:
    """Reported before 16:00 local time: that day's end; at or after it: 24 hours later."""
    local = (EPOCH + timedelta(microseconds=opened_at)).astimezone(ZONE)
    if local.hour >= PROMISE_HOUR:
        return opened_at + DAY
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return microseconds(midnight + timedelta(days=1))


def restorations_by_line(valid: list[Ticket], placeholders: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """(Restored at, ticket id) of each real number's restored tickets, of whatever month."""
    restorations = defaultdict(list)
    for ticket in valid:
        if ticket["restored_at"] is not None and ticket["subscriber"] not in placeholders:
            restorations[ticket["subscriber"]].append((ticket["restored_at"], ticket["id"]))
    return restorations


def came_back(ticket: Ticket, restorations: Mapping[str, list[tuple[int, str]]]) -> bool:
    """Whether another ticket of the line was restored at most 30 days before this one was opened."""
    opened_at = ticket["opened_at"]
    return any(
        opened_at - LOOK_BACK <= restored_at <= opened_at and other != ticket["id"]
        for restored_at, other in restorations.get(ticket["subscriber"], ())
    )


def cells(tickets: list[Ticket], labels: tuple[str, ...]) -> Iterator[tuple[Cell, list[Ticket]]]:
    """The tickets of every value combination that occurs, for every subset of the labels."""
    for wanted in chain.from_iterable(combinations(labels, size) for size in range(len(labels) + 1)):
        values_of = itemgetter(*wanted) if wanted else lambda ticket: ()
        groups: defaultdict[Any, list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            groups[values_of(ticket)].append(ticket)
        for values, group in groups.items():
            yield frozenset(zip(wanted, (values,) if len(wanted) == 1 else values, strict=True)), group


def users_who_reported_again(tickets: list[Ticket]) -> tuple[int, int]:
    """Users with at least two tickets / users with at least one."""
    reports = Counter(ticket["user"] for ticket in tickets if ticket["user"] is not None)
    return sum(count >= 2 for count in reports.values()), len(reports)


def timely_of_decided(tickets: list[Ticket]) -> tuple[int, int]:
    """Tickets restored in time / tickets decided."""
    verdicts = [ticket["timely"] for ticket in tickets if ticket["timely"] is not None]
    return sum(verdicts), len(verdicts)


def share(name: str, value: object) -> Callable[[list[Ticket]], tuple[int, int]]:
    """A rate: the tickets whose field has this value / all tickets."""
    return lambda tickets: (sum(ticket[name] == value for ticket in tickets), len(tickets))


DIMENSIONS: Final = ("service", "product", "family", "brand", "branch")
BY_BRAND: Final = ("service", "family", "brand", "branch")
BY_PRODUCT: Final = ("service", "product", "branch")
INDICATORS: Final[dict[str, tuple[tuple[str, ...], Callable[[list[Ticket]], tuple[int, int]]]]] = {
    "repeat_report_rate": (BY_BRAND, users_who_reported_again),
    "repeat_within_30_days_rate": (BY_BRAND, share("came_back", True)),
    "timely_restoration_rate": (BY_BRAND, timely_of_decided),
    "preprocessing_rate": (("service", "branch"), share("preprocessed", True)),
    "unknown_cause_rate": (BY_PRODUCT, share("cause_class", "unknown")),
    "other_cause_rate": (BY_PRODUCT, share("cause_class", "other")),
}


def count_indicators(month: list[Ticket]) -> dict[tuple[str, Cell], tuple[int, int]]:
    """Numerator and denominator of every indicator in every cell with a denominator."""
    counted = {}
    for indicator, (labels, rate) in INDICATORS.items():
        for cell, group in cells(month, labels):
            numerator, denominator = rate(group)
            if denominator:
                counted[indicator, cell] = (numerator, denominator)
    return counted


def count_durations(month: list[Ticket]) -> dict[Cell, Durations]:
    """Times to restore, of the whole month and of each service; cells without a restored ticket are absent."""
    restored = [ticket for ticket in month if ticket["restored_at"] is not None]
    return {cell: durations(group) for cell, group in cells(restored, ("service",))}


def durations(restored: list[Ticket]) -> Durations:
    exact: list[int] = sorted(ticket["restored_at"] - ticket["opened_at"] for ticket in restored)
    minutes = [duration // MINUTE for duration in exact]

    def nearest_rank(percent: int) -> int:
        return minutes[math.ceil(Fraction(percent * len(minutes), 100)) - 1]

    mean_seconds = Fraction(sum(exact), len(exact) * SECOND)
    return Durations(len(exact), mean_seconds, nearest_rank(50), nearest_rank(80), nearest_rank(95), minutes[-1])


def count_words(month: list[Ticket], name: str) -> dict[str, Counter[str]]:
    """Tickets of each service by the words in one field; "none" where it is absent."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for ticket in month:
        counted[ticket["service"]]["none" if ticket[name] is None else ticket[name]] += 1
    return dict(counted)


def assert_equal(figures: Figures, indicators: Iterable[Mapping[str, Any]]) -> None:
    """Compare with the `indicators` list of a snapshot, exactly and in both directions.

    Args:
        figures: the oracle's count.
        indicators: entries with `id`, `labels`, `numerator` and `denominator`; one with denominator 0 says nothing.

    Raises:
        AssertionError: lists every difference, one a line.
    """
    stated = [
        ((entry["id"], frozenset(entry["labels"].items())), (entry["numerator"], entry["denominator"]))
        for entry in indicators
        if entry["denominator"] != 0
    ]
    repeated = [where for where, times in Counter(where for where, _ in stated).items() if times > 1]
    differences = [f"{spell(where)}: stated more than once" for where in repeated]
    found = dict(stated)
    for where in figures.indicators.keys() | found.keys():
        expected, actual = figures.indicators.get(where), found.get(where)
        if expected != actual:
            differences.append(f"{spell(where)}: oracle {spell_rate(expected)}, snapshot {spell_rate(actual)}")
    assert not differences, "\n".join([f"{len(differences)} figures differ:", *sorted(differences)])


def spell(where: tuple[str, Cell]) -> str:
    indicator, cell = where
    return f"{indicator}{{{', '.join(f'{label}={value}' for label, value in sorted(cell))}}}"


def spell_rate(rate: tuple[int, int] | None) -> str:
    return "nothing" if rate is None else f"{rate[0]}/{rate[1]}"
