"""What the scope of an outage covers, and how people are told the place without being told anybody's number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from streams.core.events.outage import Scope
from streams.core.outages.numbers import Numbers, is_digits

MOST_PLACES = 3
MOST_DIGITS = 6
"""Of a longer prefix no more is shown: it could be somebody's number."""


def covers(scope: Scope, number: str, site: str | None) -> bool:
    """Tell whether a line is in the scope: by its number in a range or under a prefix, or by its site."""
    return (site is not None and site in scope.sites) or _covers_number(scope, number)


def _covers_number(scope: Scope, number: str) -> bool:
    """Tell whether a range or prefix covers the number; an account that only begins with digits is not meant."""
    if not is_digits(number):
        return False
    if any(map(number.startswith, scope.prefixes)):
        return True
    return any(len(number) == len(first) and first <= number <= last for first, last in scope.ranges)


def stated_numbers(scope: Scope) -> Numbers:
    """Return the numbers in the ranges; which lie under prefixes and at sites only a directory knows."""
    return Numbers.of_ranges(scope.ranges)


def meant_numbers(scope: Scope) -> Numbers:
    """Return all numbers that the ranges and prefixes can mean, whether or not somebody has them."""
    numbers = stated_numbers(scope)
    for prefix in scope.prefixes:
        numbers |= Numbers.of_prefix(prefix)
    return numbers


def place(scope: Scope) -> str:
    """Return a short text for the place: at most three of its sites, prefixes and ranges ("6182xxx")."""
    places = list(dict.fromkeys(_places(scope)))
    return ", ".join(places[:MOST_PLACES] + ["…"] * (len(places) > MOST_PLACES))


def _places(scope: Scope) -> Iterator[str]:
    yield from scope.sites
    for prefix in scope.prefixes:
        yield prefix if len(prefix) <= MOST_DIGITS else f"{prefix[:MOST_DIGITS]}…"
    for first, last in scope.ranges:
        shared = _shared_beginning(first, last)
        yield shared + "x" * (len(first) - len(shared))


def _shared_beginning(first: str, last: str) -> str:
    """Return the digits with which both begin, never all of them: a range of one number is somebody's."""
    pairs = zip(first[:-1], last[:-1], strict=True)
    return "".join(digit for digit, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
