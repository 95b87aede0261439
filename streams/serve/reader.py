"""Follows the topic `tallies` from its beginning, merges what it says, and knows whether it is behind."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.core.definitions import Definitions
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.kafka import client
from streams.kafka.client import BrokerUnreachable, Connection
from streams.kafka.identity import log_identity
from streams.kafka.reader import LogError
from streams.kafka.topics import TALLIES, TopicsError, real_name
from streams.settings import Settings

BEHIND_SECONDS = 10.0
"""A reader that has not stood at the end of its topic for so long shows no figures any more."""
IDENTITY_SECONDS = 10.0
"""So often it is asked whether the log is still the one that was read."""
POLL_MILLISECONDS = 200

log = structlog.get_logger("streams.serve")


class TallyReader:
    """Keeps merged tallies up with their topic; they are to be shown only while `problem` returns None."""

    def __init__(self, connection: Connection, settings: Settings, definitions: Definitions) -> None:
        self.tallies = MergedTallies(Calendar(definitions.timezone))
        self.partitions = range(settings.partitions)
        self.records = 0
        self.backlog = 0
        """Records between what is read and the topic's end as last told."""
        self._connection, self._prefix = connection, settings.prefix
        self._digest = definitions.digest()
        topic = real_name(settings.prefix, TALLIES)
        self._places = [TopicPartition(topic, number) for number in self.partitions]
        self._at_end: float | None = None

    def problem(self) -> str | None:
        """Return why the figures may not be shown, None when they may."""
        if self._at_end is None:
            return "the tallies are not read to their end yet"
        if time.monotonic() - self._at_end > BEHIND_SECONDS:
            return f"the end of the tallies was not seen for {BEHIND_SECONDS:.0f} s: are the brokers up?"
        return self.tallies.problem(self.partitions, self._digest)

    async def run(self) -> None:
        """Follow the topic for ever.

        Raises LogError when the log cannot be read on or is not the one begun with: what was merged is worth nothing
        then, and only a new process finds its way. ValueError or msgspec.DecodeError for what is no tally record.
        """
        identity = await log_identity(self._connection, self._prefix)
        async with client.running(client.new_consumer(self._connection, committed=True)) as consumer:
            consumer.assign(self._places)
            await consumer.seek_to_beginning(*self._places)
            asked = time.monotonic()
            while True:
                await self._poll(consumer)
                if time.monotonic() - asked > IDENTITY_SECONDS:
                    asked = time.monotonic()
                    await self._require(identity)

    async def _poll(self, consumer: AIOKafkaConsumer) -> None:
        try:
            fetched = await consumer.getmany(timeout_ms=POLL_MILLISECONDS)
        except KafkaError as error:
            raise LogError(f"the tallies cannot be read on: {error}") from error
        for place, records in fetched.items():
            self._take(place.partition, records)
        self.backlog = sum([await self._behind(consumer, place) for place in self._places])
        if self.backlog == 0 and all(_is_fresh(consumer, place) for place in self._places):
            if self._at_end is None:
                log.info("tallies read to their end", records=self.records)
            self._at_end = time.monotonic()

    def _take(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            self.tallies.read(partition, record.key, record.value)
        self.records += len(records)

    async def _behind(self, consumer: AIOKafkaConsumer, place: TopicPartition) -> int:
        """Return how many offsets lie before the end that counts, as the last fetch told it (1 before any fetch)."""
        end = consumer.last_stable_offset(place)
        if end is None:
            return 1
        # The end that comes with a fetch may be a little older than its records; a log made anew shows by its ids.
        return max(0, int(end - await consumer.position(place)))

    async def _require(self, identity: object) -> None:
        try:
            now = await log_identity(self._connection, self._prefix)
        except (BrokerUnreachable, KafkaError):
            return  # `problem` tells, once it lasts
        except TopicsError as error:
            raise LogError(f"the tallies cannot be read on: {error}") from error
        if now != identity:
            raise LogError("the cluster or a topic is another one than at the start")


def _is_fresh(consumer: AIOKafkaConsumer, place: TopicPartition) -> bool:
    """Tell whether a fetch has lately told where the partition ends."""
    told_ms = consumer.last_poll_timestamp(place)
    return told_ms is not None and time.time() - told_ms / 1_000 < BEHIND_SECONDS
