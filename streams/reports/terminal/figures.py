"""The lines of the plain tables: every figure of a chapter that no target judges, computed and printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from streams.core.checks import AS_PRINTED, DATE, RECOMPUTED, paired
from streams.core.events.outage import Scope
from streams.core.outages import scope as scopes
from streams.core.snapshot import Snapshot
from streams.core.tables import TOTAL
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


OUTAGES_TITLE = "3.4 群障 Mass outages: 用户 users, 小时 hours, 用户小时 user-hours"


class Line(NamedTuple):
    """One figure, or one row of figures."""

    name: str
    computed: Any
    printed: Any


def plain_tables(snapshot: Snapshot, printed: Mapping[str, Any] | None) -> Iterator[tuple[str, Iterator[Line]]]:
    """Yield (title, lines) of every plain table, in the report's order."""
    for title, paths in PLAIN_TABLES.items():
        yield title, _lines(snapshot.tables, printed, paths)
    yield OUTAGES_TITLE, _outage_lines(snapshot.tables["outages"], _dated(at(printed, ("outages",))))


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


def _outage_lines(computed: Sequence[Mapping[str, Any]], printed: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Yield a line per outage, and their sums; a printed report's user-hours are its users times its hours."""
    pairs, left = paired(printed, computed)
    rows = [*pairs, *((None, counted) for counted in left)]
    for row, counted in rows:
        name = " ".join(_outage_name(counted or row or {}))
        yield Line(name, _computed_outage(counted), _printed_outage(row))
    yield Line(TOTAL, _sums(map(_computed_outage, computed)), _sums(map(_printed_outage, printed)))


def _dated(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping) and DATE in row] if isinstance(rows, list) else []


def _outage_name(row: Mapping[str, Any]) -> Iterator[str]:
    scope = msgspec.convert(row.get("scope", {}), Scope)
    yield f"{row[DATE]:%m-%d}"
    yield scopes.place(scope)
    if scope.ranges:
        yield f"({scopes.stated_numbers(scope).size:,} numbers)"


def _computed_outage(row: Mapping[str, Any] | None) -> list[Any] | None:
    return None if row is None else [row["users"], row["hours"], row["user_hours"]]


def _printed_outage(row: Mapping[str, Any] | None) -> list[Any] | None:
    if row is None:
        return None
    users, lasted = row.get("users"), row.get("hours")
    if users is None or lasted is None:
        return [users, lasted, None]
    return [users, float(lasted), float(users * lasted)]


def _sums(rows: Iterable[list[Any] | None]) -> list[Any] | None:
    """Return the sums of users and of user-hours; hours of outages that may be at the same time have none."""
    known = [row for row in rows if row is not None]
    return [sum(row[0] or 0 for row in known), sum(row[2] or 0.0 for row in known)] if known else None
