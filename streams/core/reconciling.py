"""Reconciles a published table with the recount: what agrees, what does not, by how much, and which facts count there.

The figures are held against each other by `streams.core.checks`; this tells what lies behind those that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from streams.core.checks import OTHER_FIGURE, Check
from streams.core.contributions.measures import Cell
from streams.core.documents import instant_text
from streams.core.events import READERS
from streams.core.months import instant_of
from streams.core.recount import Placed, Recounter
from streams.core.restating import SHOWN_DIGITS
from streams.core.rollups import Counts
from streams.core.tables.agreements import Tree, at

PathsOf = Callable[[Counts], Mapping[str, Any]]
"""Makes of a month's counts place → recomputed figure, for the places that differ from what is printed."""


class PrintedError(Exception):
    """A published table cannot be read; the message names file, place and reason, and says what to do."""


class CountedFact(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A fact (topic/id) that counts in a figure; `key` is masked, `updated_at` is of its newest revision."""

    updated_at: str
    fact: str
    key: str
    revision: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A printed figure that does not agree. `difference` is printed less recomputed, None where either is no number.

    `facts` are those that count in the recomputed figure, the ones updated last first: what was printed before is most
    likely without them. `facts_in_all` says how many there are. Both are empty where the report contradicts itself:
    there no ticket explains anything.
    """

    where: str
    printed: Any
    recomputed: Any
    difference: str | None
    note: str
    facts: list[CountedFact] = []
    facts_in_all: int = 0


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A published report held against the recount as of an instant: so many figures agree, these do not."""

    period: str
    as_of: str
    agreeing: int
    gaps: list[Gap]


def agreeing(printed: Tree, recomputed: Tree, found: Collection[Check]) -> int:
    """Return how many printed numbers, of chapters that are recomputed, no check is about."""
    differing = {check.where for check in found}
    of_chapters = (_numbers(chapter, content) for chapter, content in printed.items() if chapter in recomputed)
    return sum(where not in differing for numbers in of_chapters for where in numbers)


def _numbers(where: str, content: Any) -> Iterator[str]:
    if isinstance(content, Mapping):
        for key, inner in content.items():
            yield from _numbers(f"{where}.{key}", inner)
    elif isinstance(content, list):
        for place, inner in enumerate(content):
            yield from _numbers(f"{where}[{place}]", inner)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield where


def difference(printed: Any, recomputed: Any) -> str | None:
    """Return printed less recomputed as a decimal, None where either is no number."""
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (printed, recomputed)):
        return None
    return str(Decimal(str(printed)) - Decimal(str(recomputed)))


def cells_behind(found: Collection[Check], counts: Counts, paths_of: PathsOf) -> dict[str, set[Cell]]:
    """Return place → the cells of counts without which the recomputed figure there would be another one."""
    places = {check.where: check.recomputed for check in found if check.note == OTHER_FIGURE}
    behind: dict[str, set[Cell]] = {place: set() for place in places}
    if not places:
        return behind
    missing = object()
    for measure, cells in counts.items():
        without = paths_of({name: numbers for name, numbers in counts.items() if name != measure})
        if all(without.get(place, missing) == figure for place, figure in places.items()):
            continue
        for labels in cells:
            less = {**counts, measure: {other: number for other, number in cells.items() if other != labels}}
            without = paths_of(less)
            for place, figure in places.items():
                if without.get(place, missing) != figure:
                    behind[place].add((measure, labels))
    return behind


def counted_facts(behind: Mapping[str, set[Cell]], recounter: Recounter) -> dict[str, list[CountedFact]]:
    """Return place → the facts of one partition that count in its cells."""
    counted: dict[str, list[CountedFact]] = {place: [] for place in behind}
    for topic, key in recounter.facts:
        by_itself, together = recounter.contributions(topic, key)
        for place, cells in behind.items():
            of_key = _touches(together, cells)
            counted[place] += [
                _counted_fact(recounter, topic, key, identity)
                for identity, placed in by_itself.items()
                if of_key or _touches(placed, cells)
            ]
    return counted


def _touches(placed: Placed, cells: set[Cell]) -> bool:
    return any(cell in cells for _, cell in placed)


def _counted_fact(recounter: Recounter, topic: str, key: str, identity: str) -> CountedFact:
    event = READERS[topic].kept(recounter.facts[topic, key][identity].canonical)
    return CountedFact(
        updated_at=instant_text(instant_of(event.updated_at)),
        fact=f"{topic}/{identity}",
        key=key if key == identity else f"{key[:SHOWN_DIGITS]}***",
        revision=event.revision,
    )


def tables_of_sheets(sheets: Mapping[str, Sequence[Sequence[Any]]], recomputed: Tree) -> dict[str, Any]:
    """Return the tree of tables that a workbook's sheets (name → rows of cells) hold.

    A sheet's first cell names its table (`repeat_reports.E8`); beside it stand the headings, below it the
    rows' names. Where rows are plain lists the columns stand in the report's order; else headings are keys.
    Raises PrintedError where a first cell names no table.
    """
    tree: dict[str, Any] = {}
    for name, rows in sheets.items():
        path = str(rows[0][0] or "").split(".") if rows and rows[0] else [""]
        table = at(recomputed, tuple(path))
        if not isinstance(table, Mapping):
            raise PrintedError(
                f"sheet {name!r}: its first cell names no table: {'.'.join(path)!r}; write there which it holds, "
                f"as repeat_reports.E8; the chapters are {', '.join(recomputed)}"
            )
        branch = tree
        for key in path:
            branch = branch.setdefault(key, {})
        headings = [str(heading) for heading in rows[0][1:] if heading is not None]
        for row in rows[1:]:
            if row[0] is not None:
                branch[str(row[0])] = _row(headings, row[1:], table.get(str(row[0])))
    return tree


def _row(headings: Sequence[str], cells: Sequence[Any], counterpart: Any) -> Any:
    if isinstance(counterpart, list):
        return list(cells[: len(headings)])
    if isinstance(counterpart, Mapping):
        return {heading: cell for heading, cell in zip(headings, cells, strict=False) if cell is not None}
    return cells[0] if cells else None
