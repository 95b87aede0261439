"""Reads the tallies of all partitions once, to the end of their topic, and refuses those that are not whole."""

from __future__ import annotations

from aiokafka import TopicPartition

from streams.core.definitions import Definitions
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from streams.kafka.topic_ids import topic_ids
from streams.kafka.topics import TALLIES, real_name
from streams.settings import Settings


class NotReady(Exception):
    """The tallies do not stand for the whole log, or not for these definitions; the message says what to do."""


async def read_tallies(connection: Connection, settings: Settings, definitions: Definitions) -> MergedTallies:
    """Return the tallies of every partition as they stand at the topic's end.

    Raises NotReady where `MergedTallies.problem` finds one, TopicsError where the topic is missing, and what
    `read_to_end` raises.
    """
    topic = real_name(settings.prefix, TALLIES)
    await topic_ids(connection, [topic])
    tallies = MergedTallies(Calendar(definitions.timezone))
    partitions = range(settings.partitions)
    async for place, records in read_to_end(connection, {TopicPartition(topic, number): None for number in partitions}):
        for record in records:
            tallies.read(place.partition, record.key, record.value)
    problem = tallies.problem(partitions, definitions.digest())
    if problem is not None:
        raise NotReady(problem)
    return tallies
