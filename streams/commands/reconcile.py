"""`streams reconcile`: a published report held against the recount."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Period, error_console, set_up
from streams.core.reconciling import PrintedError
from streams.core.snapshot import SnapshotError
from streams.progress import new_progress
from streams.reports.document import LANGUAGES, Language
from streams.reports.document.words import Words
from streams.reports.reading import NotReady
from streams.reports.reconcile import reconcile
from streams.reports.recounting import Log, MonthNotWhole
from streams.reports.terminal.reconciliation import reconciliation_lines


@click.command(
    "reconcile",
    cls=Command,
    short_help="hold a published report against the recount",
    examples=[
        "streams reconcile 2009-07 streams/samples/july-2009.yaml",
        "streams reconcile 2009-07 published.xlsx --json | jq .gaps",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(NotReady, MonthNotWhole, SnapshotError, PrintedError),
)
@click.argument("month", type=Period())
@click.argument("published", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="tickets shown a figure")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--json", "as_json", is_flag=True, help="print the result as JSON")
@click.pass_context
def command(ctx: click.Context, month: str, published: Path, limit: int, language: Language, *, as_json: bool) -> None:
    """Hold the tables of PUBLISHED against what MONTH's events give, and against each other.

    PUBLISHED is YAML in the form of streams/samples/july-2009.yaml, or a workbook: one table a sheet, whose first cell
    names it (repeat_reports.E8), with the columns' headings beside it and the rows' names below. Columns stand in the
    report's order. Each figure that differs is listed with the tickets that count in it, those updated last first;
    where too much is printed also with those that might have been counted, and why they are not.

    Exit code 0: all agrees. 1: some figure does not. 2: it cannot be told.
    """
    setup = set_up("reconcile")
    log = Log(setup.connection, setup.settings, setup.definitions)
    with new_progress(error_console()) as progress:
        task = progress.add_task(f"Counting {month} anew", total=None)
        result = asyncio.run(
            reconcile(
                log, month, published, limit, lambda done, total: progress.update(task, completed=done, total=total)
            )
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=1))
    else:
        click.echo("\n".join(reconciliation_lines(result, Words(language, setup.definitions.names))))
    ctx.exit(1 if result.gaps else 0)
