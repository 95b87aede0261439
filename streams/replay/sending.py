"""Carries a plan out: sends messages in order, batched, and each tick once what it comes after is acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from streams.core.events.context import CONTEXT_TOPIC
from streams.core.months import SECOND
from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.topics import real_name
from streams.replay.errors import ReplayError
from streams.replay.plan import Copy, Send, Step, TickAll, ticks

Place = tuple[str, int]
Acknowledgement = asyncio.Future[RecordMetadata]

# So many ticks may wait for their messages' acknowledgements while later messages go out already.
TICKS_WAITING = 100
# How often a replay that does not wait lets other tasks, and so the acknowledgements, have their turn.
MESSAGES_PER_TURN = 500


class Replayed(msgspec.Struct, frozen=True):
    """What a replay did.

    last_tick: the instant (microseconds) of the last tick, None without ticks.
    ends: (topic, partition) → the offset after the last message that it sent there.
    """

    messages: int
    seconds: float
    last_tick: int | None
    ends: dict[Place, int]

    def messages_per_second(self) -> float:
        """Return the average rate, from the first message to the last acknowledgement."""
        return self.messages / self.seconds


async def send_all(
    connection: Connection,
    prefix: str,
    partitions: int,
    steps: Iterable[Step],
    *,
    speed: float | None = None,
    on_sent: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Send everything and return once all is acknowledged.

    `speed` is event time per wall time (None: as fast as possible); `on_sent` gets the number of messages so far, now
    and then. The topics must exist. Raises ReplayError if the brokers refuse a message, BrokerUnreachable.
    """
    begun = time.monotonic()
    async with client.running(client.new_producer(connection)) as producer, _told_clearly():
        sending = _Sending(producer, prefix, partitions)
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(sending.tick_for_ever())
            await _follow(steps, sending, _Pace(speed), on_sent)
            await sending.finish()
            ticking.cancel()
        seconds = time.monotonic() - begun
    on_sent(sending.messages)
    return Replayed(sending.messages, seconds, sending.last_tick, sending.ends())


async def _follow(steps: Iterable[Step], sending: _Sending, pace: _Pace, on_sent: Callable[[int], None]) -> None:
    for step in steps:
        if not (isinstance(step, TickAll) and step.is_last):
            await pace.wait_until(step.at)
        await (sending.tick(step) if isinstance(step, TickAll) else sending.send(step))
        if sending.messages % MESSAGES_PER_TURN == 0:
            on_sent(sending.messages)
            await asyncio.sleep(0)


class _Pace:
    """Waits so that event time passes `speed` times as fast as wall time; not at all without a speed."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._begun: tuple[int, float] | None = None

    async def wait_until(self, at: int) -> None:
        if self._speed is None:
            return
        if self._begun is None:
            self._begun = (at, time.monotonic())
        first_at, first = self._begun
        await asyncio.sleep(first + (at - first_at) / SECOND / self._speed - time.monotonic())


class _Sending:
    """The producer, what it has sent last to each partition, and the ticks that wait for acknowledgements."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str, partitions: int) -> None:
        self.messages = 0
        self.last_tick: int | None = None
        self._producer, self._prefix, self._partitions = producer, prefix, partitions
        self._last: dict[Place, Acknowledgement] = {}
        self._waiting: asyncio.Queue[tuple[int, Mapping[Place, Acknowledgement]]] = asyncio.Queue(TICKS_WAITING)
        self._failure: BaseException | None = None

    async def send(self, step: Send | Copy) -> None:
        topic, key, value = step.message
        # aiokafka refuses a record of nothing at all, which a broken sender can produce and we have to pass on.
        sent = b"" if key is None and value is None else value
        self._last[topic, step.partition] = await self._post(topic, step.partition, key, sent)
        self.messages += isinstance(step, Send)

    async def tick(self, step: TickAll) -> None:
        """Have the tick sent after what is sent by now is acknowledged; later messages need not wait for that."""
        self.last_tick = step.at
        await self._waiting.put((step.at, dict(self._last)))

    async def tick_for_ever(self) -> None:
        while True:
            at, last = await self._waiting.get()
            await asyncio.gather(*last.values())
            for partition, tick in enumerate(ticks(at, _ends(last), self._partitions)):
                await self._post(CONTEXT_TOPIC, partition, None, tick)
            self._waiting.task_done()

    async def finish(self) -> None:
        """Return when every message and tick is acknowledged."""
        await self._waiting.join()
        await self._producer.flush()
        self._raise_failure()

    def ends(self) -> dict[Place, int]:
        return _ends(self._last)

    async def _post(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> Acknowledgement:
        self._raise_failure()
        acknowledgement: Acknowledgement = await self._producer.send(
            real_name(self._prefix, topic), value=value, key=key, partition=partition
        )
        acknowledgement.add_done_callback(self._take_note)
        return acknowledgement

    def _take_note(self, acknowledgement: Acknowledgement) -> None:
        if not acknowledgement.cancelled():
            self._failure = self._failure or acknowledgement.exception()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


def _ends(last: Mapping[Place, Acknowledgement]) -> dict[Place, int]:
    return {place: acknowledgement.result().offset + 1 for place, acknowledgement in last.items()}


@asynccontextmanager
async def _told_clearly() -> AsyncIterator[None]:
    """Raise the first error of the task group by itself, what the brokers refuse as an error that says so."""
    try:
        yield
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
        raise (
            ReplayError(f"the brokers refused a message: {first}") if isinstance(first, KafkaError) else first
        ) from first
