"""Users of mass outages and how long they were out, counted line by line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from tests.oracle.counting import limits
from tests.oracle.reading import NEVER, Instant, Record

MOST_LINES: Final = 5_000_000

Stretch = tuple[int, str, Instant]
"""One line without service: since when, the outage's id, until when. The one that owns an instant sorts first."""


class Impact(NamedTuple):
    """Users of one outage; all but `users_from` is None where they are unknown. Times are in user-microseconds.

    `users_out` are out at the instant of counting. `user_microseconds` are all of the outage's in the month,
    `whole_user_microseconds` those of its whole life until then. In what is net a line that several outages of one
    kind hold counts in the one that started first alone, and `interruptions` are the lines that lost service in the
    month by it, having had it before; suspected outages have nothing net (0).
    """

    users: int | None
    users_from: str
    users_out: int | None = None
    user_microseconds: int | None = None
    whole_user_microseconds: int | None = None
    net_users_out: int | None = None
    net_user_microseconds: int | None = None
    interruptions: int | None = None


@dataclass
class Net:
    """What an outage has of the lines that it shares with others."""

    users_out: int = 0
    user_microseconds: int = 0
    interruptions: int = 0


class Clock(NamedTuple):
    """A month [begin, end), and the instant at which it is counted."""

    begin: int
    end: int
    as_of: int

    def overlap(self, since: int | float, until: int | float) -> int:
        """How much of [since, until) lies in the month and has passed."""
        return int(max(0, min(until, self.end, self.as_of) - max(since, self.begin)))

    def has_seen(self, moment: int | float) -> bool:
        """Whether the instant lies in the month and has come."""
        return self.begin <= moment < self.end and moment <= self.as_of


class Out(NamedTuple):
    """Who is out: how many, how that is known, and the lines in ascending order; None where only a number is given."""

    users: int | None
    users_from: str
    lines: list[str] | None


class Part(NamedTuple):
    """Users [first, last) of an outage, in ascending order of their numbers, who come back together."""

    first: int
    last: int
    back_at: Instant


def kind_of(outage: Record) -> str:
    """Suspected outages and planned work are kept apart from the confirmed ones."""
    if outage["status"] == "suspected":
        return "suspected"
    return "planned" if outage["planned"] else "confirmed"


def stretches_of(ranges: Iterable[tuple[str, str]]) -> list[tuple[int, int, int]]:
    """Ranges of numbers as disjoint (digits, first, last), ascending; both ends belong to them."""
    disjoint: list[tuple[int, int, int]] = []
    for digits, first, last in sorted((len(first), int(first), int(last)) for first, last in ranges):
        if disjoint and disjoint[-1][0] == digits and first <= disjoint[-1][2]:
            _, begin, end = disjoint.pop()
            disjoint.append((digits, begin, max(end, last)))
        else:
            disjoint.append((digits, first, last))
    return disjoint


def covers(scope: Record, number: str, site: str | None) -> bool:
    """Whether a line is at one of the scope's sites, or its number in one of the ranges or under one of the prefixes.

    What is not made of digits alone is no number: it is in no range and under no prefix.
    """
    if site in scope["sites"]:
        return True
    return is_number(number) and (
        number.startswith(tuple(scope["prefixes"]))
        or any(len(number) == len(first) and int(first) <= int(number) <= int(last) for first, last in scope["ranges"])
    )


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def in_order(line: str) -> tuple[bool, int, bytes]:
    """Lower lines first: numbers by length and digits, then the names that some lines have instead."""
    return not is_number(line), len(line.encode()), line.encode()


def who_is_out(outage: Record, directory: Mapping[str, str]) -> Out:
    """The numbers in scope that the directory knows, else the estimate, else the numbers of ranges that stand alone."""
    known = [number for number, site in directory.items() if covers(outage["scope"], number, site)]
    if known:
        return Out(len(known), "directory", sorted(known, key=in_order))
    if outage["users"] is not None:
        return Out(outage["users"], "given", None)
    if outage["scope"]["prefixes"] or outage["scope"]["sites"]:
        return Out(None, "unknown", None)
    stretches = stretches_of(outage["scope"]["ranges"])
    size = sum(last - first + 1 for _, first, last in stretches)
    assert size <= MOST_LINES, f"{outage['id']}: {size:,} lines are too many to be counted one by one"
    lines = [str(line).zfill(digits) for digits, first, last in stretches for line in range(first, last + 1)]
    return Out(size, "range", lines)


def parts(outage: Record, users: int) -> Iterator[Part]:
    """Who comes back when: each step restores the lowest numbers that are still out, the end all that are left."""
    back = 0
    for step in outage["steps"] or ():
        upto = min(back + step["users"], users)
        yield Part(back, upto, step["at"])
        back = upto
    yield Part(back, users, NEVER if outage["restored_at"] is None else outage["restored_at"])


def assess(outages: list[Record], directory: Mapping[str, str], period: str, as_of: int) -> dict[str, Impact]:
    """The users of outages by their ids.

    Args:
        outages: those that count, of any kind.
        directory: number → site.
        period: the month to which the figures of a month are cut.
        as_of: the instant up to which an outage that is not over has lasted.
    """
    out = {outage["id"]: who_is_out(outage, directory) for outage in outages}
    clock = Clock(*limits(period), as_of)
    net = {outage["id"]: Net() for outage in outages}
    for kind in ("confirmed", "planned"):
        of_kind = [outage for outage in outages if kind_of(outage) == kind]
        for line, lines in alike(of_kind, out).items():
            count_line(line, lines, clock, net)
    return {outage["id"]: impact(outage, out[outage["id"]], net[outage["id"]], clock) for outage in outages}


def impact(outage: Record, out: Out, net: Net, clock: Clock) -> Impact:
    """One outage by itself, and its share of what all of them did."""
    if out.users is None:
        return Impact(None, out.users_from)
    started_at = outage["started_at"]
    users_out = in_month = whole = 0
    for first, last, back_at in parts(outage, out.users):
        users_out += (last - first) * (started_at <= clock.as_of < back_at)
        in_month += (last - first) * clock.overlap(started_at, back_at)
        whole += (last - first) * int(max(0, min(back_at, clock.as_of) - started_at))
    own = (users_out, in_month, whole)
    return Impact(out.users, out.users_from, *own, net.users_out, net.user_microseconds, net.interruptions)


def alike(outages: Iterable[Record], out: Mapping[str, Out]) -> Counter[tuple[Stretch, ...]]:
    """Lines by what happens to them; users who are no more than a number are lines of their own."""
    counted: Counter[tuple[Stretch, ...]] = Counter()
    by_line: defaultdict[str, list[Stretch]] = defaultdict(list)
    for outage in outages:
        users, _, lines = out[outage["id"]]
        for first, last, back_at in parts(outage, users or 0):
            stretch = (outage["started_at"], outage["id"], back_at)
            if lines is None:
                counted[(stretch,)] += last - first
            else:
                for line in lines[first:last]:
                    by_line[line].append(stretch)
    counted.update(tuple(stretches) for stretches in by_line.values())
    return counted


def count_line(stretches: tuple[Stretch, ...], lines: int, clock: Clock, net: Mapping[str, Net]) -> None:
    """Add what happened to each of some lines: every instant belongs to the outage that started first."""
    edges = {edge for started_at, _, ended_at in stretches for edge in (started_at, ended_at)}
    had_service = True
    for since, until in pairwise(sorted(edges)):
        holding = [stretch for stretch in stretches if stretch[0] <= since and until <= stretch[2]]
        if holding:
            _, owner, _ = min(holding)
            net[owner].users_out += lines * (since <= clock.as_of < until)
            net[owner].user_microseconds += lines * clock.overlap(since, until)
            net[owner].interruptions += lines * (had_service and clock.has_seen(since))
        had_service = not holding
