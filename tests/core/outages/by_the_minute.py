"""Counts outages line by line and minute by minute, knowing nothing of how `streams.core.outages` does it.

Slow and plain: for every line that is in any scope, for every minute, who has it. Times lie on whole minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PlainOutage:
    """An outage as plainly as can be: its lines as they are, times in minutes; `restored` None while it is open."""

    id: str
    branch: str
    lines: frozenset[str]
    started: int
    restored: int | None
    steps: tuple[tuple[int, int], ...] = ()


@dataclass
class Count:
    """What was counted: of all, by branch, by outage; minutes and interruptions."""

    user_minutes: int = 0
    interruptions: int = 0
    users_out: int = 0
    user_minutes_of_branch: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    user_minutes_of_outage: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    gross_user_minutes_of_outage: dict[str, int] = field(default_factory=lambda: defaultdict(int))


Order = Callable[[Iterable[str]], list[str]]


def lowest_first(lines: Iterable[str]) -> list[str]:
    """Return the lines in the order in which steps bring them back: shorter numbers are lower."""
    return sorted(lines, key=lambda line: (len(line), line))


def count(outages: Iterable[PlainOutage], start: int, end: int, now: int, order: Order = lowest_first) -> Count:
    """Count the minutes from `start` up to `end`, as far as the clock `now` has come."""
    counted = Count()
    spans_of_line: dict[str, list[tuple[PlainOutage, int]]] = defaultdict(list)
    for outage in sorted(outages, key=lambda one: (one.started, one.id)):
        for line, back in _back(outage, now, order).items():
            spans_of_line[line].append((outage, back))
    for spans in spans_of_line.values():
        _count_line(spans, start, min(end, now), counted)
        counted.users_out += any(outage.started <= now < back for outage, back in spans)
    return counted


def _back(outage: PlainOutage, now: int, order: Order) -> Mapping[str, int]:
    """Return line → the minute from which it has service again, the minute after now if not yet."""
    still_out = order(outage.lines)
    back = {}
    for minute, users in outage.steps:
        for _ in range(users):
            if still_out:
                back[still_out.pop(0)] = minute
    for line in still_out:
        back[line] = now + 1 if outage.restored is None else outage.restored
    return back


def _count_line(spans: list[tuple[PlainOutage, int]], start: int, end: int, counted: Count) -> None:
    owner_at: dict[int, PlainOutage] = {}
    for outage, back in spans:
        for minute in range(outage.started, back):
            owner_at.setdefault(minute, outage)
            if start <= minute < end:
                counted.gross_user_minutes_of_outage[outage.id] += 1
    for minute, outage in owner_at.items():
        if start <= minute < end:
            counted.user_minutes += 1
            counted.user_minutes_of_branch[outage.branch] += 1
            counted.user_minutes_of_outage[outage.id] += 1
            counted.interruptions += minute - 1 not in owner_at
