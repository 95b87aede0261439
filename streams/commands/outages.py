"""`streams outages`: the mass outages of now, those suspected, and those of a month."""

from __future__ import annotations

import asyncio

import click
import msgspec

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Period, result_console, set_up
from streams.core.documents import instant_text
from streams.core.months import Calendar
from streams.core.outages.known import open_suspicions
from streams.core.outages.month import live_outages, month_of_outages
from streams.reports.reading import NotReady, read_tallies
from streams.reports.terminal.outages import print_outages


@click.command(
    "outages",
    cls=Command,
    short_help="mass outages: live, suspected, of a month",
    examples=["streams outages", "streams outages --month 2009-07", "streams outages --json | jq .live"],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(NotReady,),
)
@click.option("--month", type=Period(), help="the month to list [default: that of the tallies' clock]")
@click.option("--json", "as_json", is_flag=True, help="print JSON instead of tables")
def command(month: str | None, *, as_json: bool) -> None:
    """List mass outages with their users, hours and reports: those that are not over, what is suspected, a month's.

    The tallies answer as they stand.
    """
    setup = set_up("outages")
    definitions = setup.definitions
    tallies = asyncio.run(read_tallies(setup.connection, setup.settings, definitions))
    month = month or Calendar(definitions.timezone).month_of(tallies.as_of())
    live, suspected = live_outages(tallies, definitions), open_suspicions(tallies)
    of_month = month_of_outages(month, tallies, definitions)
    if as_json:
        content = {
            "as_of": instant_text(tallies.as_of()),
            "live": live,
            "suspected": suspected,
            "month": month,
            "outages": of_month.outages,
            "totals": of_month.totals,
        }
        click.echo(msgspec.json.format(msgspec.json.encode(content), indent=1))
    else:
        print_outages(instant_text(tallies.as_of()), live, suspected, month, of_month, definitions, result_console())
