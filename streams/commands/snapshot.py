"""`streams snapshot`: the figures of a month or a day, as a file; and a month frozen for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from streams.commands.common import (
    CONNECTION,
    DEFINITIONS,
    Cannot,
    Command,
    Moment,
    Period,
    Setup,
    error_console,
    result_console,
    set_up,
)
from streams.commands.freezing import MENDABLE_BY_FREEZING, freezing_of, told
from streams.core.bulletin import BulletinError
from streams.core.documents import write_document
from streams.core.reconciling import PrintedError
from streams.core.snapshot import Snapshot, read_snapshot, write_snapshot
from streams.core.weeks import Day
from streams.progress import new_progress
from streams.reports.bulletin_files import take_bulletin, write_bulletin_file
from streams.reports.reconcile import read_tables
from streams.reports.snapshot_files import REPORTS, take_snapshot, write_snapshot_file
from streams.reports.terminal import print_bulletin, print_report


class _Asked(msgspec.Struct, kw_only=True):
    """The command's arguments and options."""

    month: str | None
    out: Path | None
    printed: Path | None
    as_of: int | None
    freezes: bool
    reason: str | None
    day: datetime | None
    as_json: bool

    def require_sense(self) -> None:
        """Refuse what does not go together."""
        if (self.month is None) == (self.day is None):
            raise Cannot("give a month (`streams snapshot 2009-07`) or a day (`streams snapshot --day 2009-07-14`)")
        if self.freezes and self.as_of is not None:
            raise Cannot("--freeze counts what is known now: leave --as-of out")
        if self.day is not None and (self.freezes or self.printed is not None or self.as_of is not None):
            raise Cannot("--day takes neither --freeze nor --as-of nor --printed: those are of a month")
        if self.reason is not None and not (self.freezes and self.reason.strip()):
            raise Cannot("--reason says in words why a frozen month is restated: give it with --freeze")


@click.command(
    "snapshot",
    cls=Command,
    short_help="the figures of a month, as a file",
    examples=[
        "streams snapshot 2009-07",
        "streams snapshot 2009-07 --printed streams/samples/july-2009.yaml",
        "streams snapshot 2009-07 --as-of 2009-07-15T00:00:00+08:00 --out /tmp/mid-july",
        "streams snapshot 2009-07 --json | jq .indicators[0]",
        "streams snapshot 2009-07 --freeze",
        "streams snapshot 2009-07 --freeze --reason 'tickets of 07-14 came late'",
        "streams snapshot --day 2009-07-14",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(*MENDABLE_BY_FREEZING, BulletinError, PrintedError),
)
@click.argument("month", type=Period(), required=False)
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
@click.option("--freeze", "freezes", is_flag=True, help="keep it for good as an edition, counted anew from the log")
@click.option("--reason", help="with --freeze: why a month that is frozen already is restated")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="instead of MONTH: the daily edition of this day")
@click.option("--json", "as_json", is_flag=True, help="print the snapshot itself instead of tables")
def command(**options: Any) -> None:
    """Write every figure of MONTH, with counts, verdicts and trend, to snapshot.json, and show the report's tables.

    The tallies answer as they stand; the same log gives the same bytes. With --as-of the log is counted anew:
    revisions updated up to that moment, and open tickets as they stood then. With --printed, `checks` in the snapshot
    names each figure that is not the printed one.

    With --freeze the log is counted anew up to where it ends, and the result is kept as an edition that nothing
    changes: on the topic `snapshots`, and as a file. A month that is frozen already is left alone where nothing has
    moved; else it is restated, with --reason, in a file of its own that names the figures that moved and the tickets
    that explain them.

    With --day the daily edition is shown beside the day before, and written to bulletin-DAY.json.
    """
    asked = _Asked(**options)
    asked.require_sense()
    setup = set_up("snapshot")
    if asked.month is None:
        _show_day(setup, asked)
        return
    tables = None if asked.printed is None else read_tables(asked.printed)
    if asked.freezes:
        snapshot, remark = _freeze(setup, asked.month, asked.reason, tables, asked.out)
    else:
        snapshot = _take(setup, asked.month, tables, asked.as_of)
        remark = f"Written: {write_snapshot_file(snapshot, asked.out)}"
    if asked.as_json:
        click.echo(write_snapshot(snapshot), nl=False)
    else:
        print_report(snapshot, tables, result_console())
    error_console().print(remark, highlight=False, soft_wrap=True)


def _take(setup: Setup, month: str, tables: Mapping[str, Any] | None, as_of: int | None) -> Snapshot:
    with new_progress(error_console()) as progress:
        task = progress.add_task(f"Counting {month}", total=None, visible=as_of is not None)
        return asyncio.run(
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


def _freeze(
    setup: Setup, month: str, reason: str | None, tables: Mapping[str, Any] | None, out: Path | None
) -> tuple[Snapshot, str]:
    """Freeze the month; return the snapshot in force, and what became of it."""

    async def freeze() -> tuple[Snapshot, str]:
        with new_progress(error_console()) as progress:
            freezing = freezing_of(setup, progress)
            frozen = await freezing.freeze(month, reason, tables)
            remark = told(frozen, await freezing.editions(), out)
        return read_snapshot(frozen.document), remark

    return asyncio.run(freeze())


def _show_day(setup: Setup, asked: _Asked) -> None:
    assert asked.day is not None  # noqa: S101 (`require_sense` told)
    day = Day(asked.day.date())
    bulletin = asyncio.run(take_bulletin(setup.connection, setup.settings, setup.definitions, day))
    path = write_bulletin_file(bulletin, asked.out or REPORTS / day.name[:7])
    if asked.as_json:
        click.echo(write_document(bulletin), nl=False)
    else:
        print_bulletin(bulletin, setup.definitions.branches, result_console())
    error_console().print(f"Written: {path}", highlight=False, soft_wrap=True)
