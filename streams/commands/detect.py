"""`streams detect`: the detector of mass outages over anyone's history of tickets, in a CSV file."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.commands.common import Command, error_console, result_console, settings_and_logs
from streams.core.detection.retrospect import Alarm, look_back
from streams.core.detection.rules import DetectionRules
from streams.core.months import Calendar, datetime_of
from streams.progress import new_progress
from streams.replay.errors import ReplayError
from streams.replay.history import Columns, read_history

SHOWN_ROWS = 20
PROGRESS_EVERY = 500


class _Zone(click.ParamType):
    """An IANA time zone."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of the zone."""
        try:
            return ZoneInfo(str(value)).key
        except (KeyError, OSError, ValueError):
            self.fail(f"{value!r} is no time zone; write it as Asia/Shanghai", param, ctx)


@click.command(
    "detect",
    cls=Command,
    short_help="find outages in a history of tickets",
    examples=[
        "streams detect tickets.csv --time opened_at --cell branch,exchange,block --line subscriber",
        "streams detect tickets.csv.gz --time Created --cell Borough --timezone America/New_York --json",
        "zcat tickets.csv.gz | streams detect - --time opened_at --cell site",
    ],
    reads=["STREAMS_TIMEZONE", "STREAMS_LOG"],
    mendable=(ReplayError,),
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--time", required=True, metavar="COLUMN", help="the column that says when a ticket was opened")
@click.option(
    "--cell", "cells", required=True, metavar="COLUMN[,COLUMN…]", help="where it belongs, from coarse to fine"
)
@click.option("--line", metavar="COLUMN", help="who reported; without it every row is a line of its own")
@click.option("--timezone", type=_Zone(), help="of times without an offset [default: STREAMS_TIMEZONE]")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line for each alarm")
def command(file: Path, time: str, cells: str, line: str | None, timezone: str | None, *, as_json: bool) -> None:
    """Say where outages and complaint waves began in FILE, a CSV file with a header (.gz is unpacked, - is stdin).

    The tickets are sorted by time and go through the detector one by one, as if they came in today: it learns what is
    usual as it goes, never from the future, and raises nothing in the first hour. A burst in a cell is an outage, one
    spread over everything is a wave. Rows whose time cannot be read are listed on standard error and left out.

    With --json each alarm is {"at", "cell", "kind", "reports", "first_report_at", "ended_at"}, sorted by at: when it
    was raised, the cells from coarse to fine joined by / (empty for a wave), and null for one that is not over.
    """
    zone = timezone or settings_and_logs().timezone
    errors = error_console()
    history = read_history(file, Columns(time=time, cells=tuple(cells.split(",")), line=line), zone)
    with new_progress(errors) as progress:
        task = progress.add_task(file.name, total=len(history.signals))
        alarms = look_back(
            history.signals,
            Calendar(zone),
            DetectionRules(),
            on_progress=lambda done: None if done % PROGRESS_EVERY else progress.update(task, completed=done),
        )
        progress.update(task, completed=len(history.signals))
    for row, value in history.unreadable[:SHOWN_ROWS]:
        errors.print(Text(f"row {row}: {value!r} is no time that can be read"))
    if history.unreadable:
        errors.print(Text(f"{len(history.unreadable):,} rows left out, because their time cannot be read"))
    if as_json:
        for alarm in alarms:
            click.echo(msgspec.json.encode(_told(alarm, zone)).decode())
    else:
        _show(alarms, len(history.signals), zone, result_console())


def _told(alarm: Alarm, zone: str) -> dict[str, object]:
    return {
        "at": _moment(alarm.at, zone),
        "cell": "/".join(alarm.cell),
        "kind": alarm.kind,
        "reports": alarm.reports,
        "first_report_at": _moment(alarm.first_report_at, zone),
        "ended_at": None if alarm.ended_at is None else _moment(alarm.ended_at, zone),
    }


def _moment(instant: int, zone: str) -> str:
    return datetime_of(instant).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _show(alarms: list[Alarm], tickets: int, zone: str, console: Console) -> None:
    table = Table(title=f"{len(alarms):,} alarms in {tickets:,} tickets", title_justify="left")
    for column in ("raised", "cell", "kind", "first report", "ended"):
        table.add_column(column)
    table.add_column("reports", justify="right")
    for alarm in alarms:
        told = _told(alarm, zone)
        row = (told["at"], told["cell"] or "everywhere", told["kind"], told["first_report_at"], told["ended_at"] or "–")
        table.add_row(*(Text(str(value)) for value in row), f"{alarm.reports:,}")
    console.print(table)
