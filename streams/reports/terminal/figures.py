"""The lines of the plain tables: every figure of a chapter that no target judges, computed and printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streams.core.checks import AS_PRINTED, RECOMPUTED
from streams.core.snapshot import Snapshot
from streams.core.tables.agreements import at

Path = tuple[str, ...]

PLAIN_TABLES: dict[str, tuple[Path, ...]] = {
    "2.3, 2.4 环比 Against last month, top symptoms and causes": (
        ("mobile", "previous_month_reports"),
        ("mobile", "fewer_than_last_month"),
        ("broadband", "reports"),
        ("broadband", "other_broadband_reports"),
        ("broadband", "top_symptoms_pct"),
        ("broadband", "top_causes_pct"),
    ),
    "3.1 服务窗口 Contact points": (("contact_points",),),
    "3.2 投诉 Complaints": (("complaints",),),
    "3.3 满意度 Satisfaction": (("satisfaction",),),
}
"""Title → the places in the tables that it shows, with all that lies below them."""


class Line(NamedTuple):
    """One figure, or one row of figures."""

    name: str
    computed: Any
    printed: Any


def plain_tables(snapshot: Snapshot, printed: Mapping[str, Any] | None) -> Iterator[tuple[str, Iterator[Line]]]:
    """Yield (title, lines) of every plain table, in the report's order."""
    for title, paths in PLAIN_TABLES.items():
        yield title, _lines(snapshot.tables, printed, paths)


def _lines(computed: Mapping[str, Any], printed: Mapping[str, Any] | None, paths: tuple[Path, ...]) -> Iterator[Line]:
    for path in paths:
        for place, figure in _leaves(path, at(computed, path)):
            as_printed = (*place[:-1], place[-1].replace(RECOMPUTED, AS_PRINTED))
            yield Line(_name(place, len(path)), figure, at(printed, as_printed))


def _leaves(path: Path, tree: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(tree, Mapping):
        for key, content in tree.items():
            yield from _leaves((*path, key), content)
    else:
        yield path, tree


def _name(place: Path, shown_by_title: int) -> str:
    """Return what a figure is called: its place, without the part of it that the title names."""
    keys = place[1:] if shown_by_title == 1 else place
    return " · ".join(key.removesuffix(f"_{RECOMPUTED}").replace("_", " ").replace("pct", "%") for key in keys)
