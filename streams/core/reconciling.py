"""Reconciles a published table with the recount: what agrees, what does not, by how much, and which facts count there.

The figures are held against each other by `streams.core.checks`; `explaining` and `counted_facts` tell what lies behind
those that differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from streams.core.checks import Check
from streams.core.counted_facts import Candidate, CountedFact
from streams.core.explaining import is_number
from streams.core.tables.agreements import Tree, at


class PrintedError(Exception):
    """A published table cannot be read; the message names file, place and reason, and says what to do."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A printed figure that does not agree. `difference` is printed less recomputed, None where either is no number.

    `facts` are those that count in the recomputed figure, the ones updated last first: what was printed before is most
    likely without them. Where more is printed than the events give, `lacking` says how many more would have to count
    (None: that cannot be told), and `candidates` are facts that might but do not, with the reason. Of both lists
    `…_in_all` says how many there are. They are empty where the report contradicts itself: there no ticket explains
    anything.
    """

    where: str
    printed: Any
    recomputed: Any
    difference: str | None
    note: str
    facts: list[CountedFact] = []
    facts_in_all: int = 0
    lacking: int | None = None
    candidates: list[Candidate] = []
    candidates_in_all: int = 0


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
    elif is_number(content):
        yield where


def difference(printed: Any, recomputed: Any) -> str | None:
    """Return printed less recomputed as a decimal, None where either is no number."""
    if not is_number(printed) or not is_number(recomputed):
        return None
    return str(Decimal(str(printed)) - Decimal(str(recomputed)))


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
            if row and row[0] is not None:
                branch[str(row[0])] = _row(headings, row[1:], table.get(str(row[0])))
    return tree


def _row(headings: Sequence[str], cells: Sequence[Any], counterpart: Any) -> Any:
    if isinstance(counterpart, list):
        return list(cells[: len(headings)])
    if isinstance(counterpart, Mapping):
        return {heading: cell for heading, cell in zip(headings, cells, strict=False) if cell is not None}
    return cells[0] if cells else None
