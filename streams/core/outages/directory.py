"""The subscriber directory: which numbers were in service when, at which site and in which branch.

It is optional. Where it knows a number, counts of users are exact and sites have numbers. Rows lie in arrays, sorted by
number, without an object for each: 1,000,000 of them take 37 MB, and 230 MB for the seconds in which they are sorted.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from streams.core.events.outage import Scope
from streams.core.months import NEVER
from streams.core.outages.numbers import Numbers, place_of

ALWAYS = -NEVER
"""When a line began of which nobody says when it began."""


class Row(NamedTuple):
    """A line in service during [active_from, active_to) (instants); a number has as many rows as such periods."""

    number: str
    site: str | None
    branch: str | None
    active_from: int = ALWAYS
    active_to: int = NEVER


class Directory:
    """All rows, looked up by number, by scope and by site. Immutable.

    Of rows of one number whose periods overlap, the one that began last tells where the line is.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take the rows, in any order."""
        self._sites: dict[str | None, int] = {None: 0}
        self._branches: dict[str | None, int] = {None: 0}
        places: list[int] = []
        columns = array("I"), array("I"), array("q"), array("q")
        for row in rows:
            places.append(place_of(row.number))
            columns[0].append(self._sites.setdefault(row.site, len(self._sites)))
            columns[1].append(self._branches.setdefault(row.branch, len(self._branches)))
            columns[2].append(row.active_from)
            columns[3].append(row.active_to)
        order = sorted(range(len(places)), key=columns[2].__getitem__)
        order.sort(key=places.__getitem__)
        self._places = _compact([places[row] for row in order])
        self._site, self._branch, self._active_from, self._active_to = (
            array(column.typecode, map(column.__getitem__, order)) for column in columns
        )
        self._by_site = array("I", sorted(range(len(order)), key=self._site.__getitem__))
        self._site_names, self._branch_names = tuple(self._sites), tuple(self._branches)
        self._find = lru_cache(maxsize=1_024)(self._find_numbers)
        self.digest = self._digest()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._places)

    def in_scope(self, scope: Scope, at: int) -> Numbers:
        """Return the numbers of the scope that were in service at the instant `at`."""
        return self._find(tuple(scope.ranges), tuple(scope.prefixes), tuple(scope.sites), at)

    def branches_in_scope(self, scope: Scope, at: int) -> set[str | None]:
        """Return the branches of the scope's numbers that were in service at `at`; None where the row names none."""
        return {
            self._branch_names[self._branch[row]] for row in self._rows(scope.ranges, scope.prefixes, scope.sites, at)
        }

    def site_of(self, number: str, at: int) -> str | None:
        """Return where the number's line was at the instant `at`; None where nobody knows."""
        row = self._row(number, at)
        return None if row is None else self._site_names[self._site[row]]

    def branch_of(self, number: str, at: int) -> str | None:
        """Return the branch of the number's line at the instant `at`; None where nobody knows."""
        row = self._row(number, at)
        return None if row is None else self._branch_names[self._branch[row]]

    def _find_numbers(
        self, ranges: tuple[tuple[str, str], ...], prefixes: tuple[str, ...], sites: tuple[str, ...], at: int
    ) -> Numbers:
        return Numbers.of_places({self._places[row] for row in self._rows(ranges, prefixes, sites, at)})

    def _rows(
        self, ranges: Iterable[tuple[str, str]], prefixes: Iterable[str], sites: Iterable[str], at: int
    ) -> Iterator[int]:
        """Return the rows in service at `at`; one may come more than once."""
        for first, last in chain(
            Numbers.of_ranges(ranges).stretches, *(Numbers.of_prefix(prefix).stretches for prefix in prefixes)
        ):
            rows = range(bisect_left(self._places, first), bisect_right(self._places, last))
            yield from self._active(rows, at)
        for site in filter(self._sites.__contains__, sites):
            identity = self._sites[site]
            begin = bisect_left(self._by_site, identity, key=self._site.__getitem__)
            end = bisect_right(self._by_site, identity, key=self._site.__getitem__)
            yield from self._active(self._by_site[begin:end], at)

    def _active(self, rows: Iterable[int], at: int) -> Iterator[int]:
        begun, ended = self._active_from, self._active_to
        return (row for row in rows if begun[row] <= at < ended[row])

    def _row(self, number: str, at: int) -> int | None:
        place = place_of(number)
        rows = range(bisect_left(self._places, place), bisect_right(self._places, place))
        return next(self._active(reversed(rows), at), None)

    def _digest(self) -> str:
        """Return a name of the content: the same rows give the same, if they come in the same order."""
        hashed = hashlib.sha256(repr((self._site_names, self._branch_names)).encode())
        for column in (self._places, self._site, self._branch, self._active_from, self._active_to):
            hashed.update(column.tobytes() if isinstance(column, array) else repr(column).encode())
        return hashed.hexdigest()[:16]


def _compact(places: Sequence[int]) -> Sequence[int]:
    """Return places at 8 bytes each, where all are those of numbers of up to 18 digits; else as they are."""
    try:
        return array("Q", places)
    except OverflowError:
        return tuple(places)
