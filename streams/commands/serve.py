"""`streams serve`: the read side, metrics and API over HTTP."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Cannot, Command, set_up
from streams.serve.server import serve


@click.command(
    "serve",
    cls=Command,
    short_help="the read side: metrics and API",
    examples=["streams serve", "curl http://127.0.0.1:8088/api/snapshot/2009-07"],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_SERVE", "STREAMS_PUBLIC_URL", "STREAMS_API_TOKENS", "STREAMS_LOG"],
)
def command() -> None:
    """Answer /metrics, /api/snapshot/MONTH and /api/indicators where STREAMS_SERVE points, until SIGTERM or Ctrl-C.

    It reads the tallies that the workers publish and keeps nothing of its own: run any number of equal replicas.
    While it is behind its topic it shows no figures.
    """
    setup = set_up("serve", is_server=True)
    try:
        asyncio.run(serve(setup.settings, setup.definitions))
    except OSError as error:
        raise Cannot(f"{error}: free the address, or set STREAMS_SERVE to another") from error
