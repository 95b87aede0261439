"""`streams topics`: makes the topics that are missing, and says whether all are as they have to be."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import CONNECTION, Command, settings_and_logs
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.settings import Settings


@click.command(
    "topics",
    cls=Command,
    short_help="make the topics that are missing",
    examples=["streams topics", "STREAMS_PARTITIONS=48 streams topics"],
    reads=[*CONNECTION, "STREAMS_LOG"],
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Make the topics that are missing, and check the partitions and the configuration of all.

    Workers and serve make them too; where a job of its own runs first, only its user needs the right to. Exit code 1:
    a topic is not as it has to be.
    """
    problems = asyncio.run(_make_and_check(settings_and_logs()))
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo(f"{len(topics.TOPICS)} topics are as they have to be.")
    ctx.exit(int(bool(problems)))


async def _make_and_check(settings: Settings) -> list[str]:
    connection = Connection.from_settings(settings, "streams-topics")
    await topics.ensure(connection, settings.prefix, settings.partitions)
    return await topics.problems(connection, settings.prefix, settings.partitions)
