"""The topic `outages` as the NOC's commands need it: the newest revision of every outage, and how to write one more.

Two people may make the same next revision at the same time. That is harmless: of equal revisions the one with the
larger canonical encoding counts, for every worker and for every reader here, so all agree on one of the two, whole.
"""

from __future__ import annotations

from aiokafka import TopicPartition

from streams.core.events import READERS, Outage, Refused
from streams.core.events.base import canonical
from streams.core.outages.revising import written
from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from streams.kafka.topics import ensure, real_name


async def read_outages(connection: Connection, prefix: str, partitions: int) -> dict[str, Outage]:
    """Return outage id → its newest revision, rejected ones too; topics that are missing are created.

    Raises TopicsError, and what `read_to_end` raises.
    """
    await ensure(connection, prefix, partitions)
    topic = real_name(prefix, Outage.topic)
    newest: dict[str, Outage] = {}
    starts = {TopicPartition(topic, number): None for number in range(partitions)}
    async for _, records in read_to_end(connection, starts, committed=False):
        for record in records:
            outage = _read(record.value)
            if outage is not None:
                newest[outage.id] = max(newest.get(outage.id, outage), outage, key=_rank)
    return newest


async def write_outage(connection: Connection, prefix: str, outage: Outage) -> None:
    """Write one revision, and return when it is acknowledged. Raises Refused where it would be refused."""
    value = written(outage)
    async with client.running(client.new_producer(connection)) as producer:
        await producer.send_and_wait(real_name(prefix, Outage.topic), value=value, key=outage.key().encode())


def _read(value: bytes | None) -> Outage | None:
    try:
        event = READERS[Outage.topic].read(value)
    except Refused:
        return None
    return event if isinstance(event, Outage) else None


def _rank(outage: Outage) -> tuple[int, bytes]:
    return outage.revision, canonical(outage)
