"""`streams demo`: July 2009 through everything, on this machine, with nothing set up."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import Command, result_console
from streams.demo.children import ChildFailed
from streams.demo.installation import DemoError
from streams.demo.running import demo

INTERRUPTED = 130


@click.command(
    "demo",
    cls=Command,
    short_help="July 2009 through everything, on this machine",
    examples=["streams demo", "streams demo --exit", "STREAMS_SERVE=127.0.0.1:8088 streams demo"],
    reads=[
        "STREAMS_BROKER",
        "STREAMS_SERVE",
        "STREAMS_PREFIX",
        "STREAMS_PARTITIONS",
        "STREAMS_DEFINITIONS_DIR",
        "STREAMS_DIRECTORY",
        "STREAMS_LOG",
    ],
    mendable=(
        ChildFailed,
        DemoError,
    ),
)
@click.option("--exit", "leave", is_flag=True, help="end once the tables and files are written")
@click.pass_context
def command(ctx: click.Context, *, leave: bool) -> None:
    """Replay July 2009 through a broker, two workers and serve, and show the report's tables.

    Starts an embedded broker, two workers and serve as processes of their own, on free ports of this machine unless
    STREAMS_BROKER or STREAMS_SERVE say which; sends them the month's fault tickets; prints each printed figure of the
    report beside the computed one, with met or missed for each target; writes reports/2009-07/snapshot.json; counts
    the log anew and compares (audit). Then it all stays up for you to look at, until Ctrl-C.

    Exit code 1: the audit found a difference, or a figure is not the printed one.
    """
    try:
        ctx.exit(asyncio.run(demo(result_console(), stay=not leave)))
    except asyncio.CancelledError:
        ctx.exit(INTERRUPTED)
