"""What all kinds are counted with: months, dues and holds, the town's own words, and sums over every set of labels."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, combinations
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.oracle.reading import EPOCH, NEVER, Instant, Record, microseconds

Cell = frozenset[tuple[str, str]]
Rate = Callable[[list[Record]], tuple[int, int]]

ZONE: Final = ZoneInfo("Asia/Shanghai")
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE
NONE: Final = "none"


@dataclass(frozen=True)
class Town:
    """The operator's own words: families of brands, prefixes of branches, numbers that stand for no user, aliases of
    departments, channels by which a complaint arrives escalated."""

    families: Mapping[str, Collection[str]]
    prefixes: Mapping[str, str]
    placeholders: Collection[str]
    aliases: Mapping[str, str]
    escalated_channels: Collection[str]

    def branch(self, record: Record) -> str | None:
        """The branch that the record names, else that of the longest prefix of its number."""
        number = record.get("subscriber") or ""
        known = [prefix for prefix in self.prefixes if number.startswith(prefix)]
        return record["branch"] or (self.prefixes[max(known, key=len)] if known else None)

    def family(self, record: Record) -> str | None:
        return next((family for family, brands in self.families.items() if record["brand"] in brands), None)

    def department(self, name: str | None) -> str | None:
        return None if name is None else self.aliases.get(name, name)


@dataclass(frozen=True)
class Counted:
    """Figures of one kind of event: rates per (indicator, cell) with a denominator, counts per (measure, cell) that
    are not 0."""

    indicators: dict[tuple[str, Cell], tuple[int, int]] = field(default_factory=dict)
    counts: dict[tuple[str, Cell], int] = field(default_factory=dict)

    def add_rate(self, indicator: str, labels: tuple[str, ...], records: list[Record], rate: Rate) -> None:
        """A rate in every cell over the labels that has a denominator."""
        for cell, group in cells(records, labels):
            numerator, denominator = rate(group)
            if denominator:
                self.indicators[indicator, cell] = (numerator, denominator)

    def add_count(
        self, measure: str, labels: tuple[str, ...], records: Iterable[Record], amount: str | None = None
    ) -> None:
        """A count of records, or the sum of one of their fields, in every cell over the labels."""
        for cell, group in cells(list(records), labels):
            total = len(group) if amount is None else sum(record[amount] or 0 for record in group)
            if total:
                self.counts[measure, cell] = total


def in_month(moment: int, period: str) -> bool:
    """Whether the instant lies in the half-open local month."""
    begin, end = limits(period)
    return begin <= moment < end


@cache
def limits(period: str) -> tuple[int, int]:
    """The first instant of the month and the first after it."""
    begin = datetime.strptime(period, "%Y-%m").replace(tzinfo=ZONE)
    return microseconds(begin), microseconds((begin + timedelta(days=31)).replace(day=1))


def first_of_month(moment: int) -> int:
    """The first instant of the local month that the instant lies in."""
    local = (EPOCH + timedelta(microseconds=moment)).astimezone(ZONE)
    return limits(f"{local:%Y-%m}")[0]


def pushed_by_holds(due: Instant, held: Iterable[tuple[int, Instant]] | None, counted_from: int) -> Instant:
    """The due, pushed by every hold that begins before it; `NEVER` by an open-ended one.

    Args:
        due: the instant that was promised.
        held: (from, to) of each hold.
        counted_from: when the clock began to run; what was held earlier does not count.
    """
    stopped_until: Instant = counted_from
    for started, end in sorted(held or ()):
        # Clipping at what is already counted both merges overlapping holds and drops time before the report.
        begin = max(started, stopped_until)
        if begin < end and begin < due:
            due = NEVER if end == NEVER else due + (end - begin)
            stopped_until = end
    return due


def labelled(records: Iterable[Record], labels: Iterable[str]) -> list[Record]:
    """The records with "none" for every label that they do not have."""
    names = tuple(labels)
    return [
        {**record, **{name: NONE if record[name] is None else record[name] for name in names}} for record in records
    ]


def cells(records: list[Record], labels: tuple[str, ...]) -> Iterator[tuple[Cell, list[Record]]]:
    """The records of every value combination that occurs, for every subset of the labels."""
    for wanted in chain.from_iterable(combinations(labels, size) for size in range(len(labels) + 1)):
        values_of = itemgetter(*wanted) if wanted else lambda record: ()
        groups: defaultdict[Any, list[Record]] = defaultdict(list)
        for record in records:
            groups[values_of(record)].append(record)
        for values, group in groups.items():
            yield frozenset(zip(wanted, (values,) if len(wanted) == 1 else values, strict=True)), group


def share(name: str, value: object) -> Rate:
    """A rate: the records whose field has this value / all records."""
    return lambda records: (sum(record[name] == value for record in records), len(records))


def share_of_known(name: str) -> Rate:
    """A rate: the records whose field is true / those where it is true or false."""

    def rate(records: list[Record]) -> tuple[int, int]:
        known = [record[name] for record in records if record[name] is not None]
        return sum(known), len(known)

    return rate
