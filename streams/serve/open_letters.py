"""Counts the dead letters that are still open, for the board: what could not be counted, and nobody has dealt with."""

from __future__ import annotations

import asyncio

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.client import BrokerUnreachable, Connection
from streams.kafka.dead_letters import RESOLVED, STATE
from streams.kafka.reader import LogError, read_to_end
from streams.kafka.topics import DEAD_LETTERS, real_name
from streams.settings import Settings

LOOK_SECONDS = 15.0

log = structlog.get_logger("streams.serve")


class OpenLetters:
    """Knows how many letters are open, once it has read them; a letter is open until a record says it is resolved."""

    def __init__(self) -> None:
        """Begin without knowing."""
        self.count: int | None = None
        self._resolved: dict[str, bool] = {}

    async def follow(self, connection: Connection, settings: Settings) -> None:
        """Read what is new, now and then, for ever; while it cannot be read the count is unknown."""
        topic = real_name(settings.prefix, DEAD_LETTERS)
        positions: dict[TopicPartition, int | None] = {
            TopicPartition(topic, number): None for number in range(settings.partitions)
        }
        while True:
            try:
                async for place, records in read_to_end(connection, positions):
                    self.take(records)
                    positions[place] = records[-1].offset + 1
                self.count = sum(not is_resolved for is_resolved in self._resolved.values())
            except (BrokerUnreachable, KafkaError, LogError) as error:
                self.count = None
                log.warning("the dead letters cannot be read", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    def take(self, records: list[ConsumerRecord]) -> None:
        """Take in records of the topic, in order."""
        for record in records:
            is_resolved = dict(record.headers).get(STATE) == RESOLVED
            identity = record.key.decode()
            self._resolved[identity] = self._resolved.get(identity, False) or is_resolved
