"""Puts a replay together: from a file or the name of a sample, by the settings, to what has been sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from streams.core.contributions import chapters_for
from streams.core.definitions import Definitions
from streams.core.months import SECOND
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.replay.lines import Message, ReplayFile, read_lines
from streams.replay.plan import Options, Timed, plan, read, timed_by_updates
from streams.replay.sending import Replayed, send_all
from streams.samples import SAMPLES
from streams.settings import Settings


class Source(msgspec.Struct, frozen=True):
    """Where messages come from.

    arrivals: the messages with their times.
    total: how much there is, messages of a sample or bytes of a file, None where nobody knows.
    done: from the number of messages sent to how much of the total that is.
    not_before: the last tick is not before this instant (microseconds), None if the source does not say.
    """

    arrivals: Iterable[Timed]
    total: int | None
    done: Callable[[int], int]
    not_before: int | None


def source_of(name: str) -> Source:
    """Return the source that a sample's name or a file's path means; raises ReplayError."""
    sample = SAMPLES.get(name)
    if sample is None:
        file = ReplayFile(Path(name))
        return Source(timed_by_updates(read_lines(file)), file.size_bytes, lambda _: file.read_bytes(), None)
    lines = list(sample.lines())
    messages = ((line.at, Message(line.topic, line.key, line.value)) for line in lines)
    arrivals = (Timed(at, message, read(message)) for at, message in messages)
    return Source(arrivals, len(lines), lambda sent: sent, sample.AS_OF)


async def replay(
    source: Source,
    settings: Settings,
    definitions: Definitions,
    connection: Connection,
    *,
    options: Options | None = None,
    speed: float | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Create the topics that are missing, then send the source's messages; ticks only under STREAMS_CLOCK=log.

    `speed` is event time per wall time, None for as fast as possible; `on_progress` gets how much of the source's
    total is done. Raises ReplayError, TopicsError, BrokerUnreachable.
    """
    await topics.ensure(connection, settings.prefix, settings.partitions)
    steps = plan(
        source.arrivals,
        _with_ticks(options or Options(), source, settings, speed),
        chapters_for(definitions),
        lambda key: partition_of(key, settings.partitions),
        settings.partitions,
    )
    return await send_all(
        connection,
        settings.prefix,
        settings.partitions,
        steps,
        speed=speed,
        on_sent=lambda messages: on_progress(source.done(messages)),
    )


def _with_ticks(options: Options, source: Source, settings: Settings, speed: float | None) -> Options:
    if settings.clock != "log":
        return msgspec.structs.replace(options, tick_every=None)
    if source.not_before is not None:
        options = msgspec.structs.replace(options, not_before=source.not_before)
    if speed is not None:
        # A second of wall time, so that panels move as the events go by.
        return msgspec.structs.replace(options, tick_every=max(1, round(speed * SECOND)), fill_gaps=True)
    return options
