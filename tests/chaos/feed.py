"""Sends messages at a pace, with the clock's ticks among them, and knows at every moment how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from streams.core.events.context import Tick, write_context
from streams.core.months import HOUR, datetime_of
from streams.kafka import client, topics
from streams.samples.lines import Line
from tests.chaos.cluster import Installation

Ends = dict[int, dict[str, int]]
"""partition → topic → offset."""

PIECES_PER_SECOND = 20
LONGEST_PIECE = 5_000


class Feed:
    """The messages of a test on their way to the broker; `async with` sends them beside the test.

    rate: messages a second, None for as fast as the broker takes them.
    tick_every: microseconds of event time between two ticks, None if the workers' clock is the wall's.
    last_tick: the instant (microseconds) of a tick behind the last message.
    ends: where an earlier feed of the installation ended.
    """

    def __init__(
        self,
        installation: Installation,
        lines: Sequence[Line],
        *,
        rate: float | None = None,
        tick_every: int | None = 4 * HOUR,
        last_tick: int | None = None,
        ends: Ends | None = None,
    ) -> None:
        self.sent = 0
        self.total = len(lines)
        self.ends: Ends = {number: dict((ends or {}).get(number, {})) for number in range(installation.partitions)}
        """partition → topic → the offset behind the last message that was acknowledged there."""
        self._installation, self._lines = installation, lines
        self._rate, self._tick_every, self._last_tick = rate, tick_every, last_tick
        self._flow = asyncio.Event()
        self._flow.set()
        self._is_cut = False
        self._task: asyncio.Task[None] | None = None

    def is_flowing(self) -> bool:
        """Tell whether there is more to be sent, and it is being sent."""
        return self._flow.is_set() and self.sent < self.total

    def pause(self) -> None:
        """Send nothing more until `go_on`."""
        self._flow.clear()

    def go_on(self) -> None:
        """Send on after a pause."""
        self._flow.set()

    async def finish(self) -> None:
        """Send all the rest as fast as it goes, and return when the brokers hold it."""
        assert self._task is not None
        self._rate = None
        await self._task

    async def cut(self) -> Sequence[Line]:
        """Send no more messages, yet the last tick; return those that were sent, when the brokers hold them.

        Where a fault has shown what it should, the rest would only take time.
        """
        self._is_cut = True
        self._flow.set()
        await self.finish()
        return self._lines[: self.sent]

    async def give_up(self) -> None:
        """Let go of everything at once, as when the broker is gone."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def reaches(self, count: int, seconds: float = 60) -> None:
        """Wait until `count` messages are sent."""
        await wait_for(lambda: self.sent >= count, f"{count} messages sent", seconds)

    async def send_all(self) -> None:
        """Send everything, and return when the brokers hold it."""
        await topics.ensure(self._installation.connection, self._installation.prefix, self._installation.partitions)
        async with client.running(client.new_producer(self._installation.connection)) as producer:
            for piece in self._pieces():
                await self._flow.wait()
                if self._is_cut:
                    break
                begun = asyncio.get_running_loop().time()
                waiting = [
                    await producer.send(self._real_name(line.topic), key=line.key, value=_value(line)) for line in piece
                ]
                for line, record in zip(piece, await asyncio.gather(*waiting), strict=True):
                    ends = self.ends[record.partition]
                    ends[line.topic] = max(ends.get(line.topic, 0), record.offset + 1)
                self.sent += len(piece)
                await self._tick_after(producer, piece[-1])
                if self._rate:
                    spent = asyncio.get_running_loop().time() - begun
                    await asyncio.sleep(max(0.0, len(piece) / self._rate - spent))
            if self._last_tick is not None:
                await self._tick(producer, self._last_tick)
            await producer.flush()

    def _pieces(self) -> Any:
        """Yield the lines in pieces: no longer than the pace allows, none across a tick."""
        piece: list[Line] = []
        for line in self._lines:
            most = LONGEST_PIECE if self._rate is None else max(1, int(self._rate / PIECES_PER_SECOND))
            if piece and (len(piece) >= most or self._turn(line) != self._turn(piece[-1])):
                yield piece
                piece = []
            piece.append(line)
        if piece:
            yield piece

    def _turn(self, line: Line) -> int:
        return 0 if self._tick_every is None else line.at // self._tick_every

    async def _tick_after(self, producer: AIOKafkaProducer, last: Line) -> None:
        is_last_of_turn = self.sent >= self.total or self._turn(self._lines[self.sent]) != self._turn(last)
        if self._tick_every is not None and is_last_of_turn:
            await self._tick(producer, last.at)

    async def _tick(self, producer: AIOKafkaProducer, at: int) -> None:
        for partition, ends in self.ends.items():
            tick = Tick(at=datetime_of(at), after=ends)
            await producer.send(self._real_name(topics.CONTEXT), write_context(tick), partition=partition)

    def _real_name(self, topic: str) -> str:
        return topics.real_name(self._installation.prefix, topic)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.send_all())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._task is not None
        if kind is not None:
            await self.give_up()
        elif not self._task.cancelled():
            await self._task


def _value(line: Line) -> bytes | None:
    # aiokafka refuses a message of nothing at all.
    return b"" if line.key is None and line.value is None else line.value


async def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Return once the condition holds; AssertionError names `what` did not come true in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.02)
