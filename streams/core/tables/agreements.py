"""What has to agree inside any report: figures that two of its tables state, and those that bound one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import eq, le
from typing import Any, NamedTuple

from streams.core.definitions import Definitions
from streams.core.ratios import percent
from streams.core.tables.contact_points import HOTLINE, TIMELINESS
from streams.core.tables.month import TOTAL
from streams.core.tables.penalties import OVERDUE_COLUMN

Tree = Mapping[str, Any]
Path = tuple[str, ...]


class Agreement(NamedTuple):
    """A figure of a report, and what the report's other tables make of it.

    `elsewhere` reads that from a tree of tables, None where it is not there. `holds(figure, elsewhere)` is to be true:
    they are equal, or the figure is at most the other.
    """

    where: Path
    elsewhere: Callable[[Tree], Any]
    holds: Callable[[Any, Any], bool] = eq


def agreements(definitions: Definitions) -> Iterator[Agreement]:
    """Yield what has to agree in a report that is made under the definitions."""
    yield Agreement(("contact_points", HOTLINE, f"{TIMELINESS}_pct"), _timeliness_of_counts)
    for department, penalised in definitions.penalised_for.items():
        yield Agreement(("complaints", "overdue_by_department", department), partial(_overdue_penalties, penalised))
    yield Agreement(("satisfaction", "local_callback", "called_by_subject", "complaint"), _cases, le)
    yield Agreement(("satisfaction", "local_callback", "called"), _cases_where_subjects_are_not_told_apart, le)


def at(tree: Any, path: Path) -> Any:
    """Return what a tree has at a path, None where it has nothing."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def number_at(tree: Any, path: Path) -> float | None:
    """Return the number that a tree has at a path, None where it has nothing or something else."""
    found = at(tree, path)
    return found if isinstance(found, int | float) else None


def _timeliness_of_counts(tree: Tree) -> float | None:
    cases, overdue = _cases(tree), number_at(tree, ("complaints", "overdue_by_department", TOTAL))
    return None if cases is None or overdue is None else percent(int(cases - overdue), int(cases))


def _overdue_penalties(departments: Sequence[str], tree: Tree) -> int | None:
    rows = [at(tree, ("complaints", "penalties", department)) for department in departments]
    if not all(isinstance(row, list) and row for row in rows):
        return None
    return sum(row[OVERDUE_COLUMN] or 0 for row in rows)


def _cases(tree: Tree) -> float | None:
    return number_at(tree, ("complaints", "cases"))


def _cases_where_subjects_are_not_told_apart(tree: Tree) -> float | None:
    """Return the month's cases: calls that are not said to be about anything else are about them."""
    return _cases(tree) if at(tree, ("satisfaction", "local_callback", "called_by_subject")) is None else None
