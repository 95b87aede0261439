"""`streams freeze-due`: freezes the months whose time has come; once for a timer, or every day by itself."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from datetime import time as TimeOfDay  # noqa: N812 - beside the module of that name
from zoneinfo import ZoneInfo

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Setup, error_console, set_up
from streams.commands.freezing import MENDABLE_BY_FREEZING, freezing_of, told
from streams.kafka.edition_log import EditionTaken
from streams.progress import new_progress

LOOK_SECONDS = 60
"""Between two looks at the clock: one that is set, or a machine that slept, puts a freeze off by no more."""


@click.command(
    "freeze-due",
    cls=Command,
    short_help="freeze the months whose time has come",
    examples=[
        "streams freeze-due",
        "streams freeze-due --every-day",
        "0 6 * * *  cd /srv/streams && streams freeze-due    # a line of a crontab",
    ],
    reads=[
        *CONNECTION, *DEFINITIONS, "STREAMS_FREEZE_GRACE_DAYS", "STREAMS_FREEZE_AT", "STREAMS_TIMEZONE", "STREAMS_LOG",
    ],
    mendable=MENDABLE_BY_FREEZING,
)  # fmt: skip
@click.option(
    "--every-day", is_flag=True, help="Look now and then every day at STREAMS_FREEZE_AT, until SIGTERM or Ctrl-C."
)
def command(*, every_day: bool) -> None:
    """Freeze every month that ended STREAMS_FREEZE_GRACE_DAYS ago, by the tallies' clock, and is not frozen.

    Run it every day: a month that is frozen is left alone, whatever moved since. With --every-day it ends with an
    error where a freeze fails, and whoever started it starts it anew: it looks at once.
    """
    settings = _freeze_due().settings
    while every_day:
        _wait_until(next_time(datetime.now(ZoneInfo(settings.timezone)), settings.freeze_at))
        settings = _freeze_due().settings


def next_time(now: datetime, at: TimeOfDay) -> datetime:
    """Return when it is next `at` by the clock of `now`'s time zone: later than `now`, today or tomorrow."""
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today > now else today + timedelta(days=1)


def _wait_until(moment: datetime) -> None:
    while (left := moment.timestamp() - time.time()) > 0:
        time.sleep(min(left, LOOK_SECONDS))


def _freeze_due() -> Setup:
    """Freeze and tell what is due, by the definitions as they are today; return them and the settings."""
    setup = set_up("freeze-due")
    months = asyncio.run(_freeze(setup))
    for line in months or ["nothing is due"]:
        click.echo(line)
    return setup


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
