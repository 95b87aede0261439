"""`streams snapshot`: the figures of a month, as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from streams.commands.common import (
    CONNECTION,
    DEFINITIONS,
    Cannot,
    Command,
    Moment,
    Period,
    error_console,
    result_console,
    set_up,
)
from streams.core.snapshot import SnapshotError, write_snapshot
from streams.progress import new_progress
from streams.reports.reading import NotReady
from streams.reports.snapshot_files import take_snapshot, write_snapshot_file
from streams.reports.terminal import print_report


@click.command(
    "snapshot",
    cls=Command,
    short_help="the figures of a month, as a file",
    examples=[
        "streams snapshot 2009-07",
        "streams snapshot 2009-07 --printed streams/samples/july-2009.yaml",
        "streams snapshot 2009-07 --as-of 2009-07-15T00:00:00+08:00 --out /tmp/mid-july",
        "streams snapshot 2009-07 --json | jq .indicators[0]",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(NotReady, SnapshotError),
)
@click.argument("month", type=Period())
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="the folder of snapshot.json [default: reports/MONTH]",
)
@click.option(
    "--printed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a printed report's tables (YAML) to compare with",
)
@click.option("--as-of", type=Moment(), help="count the log anew as it was known at this moment, with the clock at it")
@click.option("--json", "as_json", is_flag=True, help="print the snapshot itself instead of tables")
def command(month: str, out: Path | None, printed: Path | None, as_of: int | None, *, as_json: bool) -> None:
    """Write every figure of MONTH, with counts, verdicts and trend, to snapshot.json, and show the report's tables.

    The tallies answer as they stand; the same log gives the same bytes. With --as-of the log is counted anew:
    revisions updated up to that moment, and open tickets as they stood then. With --printed, `checks` in the snapshot
    names each figure that is not the printed one.
    """
    setup = set_up("snapshot")
    tables = None if printed is None else _read_printed(printed)
    with new_progress(error_console()) as progress:
        task = progress.add_task(f"Counting {month}", total=None, visible=as_of is not None)
        snapshot = asyncio.run(
            take_snapshot(
                setup.connection,
                setup.settings,
                setup.definitions,
                month,
                tables,
                as_of,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        )
    path = write_snapshot_file(snapshot, out)
    if as_json:
        click.echo(write_snapshot(snapshot), nl=False)
    else:
        print_report(snapshot, tables, result_console())
    error_console().print(f"Written: {path}", highlight=False, soft_wrap=True)


def _read_printed(path: Path) -> Mapping[str, Any]:
    try:
        tables = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Cannot(f"{path} cannot be read: {error}") from error
    if not isinstance(tables, dict):
        raise Cannot(f"{path} holds no tables: it is to be a mapping of chapters, as streams/samples/july-2009.yaml")
    return tables
