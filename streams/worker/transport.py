"""Faust's Kafka transport, changed in three ways: whole batches per partition, own seeks, own bookkeeping of commits.

Stock Faust hands an agent one record at a time, begins where the group committed, and counts acknowledged offsets one
by one. Here an agent gets all fetched records of one partition at once, reading begins where the partition's own state
says, and what is committed is only shown to people: no figure depends on it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple

import faust
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage

from streams.kafka.client import BrokerUnreachable
from streams.kafka.topics import TopicsError
from streams.worker.ending import Ending, end

SCHEME = "streams"
"""The broker scheme under which this transport is registered."""

POLL_SECONDS = 0.25
FETCH_WAIT_MILLISECONDS = 100
"""An empty partition answers after this long: it bounds how long a take-over waits to learn where a topic ends."""

Starts = Mapping[TP, int]
Prepare = Callable[[set[int]], Awaitable[Starts]]
"""Given the partitions that are now ours, returns where to read on in each of their topics."""


class Batch(NamedTuple):
    """The records of one partition of a topic that one fetch brought.

    previous: the offset at which reading stood before them; position: where it stands after them, past any holes;
    end: where the topic ends, as the broker told with them.
    """

    previous: int
    records: list[ConsumerRecord]
    position: int
    end: int


class BatchSchema(faust.Schema):
    """Hands a batch to the agent as it is: nothing is decoded on the way."""

    def compile(self, app: Any, **_: Any) -> Any:
        """Return Faust's function from message to event."""

        async def decode(message: Any, **_: Any) -> Any:
            return app.create_event(None, message.value, message.headers, message)

        return decode


class BatchConsumerThread(stock.AIOKafkaConsumerThread):
    """The thread that owns the Kafka consumer; empty topics answer soon."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MILLISECONDS
        return consumer


class BatchConsumer(stock.Consumer):
    """A consumer that yields batches and seeks to where each partition's state stands."""

    prepare: Prepare
    check_log: Callable[[], Awaitable[None]]
    """Ends the process if the log is another one now. Both are set by the worker before it starts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.polled_at = 0.0
        self._fetching = asyncio.Lock()
        self._seeks = 0
        self._sought: Any = None
        """The assignment in which we have sought; in a newer one aiokafka begins where the group committed."""
        self._stands_at: dict[TP, int] = {}
        self._told_end: dict[TP, int] = {}
        self._acknowledged: dict[TP, int] = {}

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Go to where the states of our partitions stand, once they are prepared; called when a rebalance is over."""
        starts = await self.prepare({tp.partition for tp in self.assignment()})
        async with self._fetching:
            self._seeks += 1
            assignment = self._assignment()
            mine = {tp: offset for tp, offset in starts.items() if tp in self.assignment()}
            beginnings = await self.earliest_offsets(*mine)
            for tp, offset in mine.items():
                if 0 < offset < beginnings[tp]:
                    end(Ending.LOG_LOST, topic=tp.topic, partition=tp.partition, wanted=offset, begins=beginnings[tp])
                mine[tp] = max(offset, beginnings[tp])
            if mine:
                await self.seek_wait(mine)
            self._sought = assignment
            self._stands_at = mine
            self._told_end = {}
            self._acknowledged = {}
            self._read_offset.clear()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        """Yield one message per partition that has something new: records, a hole passed, or its end first seen.

        A fetch and a seek never overlap; what was fetched before a seek and not handed on yet is let go of, because
        it will be read again.
        """
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        async with self._fetching:
            active = self._get_active_partitions()
            if self.should_stop or not self.flow_active or not active:
                await asyncio.sleep(POLL_SECONDS / 10)
                return
            records = await self._getmany(active_partitions=active, timeout=POLL_SECONDS)
            self.polled_at = time.monotonic()
            if not await self._is_same_log():
                self._read_again(records)
                return
            batches = list(self._batches(records))
            seeks = self._seeks
        for tp, batch in batches:
            if not self.flow_active or seeks != self._seeks:
                return
            yield tp, self._message(tp, batch)

    def _assignment(self) -> Any:
        return self._thread._ensure_consumer()._subscription.subscription.assignment

    def _states(self) -> dict[TP, Any]:
        """Return aiokafka's states of the partitions in which we have sought and the broker has told the end."""
        assignment = self._assignment()
        if assignment is not self._sought:
            return {}
        states = {tp: assignment.state_value(tp) for tp in self._stands_at if tp in assignment.tps}
        return {tp: state for tp, state in states.items() if state.has_valid_position and state.highwater is not None}

    async def _is_same_log(self) -> bool:
        """Where an end went back, see that the log was not made anew; False while that cannot be told.

        Apache Kafka's ends go back for a moment after a restart or with a new leader.
        """
        states = self._states()
        if any(state.highwater < self._told_end.get(tp, self._stands_at[tp]) for tp, state in states.items()):
            try:
                await self.check_log()
            except (BrokerUnreachable, TopicsError):
                return False
        return True

    def _read_again(self, fetched: Mapping[TP, list[ConsumerRecord]]) -> None:
        """Go back to before records that are not handed on."""
        for tp in fetched.keys() & self._states().keys():
            self._thread.seek(tp, self._stands_at[tp])

    def _batches(self, fetched: Mapping[TP, list[ConsumerRecord]]) -> Iterator[tuple[TP, Batch]]:
        for tp, state in self._states().items():
            previous, position, records = self._stands_at[tp], state.position, fetched.get(tp, [])
            if position < previous or (records and records[0].offset < previous):
                place = {"topic": tp.topic, "partition": tp.partition}
                end(Ending.LOG_CHANGED, **place, at=previous, reached=position, ends=state.highwater)
            is_first = tp not in self._told_end and state.highwater >= position
            if records or position > previous or is_first:
                self._stands_at[tp] = position
                self._told_end[tp] = state.highwater
                # The end that comes with a fetch may be a little older than its records.
                yield tp, Batch(previous, records, position, max(position, state.highwater))

    def _message(self, tp: TP, batch: Batch) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            batch.position - 1,
            0.0,
            0,
            None,
            None,
            batch,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Holes are told by positions; there is nothing to fill."""

    def ack(self, message: Any) -> bool:
        """Remember how far a batch of this generation went; an older one is not ours to speak for."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        if message.generation_id != self.app.consumer_generation_id:
            return False
        self._acknowledged[message.tp] = message.offset + 1
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Any:
        return [tp for tp in self._acknowledged if topics is None or tp in topics or tp.topic in topics]

    def _new_offset(self, tp: TP) -> int | None:
        return self._acknowledged.get(tp)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust's own detector only logs, and counts records; the watchdog looks after progress here."""


class BatchTransport(stock.Transport):
    """The transport made of the parts above."""

    Consumer = BatchConsumer
    driver_version = f"{stock.Transport.driver_version} in batches"


def register() -> None:
    """Make `streams://host:port` a broker URL that Faust understands."""
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:{BatchTransport.__name__}"
