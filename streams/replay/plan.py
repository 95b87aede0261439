"""The plan of a replay, pure: which messages go to which partition, and where the clock ticks between them.

The clock is the time of the events themselves: `updated_at` of a file's values, the arrival of a sample's messages. It
never goes back; a message that cannot be read keeps the time of the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from streams.core.contributions import Chapter
from streams.core.events import READERS, Event, Outage, Refused
from streams.core.events.context import Tick, write_context
from streams.core.known_outages import copies
from streams.core.months import HOUR, MINUTE, NEVER, datetime_of, instant_of
from streams.replay.lines import Message
from streams.replay.shifting import shifted

TICK_EVERY = HOUR
"""Event time between two ticks; a paced replay ticks once a second of wall time instead."""


class Timed(NamedTuple):
    """A message with the instant at which it comes, and the event in it, if it can be read."""

    at: int
    message: Message
    event: Event | None


class Send(NamedTuple):
    """Send a message to a partition."""

    at: int
    partition: int
    message: Message


class Copy(NamedTuple):
    """Send a partition the copy of an outage, so that the next tick comes after it.

    The outage's owner copies it too, but not as fast as the clock of a replay closes months.
    """

    at: int
    partition: int
    message: Message


class TickAll(NamedTuple):
    """Tell every partition that it is `at` once it has applied what has been sent to it so far."""

    at: int
    is_last: bool = False


Step = Send | Copy | TickAll


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to replay; instants in microseconds.

    begin, end: only what comes in [begin, end), by its own time; given an end, the clock stops there.
    first_at: where to move the first message (and all times in the values with it); None leaves all as it is.
    tick_every: event time between ticks, None for no ticks at all.
    fill_gaps: whether the clock also ticks where no message comes, as a paced replay must.
    not_before: the last tick is not before this, by the messages' own time.
    """

    begin: int = -NEVER
    end: int = NEVER
    first_at: int | None = None
    tick_every: int | None = TICK_EVERY
    fill_gaps: bool = False
    not_before: int = -NEVER


def timed_by_updates(messages: Iterable[Message]) -> Iterator[Timed]:
    """Give messages of a file their times: the latest `updated_at` so far.

    Those before the first that can be read get its time.
    """
    at: int | None = None
    waiting: list[Message] = []
    for message in messages:
        event = read(message)
        if event is not None:
            at = max(instant_of(event.updated_at), -NEVER if at is None else at)
        if at is None:
            waiting.append(message)
            continue
        yield from (Timed(at, each, None) for each in waiting)
        waiting.clear()
        yield Timed(at, message, event)
    yield from (Timed(0, each, None) for each in waiting)


def read(message: Message) -> Event | None:
    """Return the event in a message, None where the workers will refuse it."""
    try:
        return READERS[message.topic].read(message.value)
    except Refused:
        return None


def plan(
    arrivals: Iterable[Timed],
    options: Options,
    chapters: Mapping[str, Chapter],
    partition_of: Callable[[bytes], int],
    partitions: int,
) -> Iterator[Step]:
    """Yield the steps of a replay in order.

    The last one, if there are ticks at all and anything is sent, is a tick a minute past every message and every
    deadline of the events in them, so that no figure changes by time alone any more.
    """
    shift, last, deadline = 0, None, options.not_before
    clock = _Clock(options)
    for number, arrival in enumerate(_within(arrivals, options)):
        if last is None and options.first_at is not None:
            shift = options.first_at - arrival.at
        last = arrival.at
        yield from clock.ticks_up_to(arrival.at + shift)
        if arrival.event is not None:
            deadline = max(deadline, _last_change(chapters, arrival))
        partition = number % partitions if arrival.message.key is None else partition_of(arrival.message.key)
        message = shifted(arrival.message, shift)
        yield Send(arrival.at + shift, partition, message)
        if options.tick_every is not None:
            yield from _copies(arrival.at + shift, message, partitions)
    if last is not None and options.tick_every is not None:
        end = max(last, deadline) + MINUTE if options.end == NEVER else options.end
        yield TickAll(end + shift, is_last=True)


def _copies(at: int, message: Message, partitions: int) -> Iterator[Copy]:
    outage = read(message) if message.topic == Outage.topic else None
    if outage is not None and message.key == outage.key().encode():
        for number, copy in enumerate(copies(outage, partitions)):
            yield Copy(at, number, Message(copy.topic, copy.key, copy.value))


def _within(arrivals: Iterable[Timed], options: Options) -> Iterator[Timed]:
    for arrival in arrivals:
        if arrival.at >= options.end:
            return
        if arrival.at >= options.begin:
            yield arrival


def _last_change(chapters: Mapping[str, Chapter], arrival: Timed) -> int:
    """Return the last instant at which the event in a message changes a figure by time alone."""
    instants = chapters[arrival.message.topic].changes(arrival.event)
    return max((instant for instant in instants if instant < NEVER), default=-NEVER)


class _Clock:
    """Ticks at whole multiples of the interval, after the messages before them and before the others."""

    def __init__(self, options: Options) -> None:
        self._every, self._fill_gaps = options.tick_every, options.fill_gaps
        self._ticked: int | None = None

    def ticks_up_to(self, at: int) -> Iterator[TickAll]:
        """Yield what falls due until a message that comes at `at`."""
        if self._every is None:
            return
        latest = at // self._every
        if self._ticked is not None and latest > self._ticked:
            first = self._ticked + 1 if self._fill_gaps else latest
            yield from (TickAll(number * self._every) for number in range(first, latest + 1))
        self._ticked = latest


def ticks(at: int, ends: Mapping[tuple[str, int], int], partitions: int) -> Iterator[bytes]:
    """Yield the value of the tick at the instant `at` for each partition, from 0 on.

    `ends` is (topic, partition) → the offset after the last message sent there; the tick comes after those.
    """
    for partition in range(partitions):
        after = {topic: offset for (topic, number), offset in ends.items() if number == partition}
        yield write_context(Tick(at=datetime_of(at), after=after))
