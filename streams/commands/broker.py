"""`streams broker`: the embedded broker in the foreground."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import Command, error_console, settings_and_logs
from streams.kafka.embedded import EmbeddedBroker, serve_until_signalled


@click.command(
    "broker",
    cls=Command,
    short_help="an embedded broker, in memory",
    examples=["streams broker", "STREAMS_BROKER=127.0.0.1:19092 streams broker"],
    reads=["STREAMS_BROKER", "STREAMS_LOG"],
)
def command() -> None:
    """Run an embedded broker until Ctrl-C, listening where STREAMS_BROKER points.

    It speaks Kafka's protocol but holds everything in memory, has no transactions and no passwords, and listens on
    this machine alone: for trying out and for tests. For anything else run Apache Kafka, and set STREAMS_BROKER.
    """
    settings = settings_and_logs()
    asyncio.run(serve_until_signalled(str(settings.broker[0]), _say_ready))


def _say_ready(broker: EmbeddedBroker) -> None:
    error_console().print(
        f"Embedded broker on [bold]{broker.connection.bootstrap}[/]: in memory only, gone when it ends; "
        "this machine only. Ctrl-C ends it.",
        soft_wrap=True,
        highlight=False,
    )
