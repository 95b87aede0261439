"""Owns partitions on behalf of a worker: takes them over, feeds them, sends their rounds, gives them up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

import structlog
from aiokafka import TopicPartition

from streams.core.contributions import Chapter, chapters_for
from streams.core.definitions import Definitions
from streams.core.folds import FOLDED_TOPICS
from streams.core.months import SECOND
from streams.core.partition import READ_TOPICS, Partition
from streams.core.publication import TALLIES_TOPIC
from streams.core.takeover import Kept, Takeover
from streams.kafka.client import Connection, is_embedded
from streams.kafka.identity import LogIdentity, log_identity
from streams.kafka.placing import partition_of
from streams.kafka.reader import message_of, read_to_end
from streams.kafka.topics import real_name
from streams.settings import Settings
from streams.worker.checkpoints import Checkpoints
from streams.worker.ending import Ending, end
from streams.worker.outbox import Outbox, OutboxError
from streams.worker.transport import Batch

ROUND_PAUSE_SECONDS = 1.0
ROUND_PAUSE_FACTOR = 10
ROUND_PAUSE_AT_MOST_SECONDS, CATCHING_UP_PAUSE_AT_MOST_SECONDS = 2.0, 5.0
CATCHING_UP_RECORDS = 10_000
"""After a round of t seconds the next one waits for 10 t, at least 1 s: sending takes at most a tenth of the time. Yet
a round that had to wait does not hold up the figures: the pause ends after 2 s, or after 5 s while so many records are
to be taken in that the figures are old anyway."""
TICK_AT_LEAST_EVERY = 10 * SECOND
TICK_AT_MOST_EVERY = 1 * SECOND
"""While anything comes in all clocks follow it, because figures are shown as of the last of them. Otherwise they may be
slower: every tick is kept for ever."""


log = structlog.get_logger("streams.worker")


class _Ticked(NamedTuple):
    """When a partition's last tick was sent, and how much the worker had taken in by then."""

    at: int
    taken_in: int


_NEVER_TICKED = _Ticked(0, 0)


class Owner:
    """The partitions of one worker, by number, and all that leaves them."""

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        connection: Connection,
        identity: LogIdentity,
        outbox: Outbox,
        *,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        """Take what a worker was started with: the log that it works on, and where its rounds go."""
        self.partitions: dict[int, Partition] = {}
        self.takeover_seconds = 0.0
        self._settings, self._definitions, self._connection = settings, definitions, connection
        self._identity, self._outbox, self._now = identity, outbox, now
        self._fenced = not is_embedded(identity.cluster)
        self._chapters: dict[str, Chapter] = chapters_for(definitions)
        self._checkpoints = Checkpoints(settings, identity)
        self._lost: dict[int, tuple[float, Kept]] = {}
        self._ticked: dict[int, _Ticked] = {}
        self._assigning = asyncio.Lock()
        self._sending = asyncio.Lock()
        self._keeping = asyncio.Lock()
        self._may_send = asyncio.Event()
        self._is_leaving = False

    async def assigned(self, numbers: set[int]) -> dict[tuple[str, int], int]:
        """Become the owner of exactly `numbers`; return (topic, partition) → the offset at which to read on.

        What was ours and stays ours goes on as it is. It can be called again at any time; a call that is given up
        half-way is finished before the next begins.
        """
        await asyncio.shield(self._assign(numbers))
        return {
            (topic, number): partition.positions[topic]
            for number, partition in self.partitions.items()
            for topic in READ_TOPICS
        }

    async def _assign(self, numbers: set[int]) -> None:
        async with self._assigning:
            begun = time.monotonic()
            await self.check_log()
            for number in set(self.partitions) - numbers:
                await self._lose(number)
            if not self._fenced:
                # Nothing tells an owner here that another was at work in between: every partition is taken over anew.
                for number in numbers & set(self.partitions):
                    await self._lose(number)
            await self._take_over(numbers - set(self.partitions))
            if not self._is_leaving:
                self._may_send.set()
            self.takeover_seconds = time.monotonic() - begun
            log.info("partitions assigned", partitions=sorted(numbers), seconds=round(self.takeover_seconds, 3))

    async def check_log(self) -> None:
        """End the process unless the log is still the one that is folded. Raises BrokerUnreachable, TopicsError."""
        if await log_identity(self._connection, self._settings.prefix) != self._identity:
            end(Ending.LOG_CHANGED, seen_by="the ids of cluster and topics")

    async def _take_over(self, numbers: set[int]) -> None:
        if not numbers:
            return
        try:
            await asyncio.gather(*(self._outbox.open(number) for number in numbers))
        except OutboxError as error:
            end(Ending.OUTBOX, error=str(error))
        takeovers = {number: Takeover(kept=self._kept(number)) for number in numbers}
        topic = real_name(self._settings.prefix, TALLIES_TOPIC)
        starts = {TopicPartition(topic, number): None for number in numbers}
        async for place, records in read_to_end(self._connection, starts, committed=self._fenced):
            for record in records:
                takeovers[place.partition].read(record.key, record.value)
        for number, takeover in takeovers.items():
            self.partitions[number] = Partition(
                number,
                self._definitions,
                self._chapters,
                lambda key: partition_of(key, self._settings.partitions),
                takeover,
                partitions=self._settings.partitions,
                wall_clock=self._settings.clock == "wall",
            )

    def _kept(self, number: int) -> Kept | None:
        _, kept = self._lost.pop(number, (0.0, None))
        return kept or self._checkpoints.load(number)

    async def _lose(self, number: int) -> None:
        partition = self.partitions.pop(number)
        self._lost[number] = (time.monotonic(), partition.keep())
        await self._outbox.close(number)

    async def revoked(self) -> None:
        """Send nothing more until the next assignment: the next owner must not be met in the middle of a round."""
        self._may_send.clear()
        async with self._sending:
            pass

    def receive(self, topic: str, number: int, batch: Batch) -> Partition | None:
        """Feed a batch to its partition; return the partition, or None if it is not ours to feed any more."""
        partition = self.partitions.get(number)
        if partition is None or self._is_leaving:
            return None
        if batch.previous > partition.positions[topic]:
            end(Ending.GAP, topic=topic, partition=number, at=partition.positions[topic], got=batch.previous)
        was_settled = partition.settled
        partition.receive(topic, list(map(message_of, batch.records)), batch.position, batch.end)
        if partition.settled and not was_settled:
            log.info("partition settled", partition=number, facts=partition.facts())
        return partition

    def settled(self) -> bool:
        """Tell whether every partition of ours is folded and counted."""
        return self._may_send.is_set() and all(partition.settled for partition in self.partitions.values())

    async def send_rounds(self) -> None:
        """Send what changed in every partition, side by side; any failure ends the process."""
        async with self._sending:
            if not self._may_send.is_set():
                return
            self._tick()
            rounds = [partition.take_round() for partition in self.partitions.values()]
            try:
                await asyncio.gather(*(self._outbox.send(a_round) for a_round in rounds if a_round is not None))
            except OutboxError as error:
                end(Ending.OUTBOX, error=str(error))

    def _tick(self) -> None:
        if self._settings.clock != "wall":
            return
        now, taken_in = self._now(), self._taken_in()
        for number, partition in self.partitions.items():
            last = self._ticked.get(number, _NEVER_TICKED)
            since = now - last.at
            is_due = since >= TICK_AT_LEAST_EVERY or partition.next_change() <= now or taken_in != last.taken_in
            if partition.settled and is_due and since >= TICK_AT_MOST_EVERY:
                partition.send_tick(now)
                self._ticked[number] = _Ticked(now, taken_in)

    def _taken_in(self) -> int:
        """Return a number that rises with the events and copied outages that come in."""
        return sum(partition.positions[topic] for partition in self.partitions.values() for topic in FOLDED_TOPICS)

    async def send_for_ever(self) -> None:
        """Send rounds, pause, and again."""
        while True:
            begun = time.monotonic()
            await self.send_rounds()
            pause = max(ROUND_PAUSE_SECONDS, ROUND_PAUSE_FACTOR * (time.monotonic() - begun))
            await asyncio.sleep(min(pause, self._longest_pause_seconds()))

    def _longest_pause_seconds(self) -> float:
        backlog = sum(partition.backlog() for partition in self.partitions.values())
        return ROUND_PAUSE_AT_MOST_SECONDS if backlog < CATCHING_UP_RECORDS else CATCHING_UP_PAUSE_AT_MOST_SECONDS

    async def keep_for_ever(self) -> None:
        """Write checkpoints, renew horizons, and drop the state of partitions lost long ago, each at its interval."""
        interval = self._settings.checkpoint_seconds
        while True:
            await asyncio.sleep(interval)
            self._lost = {n: lost for n, lost in self._lost.items() if time.monotonic() - lost[0] < interval}
            await self.checkpoint()

    async def checkpoint(self) -> None:
        """Write a checkpoint of every settled partition."""
        async with self._keeping:
            for number, partition in list(self.partitions.items()):
                if partition.settled:
                    partition.renew_horizon()
                    await self._checkpoints.save(number, partition.keep())

    async def leave(self) -> None:
        """Send what is counted, keep it, and give all partitions up; the process ends after it."""
        # From here on nothing is taken in, so that what is published and what is kept are the same.
        self._is_leaving = True
        await self.send_rounds()
        self._may_send.clear()
        await self.checkpoint()
        self.partitions.clear()
        await self._outbox.close_all()
