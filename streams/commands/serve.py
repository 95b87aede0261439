"""`streams serve`: the read side, metrics and API over HTTP."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Cannot, Command, set_up
from streams.months.routes import MonthsApi
from streams.serve.server import serve


@click.command(
    "serve",
    cls=Command,
    short_help="the read side: metrics and API",
    examples=["streams serve", "curl http://127.0.0.1:8088/api/snapshot/2009-07"],
    reads=[
        *CONNECTION, *DEFINITIONS, "STREAMS_REPORT_TEXT_DIR", "STREAMS_SERVE", "STREAMS_PUBLIC_URL",
        "STREAMS_API_TOKENS", "STREAMS_FREEZE_GRACE_DAYS", "STREAMS_LOG",
    ],
)  # fmt: skip
def command() -> None:
    """Answer /metrics, /api/snapshot/MONTH and /api/indicators where STREAMS_SERVE points, until SIGTERM or Ctrl-C.

    The live board is at /, and at /months what those who write the report need: freezing, free texts, downloads.
    It reads the tallies that the workers publish and keeps nothing of its own but the free texts: run any number of
    equal replicas. While it is behind its topic it shows no figures.
    """
    setup = set_up("serve", is_server=True)
    try:
        months = MonthsApi(setup.connection, setup.settings, setup.definitions)
        asyncio.run(serve(setup.settings, setup.definitions, [months.add_to]))
    except OSError as error:
        raise Cannot(f"{error}: free the address, or set STREAMS_SERVE to another") from error
