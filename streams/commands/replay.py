"""`streams replay`: a file or sample to the source topics."""

from __future__ import annotations

import asyncio
import json
import time

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Moment, error_console, set_up
from streams.core.months import NEVER, datetime_of
from streams.progress import new_progress
from streams.replay.errors import ReplayError
from streams.replay.plan import Options
from streams.replay.replaying import replay, source_of
from streams.replay.sending import Replayed
from streams.samples import SAMPLES


class MomentOrNow(Moment):
    """A moment, or the word now."""

    name = "now|T"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the instant."""
        return time.time_ns() // 1_000 if value == "now" else super().convert(value, param, ctx)


@click.command(
    "replay",
    cls=Command,
    short_help="send a file or sample month",
    examples=[
        "STREAMS_CLOCK=log streams replay july-2009",
        "streams replay tickets.jsonl.gz --from 2009-07-13T00:00:00+08:00 --until 2009-07-14T00:00:00+08:00",
        "streams replay july-2009 --speed 60 --shift now",
        "zcat tickets.jsonl.gz | streams replay -",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_CLOCK", "STREAMS_LOG"],
    mendable=(ReplayError,),
)
@click.argument("source", metavar=f"FILE|{'|'.join(SAMPLES)}")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    help="times as fast as it happened [default: as fast as possible]",
)
@click.option("--from", "begin", type=Moment(), default=None, help="only what came at this moment or later")
@click.option(
    "--until", "end", type=Moment(), default=None, help="only what came before this moment; the clock stops there"
)
@click.option("--shift", "first_at", type=MomentOrNow(), help="move all times so that the first message comes then")
@click.option("--json", "as_json", is_flag=True, help="say at the end what was done as JSON")
def command(
    source: str, speed: float | None, begin: int | None, end: int | None, first_at: int | None, *, as_json: bool
) -> None:
    """Send the lines of FILE, or a sample month, to the source topics in their order.

    FILE is JSON Lines, one {"topic": "faults", "key": "6332827", "value": {…}} a line; key may be left out, .gz is
    unpacked, - is standard input. A value that is text is sent as that text, null as an empty message; a line that is
    no such object is sent to faults as it stands. Topics that are missing are created.

    A message comes at its value's updated_at, never before the message ahead of it. With STREAMS_CLOCK=log, which the
    workers must have too, the replay also moves the clock: a tick for every hour (with --speed, for every second of
    yours), and a last one past every deadline. Replaying twice changes no figure.
    """
    setup = set_up("replay")
    options = Options(begin=-NEVER if begin is None else begin, end=NEVER if end is None else end, first_at=first_at)
    found = source_of(source)
    with new_progress(error_console()) as progress:
        task = progress.add_task(source, total=found.total)
        replayed = asyncio.run(
            replay(
                found,
                setup.settings,
                setup.definitions,
                setup.connection,
                options=options,
                speed=speed,
                on_progress=lambda done: progress.update(task, completed=done),
            )
        )
    click.echo(_as_json(replayed) if as_json else _in_words(replayed))


def _last_tick(replayed: Replayed) -> str | None:
    return None if replayed.last_tick is None else datetime_of(replayed.last_tick).isoformat()


def _as_json(replayed: Replayed) -> str:
    return json.dumps(
        {"messages": replayed.messages, "seconds": round(replayed.seconds, 3), "last_tick": _last_tick(replayed)}
    )


def _in_words(replayed: Replayed) -> str:
    ticked = f"the clock stands at {_last_tick(replayed)}" if replayed.last_tick else "no ticks: STREAMS_CLOCK is wall"
    rate = f"{replayed.messages_per_second():,.0f} a second"
    return f"{replayed.messages:,} messages in {replayed.seconds:.1f} s, {rate}; {ticked}"
