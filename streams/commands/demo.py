"""`streams demo`: July 2009 through everything, or an outage of it as if it were now, with nothing set up."""

from __future__ import annotations

import asyncio

import click

from streams.alerting.roster_file import RosterError
from streams.alerting.rules.planned_work import PlannedWorkError
from streams.commands.common import Command, result_console
from streams.demo.children import ChildFailed
from streams.demo.installation import DemoError
from streams.demo.running import demo

INTERRUPTED = 130


@click.command(
    "demo",
    cls=Command,
    short_help="July 2009 through everything, on this machine",
    examples=[
        "streams demo",
        "streams demo --exit",
        "streams demo --storm",
        "STREAMS_SERVE=127.0.0.1:8088 streams demo",
    ],
    reads=[
        "STREAMS_BROKER",
        "STREAMS_SERVE",
        "STREAMS_PUBLIC_URL",
        "STREAMS_PAGER",
        "STREAMS_PREFIX",
        "STREAMS_PARTITIONS",
        "STREAMS_DEFINITIONS_DIR",
        "STREAMS_DIRECTORY",
        "STREAMS_LOG",
    ],
    mendable=(ChildFailed, DemoError, RosterError, PlannedWorkError),
)
@click.option("--exit", "leave", is_flag=True, help="end once everything has been shown")
@click.option(
    "--storm", is_flag=True, help="show an outage as if it happened now, and who is paged, instead of the month"
)
@click.pass_context
def command(ctx: click.Context, *, leave: bool, storm: bool) -> None:
    """Replay July 2009 through a broker, two workers and serve, and show the report's tables.

    Starts an embedded broker, two workers and serve as processes of their own, on free ports of this machine unless
    STREAMS_BROKER or STREAMS_SERVE say which; sends them the month's messages; prints each printed figure of the
    report beside the computed one, with met or missed for each target; writes reports/2009-07/snapshot.json; counts
    the log anew and compares (audit). Then it all stays up for you to look at, until Ctrl-C.

    Where Prometheus and Alertmanager are installed, it starts them too, with what `streams generate` makes for them,
    and the pager; what the pager sends is shown in this terminal, whatever channel it is for, and goes to nobody.

    With --storm the clock is yours, and what is told is the evening of 14 July, on which 600 users of prefix 663 had no
    broadband: within a minute you see the one page, its update when the outage is declared, and its end. An hour of
    that evening takes five seconds. It needs Prometheus and Alertmanager.

    Exit code 1: the audit found a difference, a figure is not the printed one, or there was not exactly one page.
    """
    try:
        ctx.exit(asyncio.run(demo(result_console(), stay=not leave, storm=storm)))
    except asyncio.CancelledError:
        ctx.exit(INTERRUPTED)
