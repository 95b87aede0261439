"""Mass outages: how their messages read, and what the month says of each: users, user-hours, reports."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.oracle.counting import NONE, Town, limits
from tests.oracle.impact import Impact, assess, covers, kind_of, stretches_of
from tests.oracle.linking import Reports, report
from tests.oracle.reading import (
    Kind,
    Record,
    Unreadable,
    flag,
    instant,
    integer,
    label,
    list_of,
    name,
    not_before,
    of_type,
    one_of,
    read_fields,
)

DIGITS: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
users: Final = integer(0, 10**9)


@dataclass(frozen=True)
class OutageFigures:
    """One outage: its branch, which kind it is (confirmed, planned, suspected), its users, and who reported it."""

    branch: str
    kind: str
    impact: Impact
    reports: Reports


def digits(raw: object) -> str:
    if not DIGITS.fullmatch(of_type(str, raw)):
        raise Unreadable("unknown_value")
    return str(raw)


def number_range(raw: object) -> tuple[str, str]:
    """Two numbers of one length, the first not above the last."""
    ends = tuple(digits(end) for end in of_type(list, raw))
    if len(ends) != 2:
        raise Unreadable("wrong_type")
    first, last = ends
    if len(first) != len(last) or first > last:
        raise Unreadable("contradiction")
    return first, last


def scope(raw: object) -> Record:
    """What is out: ranges, prefixes and sites together, at least one of them."""
    lists = {"ranges": list_of(number_range), "prefixes": list_of(digits), "sites": list_of(name)}
    named = {field: places or () for field, places in read_fields(of_type(dict, raw), lists, ()).items()}
    if not any(named.values()):
        raise Unreadable("missing_field")
    return named


def step(raw: object) -> Record:
    fields = {"at": instant, "users": users}
    return read_fields(of_type(dict, raw), fields, tuple(fields))


def check(outage: Record) -> None:
    """No end before the start, none missing; steps in order, within the outage, and of no more than its users."""
    not_before("restored_at", "started_at")(outage)
    not_before("expected_at", "started_at")(outage)
    if outage["status"] == "restored" and outage["restored_at"] is None:
        raise Unreadable("missing_field")
    steps = outage["steps"] or ()
    times = [outage["started_at"], *(one["at"] for one in steps)]
    times += [] if outage["restored_at"] is None else [outage["restored_at"]]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise Unreadable("contradiction")
    most = outage["users"]
    if most is None and not (outage["scope"]["prefixes"] or outage["scope"]["sites"]):
        most = sum(last - first + 1 for _, first, last in stretches_of(outage["scope"]["ranges"]))
    if most is not None and sum(one["users"] for one in steps) > most:
        raise Unreadable("contradiction")


KIND: Final = Kind(
    fields={
        "started_at": instant,
        "scope": scope,
        "services": list_of(one_of("fixed", "broadband", "mobile", "key_product")),
        "expected_at": instant,
        "restored_at": instant,
        "steps": list_of(step),
        "users": users,
        "planned": flag,
        "owner": label,
        "cause": label,
        "status": one_of("suspected", "confirmed", "restored", "rejected"),
    },
    required=("started_at", "scope"),
    placed_by="started_at",
    check=check,
)


def of_month(valid: Iterable[Record], period: str) -> list[Record]:
    """The outages that began in the month or lasted into it."""
    begin, end = limits(period)
    return [
        outage
        for outage in valid
        if outage["started_at"] < end
        and (outage["started_at"] >= begin or outage["restored_at"] is None or outage["restored_at"] > begin)
    ]


def count(
    valid: list[Record],
    linked: Mapping[str, Iterable[tuple[Record, str | None]]],
    town: Town,
    directory: Mapping[str, str],
    period: str,
    as_of: int,
) -> dict[str, OutageFigures]:
    """The figures of each of a month's outages by its id.

    Args:
        valid: the outages of all months: one that ended as the month began may have handed its lines on.
        linked: topic → its valid tickets or complaints of all months, each with the id of its outage or None.
        town: the operator's own words.
        directory: number → site.
        period: the month to which user-hours are cut.
        as_of: the instant up to which an outage that is not over has lasted.
    """
    impacts = assess(valid, directory, period, as_of)
    return {
        outage["id"]: OutageFigures(
            branch=branch(outage, town, directory),
            kind=kind_of(outage),
            impact=impacts[outage["id"]],
            reports=report(outage["id"], linked, town.placeholders),
        )
        for outage in of_month(valid, period)
    }


def branch(outage: Record, town: Town, directory: Mapping[str, str]) -> str:
    """The branch that the outage names, else that of its numbers where all have the same."""
    scope = outage["scope"]
    known = [number for number, site in directory.items() if covers(scope, number, site)]
    numbers = [*scope["prefixes"], *known]
    for prefix in scope["prefixes"]:
        numbers += [longer for longer in town.prefixes if longer.startswith(prefix)]
    for first, last in scope["ranges"]:
        # Along a range the branch changes nowhere but where the numbers with a known prefix begin, or have ended.
        shorter = [prefix for prefix in town.prefixes if len(prefix) <= len(first)]
        begins = [int(prefix.ljust(len(first), "0")) for prefix in shorter]
        ends = [int(prefix.ljust(len(first), "9")) + 1 for prefix in shorter]
        changes = {str(number).zfill(len(first)) for number in (*begins, *ends)}
        numbers += [first, *(number for number in changes if len(number) == len(first) and first < number <= last)]
    if scope["sites"] and not known:
        numbers.append("")  # nobody knows the numbers of these sites
    found = {town.branch({"branch": outage["branch"], "subscriber": number}) for number in numbers}
    return (found.pop() if len(found) == 1 else None) or NONE
