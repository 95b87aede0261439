"""Sends rounds: whole and fenced by Kafka's transactions, or in order where the broker has none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.core.rounds import Outgoing, Round
from streams.kafka import client, topics
from streams.kafka.client import BrokerUnreachable, Connection

# aiokafka retries inside a transaction for ever; a worker that gets nothing out for so long had better end.
ROUND_SECONDS = 60.0
CLOSE_SECONDS = 5.0


class OutboxError(Exception):
    """A round did not get out; whether the broker holds it is unknown, so the process has to end and fold anew."""


class Outbox(Protocol):
    """Where the owners of partitions send their rounds. Every method may be called for many partitions at once."""

    async def open(self, partition: int) -> None:
        """Become the partition's owner; whoever was it before can send no more (where there are transactions)."""

    async def send(self, a_round: Round) -> None:
        """Send a round of an open partition and return when the brokers hold it; raise `OutboxError` if they may not.

        Rounds of one partition must be sent one after the other. After an error the partition is no longer open.
        """

    async def close(self, partition: int) -> None:
        """Give the partition up. Harmless if it is not open."""

    async def close_all(self) -> None:
        """Give all partitions up and end all connections. Raises nothing, so that it can stand in a `finally`."""


def outbox_for(connection: Connection, prefix: str, cluster_id: str) -> Outbox:
    """Return the outbox that suits the cluster; `prefix` is the installation's STREAMS_PREFIX."""
    kind = OrderedOutbox if client.is_embedded(cluster_id) else TransactionalOutbox
    return kind(connection, prefix)


class TransactionalOutbox:
    """One transaction a round, by one producer for each partition: readers of committed records see all of it or none.

    The transactional id is made of prefix and partition, so that the broker fences the former owner at `open`.
    """

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix
        self._producers: dict[int, AIOKafkaProducer] = {}

    async def open(self, partition: int) -> None:
        """See `Outbox.open`."""
        await self.close(partition)
        name = f"{self._prefix}streams-partition-{partition}"
        async with _in_time(f"taking over partition {partition}"):
            self._producers[partition] = await client.start(
                client.new_producer(self._connection, transactional_id=name)
            )

    async def send(self, a_round: Round) -> None:
        """See `Outbox.send`."""
        producer = self._producers.get(a_round.partition)
        if producer is None:
            raise OutboxError(f"partition {a_round.partition} is not open here")
        try:
            async with _in_time(f"a round of partition {a_round.partition}"):
                await producer.begin_transaction()
                await _deliver(producer, self._prefix, [*a_round.side_effects, *a_round.tallies, a_round.head])
                await producer.commit_transaction()
        except BaseException:
            # No abort: it could hang as the round did. The next owner, or time, ends the transaction.
            await self.close(a_round.partition)
            raise

    async def close(self, partition: int) -> None:
        """See `Outbox.close`."""
        await _stop(self._producers.pop(partition, None))

    async def close_all(self) -> None:
        """See `Outbox.close_all`."""
        await asyncio.gather(*(self.close(partition) for partition in list(self._producers)))


class OrderedOutbox:
    """Without transactions: side effects, then tallies, then the head, each part acknowledged before the next begins.

    A crash can leave a round without its head, and nobody is fenced: for the embedded broker, not for production.
    """

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None
        self._open: set[int] = set()
        self._starting = asyncio.Lock()

    async def open(self, partition: int) -> None:
        """See `Outbox.open`."""
        async with self._starting, _in_time(f"taking over partition {partition}"):
            if self._producer is None:
                self._producer = await client.start(client.new_producer(self._connection))
        self._open.add(partition)

    async def send(self, a_round: Round) -> None:
        """See `Outbox.send`."""
        if self._producer is None or a_round.partition not in self._open:
            raise OutboxError(f"partition {a_round.partition} is not open here")
        try:
            async with _in_time(f"a round of partition {a_round.partition}"):
                for part in (a_round.side_effects, a_round.tallies, [a_round.head]):
                    await _deliver(self._producer, self._prefix, part)
        except BaseException:
            await self.close(a_round.partition)
            raise

    async def close(self, partition: int) -> None:
        """See `Outbox.close`."""
        self._open.discard(partition)

    async def close_all(self) -> None:
        """See `Outbox.close_all`."""
        self._open.clear()
        producer, self._producer = self._producer, None
        await _stop(producer)


async def _deliver(producer: AIOKafkaProducer, prefix: str, records: Iterable[Outgoing]) -> None:
    """Hand records to the producer in order and wait until all are acknowledged."""
    acknowledgements = []
    for record in records:
        acknowledgement = await producer.send(
            topics.real_name(prefix, record.topic),
            # aiokafka refuses a record of nothing at all, which a broken sender can produce and we have to pass on.
            value=b"" if record.key is None and record.value is None else record.value,
            key=record.key,
            partition=record.partition,
            headers=list(record.headers),
        )
        acknowledgement.add_done_callback(_take_note)
        acknowledgements.append(acknowledgement)
    await asyncio.gather(*acknowledgements)


def _take_note(acknowledgement: asyncio.Future[object]) -> None:
    # The first failure is raised; without this asyncio would complain about each of the others.
    if not acknowledgement.cancelled():
        acknowledgement.exception()


async def _stop(producer: AIOKafkaProducer | None) -> None:
    if producer is not None:
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await producer.stop()


@asynccontextmanager
async def _in_time(what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(ROUND_SECONDS):
            yield
    except TimeoutError as error:
        raise OutboxError(f"{what} did not get out within {ROUND_SECONDS:.0f} s") from error
    except (KafkaError, BrokerUnreachable) as error:
        raise OutboxError(f"{what} did not get out: {error or type(error).__name__}") from error
