"""Users of mass outages and how long they were out, counted line by line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from tests.oracle.counting import limits
from tests.oracle.reading import NEVER, Instant, Record

MOST_LINES: Final = 5_000_000

Stretch = tuple[int, str, int]
"""One line without service: since when, the outage's id, until when. The one that owns an instant sorts first."""


class Impact(NamedTuple):
    """Users of one outage; all but `users_from` is None where they are unknown. Times are in user-microseconds.

    `users_out` are out at the instant of counting. `user_microseconds` are all of the outage's in the month,
    `whole_user_microseconds` those of its whole life until then. In `net_user_microseconds` a line that several
    outages of one kind hold counts in the one that started first alone, and `interruptions` are the lines that lost
    service in the month by it, having had it before; suspected outages have neither (0).
    """

    users: int | None
    users_from: str
    users_out: int | None
    user_microseconds: int | None
    whole_user_microseconds: int | None
    net_user_microseconds: int | None
    interruptions: int | None


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
    """Whether a number is in one of the scope's ranges, begins with one of its prefixes, or is at one of its sites."""
    is_plain = number.isascii() and number.isdigit()
    in_range = is_plain and any(
        len(number) == len(first) and int(first) <= int(number) <= int(last) for first, last in scope["ranges"]
    )
    return in_range or number.startswith(tuple(scope["prefixes"])) or site in scope["sites"]


def who_is_out(outage: Record, directory: Mapping[str, str]) -> Out:
    """The numbers in scope that the directory knows, else the estimate, else the numbers of ranges that stand alone."""
    known = [number for number, site in directory.items() if covers(outage["scope"], number, site)]
    if known:
        return Out(len(known), "directory", sorted(known, key=lambda number: (len(number), number)))
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
        period: the month to which all but `whole_user_microseconds` is cut.
        as_of: the instant up to which an outage that is not over has lasted.
    """
    out = {outage["id"]: who_is_out(outage, directory) for outage in outages}
    net: Counter[str] = Counter()
    interruptions: Counter[str] = Counter()
    for kind in ("confirmed", "planned"):
        of_kind = [outage for outage in outages if kind_of(outage) == kind]
        for line, lines in alike(of_kind, out, as_of).items():
            count_line(line, lines, period, net, interruptions)
    return {
        outage["id"]: impact(outage, out[outage["id"]], net, interruptions, limits(period), as_of) for outage in outages
    }


def impact(
    outage: Record,
    out: Out,
    net: Mapping[str, int],
    interruptions: Mapping[str, int],
    month: tuple[int, int],
    as_of: int,
) -> Impact:
    """One outage by itself, and its share of what all of them did."""
    if out.users is None:
        return Impact(None, out.users_from, None, None, None, None, None)
    started_at, identity = outage["started_at"], outage["id"]
    users_out = in_month = whole = 0
    for first, last, back_at in parts(outage, out.users):
        users_out += (last - first) * (started_at <= as_of < back_at)
        end = min(back_at, as_of)
        in_month += (last - first) * overlap(started_at, end, month)
        whole += (last - first) * max(0, int(end) - started_at)
    return Impact(
        out.users, out.users_from, users_out, in_month, whole, net.get(identity, 0), interruptions.get(identity, 0)
    )


def overlap(begin: int, end: Instant, month: tuple[int, int]) -> int:
    """How much of [begin, end) lies in the month."""
    return max(0, int(min(end, month[1])) - max(begin, month[0]))


def alike(outages: Iterable[Record], out: Mapping[str, Out], as_of: int) -> Counter[tuple[Stretch, ...]]:
    """Lines by what happened to them until `as_of`; users who are no more than a number are lines of their own."""
    counted: Counter[tuple[Stretch, ...]] = Counter()
    by_line: defaultdict[str, list[Stretch]] = defaultdict(list)
    for outage in outages:
        users, _, lines = out[outage["id"]]
        for first, last, back_at in parts(outage, users or 0):
            stretch = (outage["started_at"], outage["id"], int(min(back_at, as_of)))
            if lines is None:
                counted[(stretch,)] += last - first
            else:
                for line in lines[first:last]:
                    by_line[line].append(stretch)
    counted.update(tuple(stretches) for stretches in by_line.values())
    return counted


def count_line(
    stretches: tuple[Stretch, ...], lines: int, period: str, net: Counter[str], interruptions: Counter[str]
) -> None:
    """Add what happened to each of some lines: every instant belongs to the outage that started first."""
    begin, end = limits(period)
    had_service = True
    for since, until in pairwise(
        sorted({edge for started_at, _, ended_at in stretches for edge in (started_at, ended_at)})
    ):
        holding = [stretch for stretch in stretches if stretch[0] <= since and until <= stretch[2]]
        if holding:
            _, owner, _ = min(holding)
            net[owner] += lines * overlap(since, until, (begin, end))
            interruptions[owner] += lines * (had_service and begin <= since < end)
        had_service = not holding
