"""Holds a printed report's figures against recomputed ones and against each other, and lists those that differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import eq
from typing import Any

import msgspec

from streams.core.tables.agreements import Agreement, Tree, at, number_at

AS_PRINTED = "as_printed"
RECOMPUTED = "recomputed"
"""Where a printed report contradicts itself, its file has both words side by side, alone or at the end of a key."""
SUM = "sum"
"""The key of a printed list's printed sum."""
DATE = "date"
"""What tells the entries of a list apart."""

OTHER_FIGURE = "the events give another figure"
NOTHING_TO_RECOMPUTE = "the events give nothing to recompute it from"
NOT_PRINTED = "the report leaves out what the events tell of that day"
OTHER_COUNTS = "the printed figure does not follow from the printed counts"
OTHER_TABLE = "the report's other tables give another figure"
TOO_MANY = "the report's other tables leave room for no more than that"
OTHER_RANGE = "the printed number ranges hold another number of lines"
CONTRADICTIONS = frozenset((OTHER_COUNTS, OTHER_TABLE, TOO_MANY, OTHER_RANGE))
"""The notes on what a report contradicts by its own figures."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A printed figure that differs from the recomputed one (None: there is nothing to recompute it from)."""

    where: str
    printed: Any
    recomputed: Any
    note: str


def checks(printed: Tree, recomputed: Tree, agreements: Collection[Agreement] = ()) -> list[Check]:
    """Return what differs in the chapters that are recomputed, and what breaks an agreement between printed figures.

    Number ranges are looked at in all chapters, also those that are not recomputed; remarks (texts, yes or no) are
    passed over.
    """
    within = {check.where: check for check in (*_disagreements(printed, agreements), *_ranges("", printed))}
    confirmed = {".".join(one.where) for one in agreements if _is_confirmed(one, printed, recomputed)}
    against_events = [
        within.pop(check.where, check)
        for chapter, content in printed.items()
        if chapter in recomputed
        for check in _differences(chapter, content, recomputed[chapter], recomputed[chapter])
        if check.where not in confirmed
    ]
    return [*against_events, *within.values()]


def _disagreements(printed: Tree, agreements: Collection[Agreement]) -> Iterator[Check]:
    for agreement in agreements:
        figure, elsewhere = number_at(printed, agreement.where), agreement.elsewhere(printed)
        if figure is not None and elsewhere is not None and not agreement.holds(figure, elsewhere):
            note = OTHER_TABLE if agreement.holds is eq else TOO_MANY
            yield Check(where=".".join(agreement.where), printed=figure, recomputed=elsewhere, note=note)


def _is_confirmed(agreement: Agreement, printed: Tree, recomputed: Tree) -> bool:
    """Tell whether the report's other tables confirm a figure, and the events confirm those.

    Two tables may count the same thing from different facts: a report that follows either of them throughout is right.
    """
    figure, elsewhere = number_at(printed, agreement.where), agreement.elsewhere(printed)
    return figure is not None and figure == elsewhere == agreement.elsewhere(recomputed)


def _differences(where: str, printed: Any, recomputed: Any, chapter: Tree) -> Iterator[Check]:
    if isinstance(printed, Mapping) and isinstance(recomputed, Mapping):
        for key, content in printed.items():
            yield from _differences(f"{where}.{key}", content, _counterpart(key, content, recomputed, chapter), chapter)
    elif isinstance(printed, list) and isinstance(recomputed, list) and all(map(_is_dated, printed + recomputed)):
        yield from _differences_of_rows(where, printed, recomputed)
    elif isinstance(printed, list) and isinstance(recomputed, list) and len(printed) == len(recomputed):
        for place, (content, counted) in enumerate(zip(printed, recomputed, strict=True)):
            yield from _differences(f"{where}[{place}]", content, counted, chapter)
    elif printed != recomputed and not (recomputed is None and isinstance(printed, str | bool)):
        yield Check(where=where, printed=printed, recomputed=recomputed, note=_note(where, recomputed))


def _is_dated(row: Any) -> bool:
    return isinstance(row, Mapping) and DATE in row


def _differences_of_rows(where: str, printed: Sequence[Tree], recomputed: Sequence[Tree]) -> Iterator[Check]:
    """Yield what differs in lists of dated entries, and the entries that only one of them has."""
    pairs, left = paired(printed, recomputed)
    for place, (row, counted) in enumerate(pairs):
        if counted is None:
            yield Check(where=f"{where}[{place}]", printed=row[DATE], recomputed=None, note=NOTHING_TO_RECOMPUTE)
            continue
        follows_ranges = row.get("users") == _lines_in_scope(row) == _lines_in_scope(counted)
        for check in _differences(f"{where}[{place}]", row, counted, counted):
            if not (follows_ranges and check.where.endswith(".users")):
                yield check
    for counted in left:
        yield Check(where=where, printed=None, recomputed=counted[DATE], note=NOT_PRINTED)


def paired(printed: Sequence[Tree], recomputed: Sequence[Tree]) -> tuple[list[tuple[Tree, Tree | None]], list[Tree]]:
    """Return each printed entry with the recomputed one of the same date, and the recomputed ones that are left."""
    left = list(recomputed)
    pairs: list[tuple[Tree, Tree | None]] = []
    for row in printed:
        counted = next((one for one in left if one[DATE] == row[DATE]), None)
        if counted is not None:
            left.remove(counted)
        pairs.append((row, counted))
    return pairs, left


def _counterpart(key: str, content: Any, recomputed: Tree, chapter: Tree) -> Any:
    """Return what the recomputed table has for a printed key.

    For one "as printed" it is the recomputed one, or that without the words; a table of which there is neither gets
    the figures that have the same names in the chapter's other tables.
    """
    if key == SUM and SUM not in recomputed:
        numbers = [number for number in recomputed.values() if isinstance(number, int | float)]
        return sum(numbers) if len(numbers) == len(recomputed) else None
    if not key.endswith(AS_PRINTED):
        return recomputed.get(key)
    named = key.removesuffix(AS_PRINTED)
    for counterpart in (f"{named}{RECOMPUTED}", named.removesuffix("_")):
        if counterpart in recomputed:
            return recomputed[counterpart]
    return {name: _only(name, chapter) for name in content} if isinstance(content, Mapping) else None


def _only(name: str, tree: Tree) -> Any:
    """Return the figure of that name in a tree, None where there is none or more than one."""
    found = list(_named(name, tree))
    return found[0] if len(found) == 1 else None


def _named(name: str, tree: Tree) -> Iterator[Any]:
    for key, content in tree.items():
        if isinstance(content, Mapping):
            yield from _named(name, content)
        elif key == name:
            yield content


def _note(where: str, recomputed: Any) -> str:
    if recomputed is None:
        return NOTHING_TO_RECOMPUTE
    return OTHER_COUNTS if AS_PRINTED in where else OTHER_FIGURE


def _ranges(where: str, printed: Any) -> Iterator[Check]:
    """Yield the entries whose number of users is not that of the lines in their scope's ranges, ends included."""
    if isinstance(printed, list):
        for place, content in enumerate(printed):
            yield from _ranges(f"{where}[{place}]", content)
    elif isinstance(printed, Mapping):
        users, lines = number_at(printed, ("users",)), _lines_in_scope(printed)
        if users is not None and lines is not None and users != lines:
            yield Check(where=f"{where}.users", printed=users, recomputed=lines, note=OTHER_RANGE)
        for key, content in printed.items():
            yield from _ranges(f"{where}.{key}" if where else key, content)


def _lines_in_scope(entry: Tree) -> int | None:
    """Return how many numbers the ranges [first, last] of an entry's scope hold, None where it has no such pairs."""
    try:
        return sum(int(last) - int(first) + 1 for first, last in at(entry, ("scope", "ranges")))
    except (TypeError, ValueError):
        return None
