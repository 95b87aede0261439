"""`streams freeze-due`: freezes the months whose time has come; for cron or a systemd timer."""

from __future__ import annotations

import asyncio

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Setup, error_console, set_up
from streams.commands.freezing import MENDABLE_BY_FREEZING, freezing_of, told
from streams.kafka.edition_log import EditionTaken
from streams.progress import new_progress


@click.command(
    "freeze-due",
    cls=Command,
    short_help="freeze the months whose time has come",
    examples=["streams freeze-due", "0 6 * * *  cd /srv/streams && streams freeze-due    # a line of a crontab"],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_FREEZE_GRACE_DAYS", "STREAMS_LOG"],
    mendable=MENDABLE_BY_FREEZING,
)
def command() -> None:
    """Freeze every month that ended STREAMS_FREEZE_GRACE_DAYS ago, by the tallies' clock, and is not frozen.

    Run it every day: a month that is frozen is left alone, whatever moved since.
    """
    setup = set_up("freeze-due")
    months = asyncio.run(_freeze(setup))
    if not months:
        click.echo("nothing is due")
    for line in months:
        click.echo(line)


async def _freeze(setup: Setup) -> list[str]:
    lines = []
    with new_progress(error_console()) as progress:
        freezing = freezing_of(setup, progress)
        for month in await freezing.due():
            try:
                frozen = await freezing.freeze(month)
            except EditionTaken as error:
                lines.append(str(error))
                continue
            lines.append(told(frozen, await freezing.editions()))
    return lines
