"""`streams worker`: one worker, the write side."""

from __future__ import annotations

import click

from streams.commands.common import Command, set_up
from streams.settings import Settings


@click.command(
    "worker",
    cls=Command,
    short_help="the write side: fold events, publish tallies",
    examples=["streams worker", "STREAMS_WORKER_WEB=127.0.0.1:0 STREAMS_LOG=json streams worker"],
    reads=[variable.name for variable in Settings.table() if variable.field not in ("serve", "public_url")],
)
def command() -> None:
    """Run a worker: fold the events of its share of the partitions, and publish what they count to.

    Start as many as there is work for: Kafka shares the partitions out. Topics that are missing are created. A worker
    that must not go on ends by itself, with an exit code of 70 to 76 and a line that says why: have a service manager
    start it anew. SIGTERM makes it publish, write its checkpoint and leave.
    """
    setup = set_up("worker", is_server=True)
    # Importing it makes uvloop the event loop of the process, which is meant for workers alone.
    from streams.worker.run import run  # noqa: PLC0415

    run(setup.settings, setup.definitions, setup.connection)
