"""Puts what an installation in memory holds onto a real broker: its logs and the rounds of its owners."""

from __future__ import annotations

from collections.abc import Iterable

from streams.core.rounds import Round
from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.topics import TALLIES, ensure, real_name
from tests.core.installation import Installation, records_of


class PlacedInstallation(Installation):
    """Places keys as on a broker."""

    def partition_of(self, key: bytes) -> int:
        """Return where producers place a key."""
        return partition_of(key, self.partitions)


async def publish(connection: Connection, prefix: str, installation: Installation) -> None:
    """Create the topics and write logs and rounds to them, so that offsets on the broker are those in memory."""
    await ensure(connection, prefix, installation.partitions)
    async with client.running(client.new_producer(connection)) as producer:
        for (topic, number), log in installation.logs.items():
            for message in log:
                await producer.send(
                    real_name(prefix, topic), message.value, message.key, number, headers=list(message.headers)
                )
        await producer.flush()
    await publish_rounds(connection, prefix, installation.rounds)


async def publish_rounds(connection: Connection, prefix: str, rounds: Iterable[Round]) -> None:
    """Write the tally records of rounds."""
    async with client.running(client.new_producer(connection)) as producer:
        for a_round in rounds:
            for record in records_of(a_round):
                await producer.send(real_name(prefix, TALLIES), record.value, record.key, a_round.partition)
        await producer.flush()
