"""Prints the tables: those that targets judge, the plain ones, and what a printed report got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.core.checks import Check
from streams.core.snapshot import Snapshot
from streams.core.targets import TIERS
from streams.reports.terminal.figures import Line, plain_tables
from streams.reports.terminal.layout import new_table
from streams.reports.terminal.rows import Row, Rows
from streams.reports.terminal.words import beside, figure_words, share_words, verdict_words


def print_report(snapshot: Snapshot, printed: Mapping[str, Any] | None, console: Console) -> None:
    """Print the tables of a snapshot; with `printed`, the tree of a printed report, its figures stand beside them."""
    console.print(f"[bold]{snapshot.period}[/] as of {snapshot.as_of} ({snapshot.state})", highlight=False)
    is_beside = printed is not None
    for title, rows in Rows(snapshot, printed).tables():
        console.print(_judged_table(title, rows, is_beside=is_beside))
    for title, lines in plain_tables(snapshot, printed):
        console.print(_plain_table(title, lines, is_beside=is_beside))
    if snapshot.checks:
        console.print(_checks_table(snapshot.checks))


def _judged_table(title: str, rows: Iterable[Row], *, is_beside: bool) -> Table:
    table = _figures_table(title, is_beside=is_beside)
    for tier in TIERS:
        table.add_column(tier)
    for row in rows:
        cells = _cells(row.name, share_words(row.computed), share_words(row.printed), is_beside=is_beside)
        table.add_row(*cells, *(verdict_words(row.judged, tier) for tier in TIERS))
    return table


def _plain_table(title: str, lines: Iterable[Line], *, is_beside: bool) -> Table:
    table = _figures_table(title, is_beside=is_beside)
    for line in lines:
        computed, printed = figure_words(line.computed), figure_words(line.printed)
        table.add_row(*_cells(line.name, computed, printed, is_beside=is_beside))
    return table


def _checks_table(checks: Iterable[Check]) -> Table:
    table = new_table("Printed figures that do not hold")
    table.add_column("")
    for heading in ("computed", "printed"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for check in checks:
        computed, printed = figure_words(check.recomputed), figure_words(check.printed)
        table.add_row(Text(check.where), Text(computed), beside(printed, computed), Text(check.note))
    return table


def _figures_table(title: str, *, is_beside: bool) -> Table:
    table = new_table(title)
    table.add_column("")
    table.add_column("computed", justify="right")
    if is_beside:
        table.add_column("printed", justify="right")
    return table


def _cells(name: str, computed: str, printed: str, *, is_beside: bool) -> list[Text]:
    cells = [Text(name), Text(computed)]
    return [*cells, beside(printed, computed)] if is_beside else cells
