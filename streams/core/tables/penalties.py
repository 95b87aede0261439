"""Chapter 3.2.10: what departments pay for overdue complaints, irregular notes, keying errors, justified ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.core.contributions import complaints as measured
from streams.core.tables.month import TOTAL, MonthFigures

KINDS = ("overdue", "irregular_note", "keying_error")
"""The kinds of the table's columns; a penalty for a justified complaint stands in a table of its own."""
JUSTIFIED = "justified"

OVERDUE_COLUMN = 0


class Fines:
    """How many penalties a month has, and what they come to, by department and kind."""

    def __init__(self, month: MonthFigures) -> None:
        """Take the month's figures."""
        labels = ("department", "kind")
        self._numbers = month.by_labels(measured.PENALTIES.name, labels)
        self._fen = month.by_labels(measured.PENALTY_FEN.name, labels)

    def departments(self, *kinds: str) -> list[str]:
        """Return the departments that have a penalty of one of these kinds, sorted."""
        return sorted({department for department, kind in self._numbers if kind in kinds})

    def of(self, departments: Sequence[str], kind: str) -> tuple[int, int]:
        """Return the number of the departments' penalties of a kind, and their amount in fen."""
        numbers, fen = (
            sum(table.get((department, kind), 0) for department in departments) for table in (self._numbers, self._fen)
        )
        return numbers, fen


def penalties(month: MonthFigures, kinds: Sequence[str] = KINDS) -> dict[str, list[int | float | None]]:
    """Return department → [number, yuan] per kind, then yuan in all; None where a department has none of a kind.

    Every department of the definitions has a row, and every other that pays anything.
    """
    fines = Fines(month)
    departments = list(dict.fromkeys([*month.definitions.penalised_departments, *fines.departments(*kinds)]))
    rows = {department: _row(fines, [department], kinds, nothing=None) for department in departments}
    return {**rows, TOTAL: _row(fines, departments, kinds, nothing=0)}


def _row(fines: Fines, departments: list[str], kinds: Sequence[str], nothing: int | None) -> list[int | float | None]:
    row: list[int | float | None] = []
    total_fen = 0
    for kind in kinds:
        number, fen = fines.of(departments, kind)
        row += [number, yuan(fen)] if number else [nothing, nothing]
        total_fen += fen
    return [*row, yuan(total_fen)]


def justified_penalty(month: MonthFigures) -> dict[str, Any]:
    """Return the penalties for justified complaints of the month: who pays, and [cases, yuan] per branch.

    A department that belongs to no branch of the definitions counts in the total alone.
    """
    fines = Fines(month)
    paying = fines.departments(JUSTIFIED)
    rows = {
        branch: _cases(fines, month.definitions.departments_of_branch.get(branch, ()))
        for branch in month.definitions.branches
    }
    return {
        "month_recomputed": month.period if paying else None,
        "department": "、".join(paying) or None,
        **rows,
        TOTAL: _cases(fines, paying),
    }


def _cases(fines: Fines, departments: Sequence[str]) -> list[int | float]:
    number, fen = fines.of(departments, JUSTIFIED)
    return [number, yuan(fen)]


def yuan(fen: int) -> int | float:
    """Return an amount in yuan, exact to the fen; whole yuan as a whole number."""
    whole, rest = divmod(fen, 100)
    return fen / 100 if rest else whole
