"""The month beside the one before and last year's: the key figures with their direction, and plain numbers."""

from __future__ import annotations

from collections.abc import Mapping

from streams.core.comparisons import change_of, growth_percent
from streams.core.figures import MONTHS_BACK, Basis, CountFigure
from streams.core.ratios import percent
from streams.reports.document.making import CHANGES, Making, change_points
from streams.reports.document.model import Column, Row, Table, Value

COUNTS = ("fault_tickets", "complaints", "escalated_complaints", "orders")
GROWTHS: Mapping[Basis, str] = {"previous_month": "growth_on_month", "previous_year": "growth_on_year"}
"""Month that numbers are held against → the word of their growth."""


def comparison_tables(making: Making) -> list[Table]:
    """Return the tables; a month that is not held has no columns, and without any there is no table."""
    return [table for table in (_rates(making), _numbers(making)) if len(table.columns) > 2]


def _rates(making: Making) -> Table:
    """Return each key figure in each month held, its change in points, and whether that is better or worse."""
    words, listed = making.words, making.figures.key_figures()
    held = [basis for basis in MONTHS_BACK if any(basis in one.figure.earlier for one in listed)]
    columns = [Column(words("indicator")), Column(words("this_month"), "percent")]
    for basis in held:
        columns += [
            Column(words(basis), "percent"),
            Column(words(CHANGES[basis]), "points"),
            Column(words("direction")),
        ]
    rows = []
    for one in listed:
        cells: list[Value] = [making.key_name(one), percent(one.figure.numerator, one.figure.denominator)]
        for basis in held:
            change = change_of(one.figure, basis)
            before = None if change is None else percent(change.before.numerator, change.before.denominator)
            cells += [before, change_points(one.figure, basis)]
            cells.append(None if change is None or change.points is None else words(change.direction or "unclear"))
        rows.append(Row(tuple(cells)))
    return Table(words("comparison"), tuple(columns), tuple(rows))


def _numbers(making: Making) -> Table:
    """Return plain numbers of the whole city in each month held, with their growth."""
    words = making.words
    listed = [one for one in making.snapshot.counts if one.id in COUNTS and not one.labels]
    held = [basis for basis in MONTHS_BACK if any(basis in one.earlier for one in listed)]
    columns = [Column(words("item")), Column(words("this_month"), "count")]
    for basis in held:
        columns += [Column(words(basis), "count"), Column(words(GROWTHS[basis]), "points")]
    rows = tuple(Row((one.names[words.language], one.count, *_growths(one, held))) for one in listed)
    return Table(words("numbers_compared"), tuple(columns), rows)


def _growths(figure: CountFigure, held: list[Basis]) -> list[Value]:
    cells: list[Value] = []
    for basis in held:
        before = figure.earlier.get(basis)
        growth = None if before is None else growth_percent(figure.count, before)
        cells += [before, None if growth is None else float(growth)]
    return cells
