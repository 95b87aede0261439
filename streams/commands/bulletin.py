"""`streams bulletin`: the service bulletin of a week."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Command, error_console, result_console, set_up
from streams.core.bulletin import BulletinError
from streams.core.documents import write_document
from streams.core.weeks import Week, WeekError, read_week
from streams.reports.bulletin_files import take_bulletin, write_bulletin_file
from streams.reports.reading import NotReady
from streams.reports.terminal import print_bulletin


class IsoWeek(click.ParamType):
    """An ISO week, written 2009-W28."""

    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Week:
        """Return the week that the text names."""
        try:
            return read_week(value)
        except WeekError as error:
            self.fail(str(error), param, ctx)


@click.command(
    "bulletin",
    cls=Command,
    short_help="the service bulletin of a week",
    examples=[
        "streams bulletin",
        "streams bulletin 2009-W28 --out reports/2009-07",
        "streams bulletin 2009-W28 --json | jq .counts",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(NotReady, BulletinError),
)
@click.argument("week", type=IsoWeek(), required=False)
@click.option("--json", "as_json", is_flag=True, help="print the bulletin itself instead of tables")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="a folder to write bulletin-WEEK.json to")
def command(week: Week | None, out: Path | None, *, as_json: bool) -> None:
    """Show indicators, counts and complaints of the ISO week WEEK beside those of the week before.

    Without WEEK it is the last whole week before the tallies' clock. A week begins on Monday at 00:00 in
    STREAMS_TIMEZONE and belongs to no month: one across a month's edge is told as a whole. Indicators that count
    distinct users are left out, since users do not add up over days.
    """
    setup = set_up("bulletin")
    bulletin = asyncio.run(take_bulletin(setup.connection, setup.settings, setup.definitions, week))
    if as_json:
        click.echo(write_document(bulletin), nl=False)
    else:
        print_bulletin(bulletin, setup.definitions.branches, result_console())
    if out is not None:
        path = write_bulletin_file(bulletin, out)
        error_console().print(f"Written: {path}", highlight=False, soft_wrap=True)
