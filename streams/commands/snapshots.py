"""`streams snapshots`: the editions of every month that was frozen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.table import Table

from streams.commands.common import (
    CONNECTION,
    Cannot,
    Command,
    Period,
    error_console,
    result_console,
    settings_and_logs,
)
from streams.core.editions import Editions, is_sound
from streams.kafka.client import Connection
from streams.kafka.edition_log import read_editions
from streams.reports.edition_files import EditionFileError, write_edition_files, write_list

COLUMNS = ("month", "edition", "state", "frozen at", "counted as of", "figures moved", "sha256", "reason")
SHOWN_DIGEST = 16


@click.command(
    "snapshots",
    cls=Command,
    short_help="the editions of frozen months",
    examples=["streams snapshots", "streams snapshots 2009-07 --json", "streams snapshots 2009-07 --out /tmp/july"],
    reads=[*CONNECTION, "STREAMS_LOG"],
    mendable=(EditionFileError,),
)
@click.argument("month", type=Period(), required=False)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="write the month's editions and their list there"
)
@click.option("--json", "as_json", is_flag=True, help="print what is on record, with the offsets")
@click.pass_context
def command(ctx: click.Context, month: str | None, out: Path | None, *, as_json: bool) -> None:
    """List the editions of MONTH, or of every month: state, when, why, how much moved, digest.

    Each document is held against its digest: one that does not agree is told, with exit code 1.
    """
    if out is not None and month is None:
        raise Cannot("--out writes the editions of one month: name it, as in `streams snapshots 2009-07 --out DIR`")
    settings = settings_and_logs()
    connection = Connection.from_settings(settings, "streams-snapshots")
    editions = asyncio.run(read_editions(connection, settings.prefix, settings.partitions))
    if as_json:
        click.echo(write_list(editions.all(month)), nl=False)
    else:
        result_console().print(_table(editions, month))
    if out is not None and month is not None:
        for path in write_edition_files(editions, month, out):
            error_console().print(f"Written: {path}", highlight=False, soft_wrap=True)
    broken = [one for one in editions.all(month) if not is_sound(one, editions.document(one))]
    for edition in broken:
        error_console().print(f"Edition {edition.number} of {edition.period} does not agree with its digest")
    ctx.exit(1 if broken else 0)


def _table(editions: Editions, month: str | None) -> Table:
    table = Table(*COLUMNS, box=None)
    for one in editions.all(month):
        table.add_row(
            one.period,
            str(one.number),
            one.state,
            one.frozen_at,
            one.as_of,
            str(one.moved),
            one.sha256[:SHOWN_DIGEST],
            one.reason or "–",
        )
    return table
