"""Shares lines out among outages that hold them at the same time, so that every line counts once at every instant.

Of the outages that hold a line, the one that began first has it, at the same start the one with the smaller id.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from streams.core.outages.numbers import Numbers


class Held(NamedTuple):
    """Lines that an outage keeps out of service during [start, end)."""

    start: int
    outage: str
    end: int
    lines: Numbers


class Share(NamedTuple):
    """So many lines whose time [start, end) out of service is the outage's own.

    `begins` says that the lines were in service before; otherwise another outage had held them until then.
    """

    outage: str
    lines: int
    start: int
    end: int
    begins: bool


def shares_of(held: Iterable[Held]) -> Iterator[Share]:
    """Return what each outage has of the time of all lines, in no particular order."""
    ordered = sorted(
        (one for one in held if one.start < one.end and one.lines), key=lambda one: (one.start, one.outage)
    )
    for group in _at_the_same_time(ordered):
        if len({one.outage for one in group}) == 1:
            yield from (Share(one.outage, one.lines.size, one.start, one.end, begins=True) for one in group)
            continue
        for holders, lines in _lines_by_holders(group).items():
            yield from _shared([group[place] for place in holders], lines)


def _at_the_same_time(ordered: Sequence[Held]) -> Iterator[list[Held]]:
    """Cut the list where everything before has ended when the next begins; touching ones stay together."""
    group: list[Held] = []
    reach = 0
    for one in ordered:
        if group and one.start > reach:
            yield group
            group = []
        reach = max(reach, one.end) if group else one.end
        group.append(one)
    if group:
        yield group


def _lines_by_holders(group: Sequence[Held]) -> Counter[tuple[int, ...]]:
    """Return how many lines are held, at whatever times, by exactly which of the group (places in it, in order)."""
    edges = sorted(
        edge
        for place, one in enumerate(group)
        for first, last in one.lines.stretches
        for edge in ((first, place, True), (last + 1, place, False))
    )
    lines: Counter[tuple[int, ...]] = Counter()
    holders: list[int] = []
    reached = 0
    for number, place, enters in edges:
        if holders and number > reached:
            lines[tuple(holders)] += number - reached
        reached = number
        if enters:
            insort(holders, place)
        else:
            del holders[bisect_left(holders, place)]
    return lines


def _shared(holders: Sequence[Held], lines: int) -> Iterator[Share]:
    """Walk through those that hold the same lines, in order: each has what those before it have left over."""
    reach = holders[0].start - 1
    for one in holders:
        if one.end > reach:
            yield Share(one.outage, lines, max(one.start, reach), one.end, begins=one.start > reach)
            reach = one.end
