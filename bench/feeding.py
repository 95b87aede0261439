"""Feeds one partition in this process, with no broker: for what is measured inside the core."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.same_job import definitions_in_use
from bench.workload import Record
from streams.core.contributions import chapters_for
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.letters import Message
from streams.core.months import datetime_of
from streams.core.partition import Partition
from streams.core.takeover import Takeover
from streams.kafka.topics import FAULTS, SOURCES

BATCH = 500
"""Records that one fetch brings of a partition in a backlog: Kafka's megabyte for each of them, shared by twelve."""


def messages_of(records: Sequence[Record], now: int) -> list[Message]:
    """Return the records as read from one partition whose broker stamped them at the instant `now` (microseconds)."""
    return [Message(offset, record.key, record.value, now // 1_000, ()) for offset, record in enumerate(records)]


def new_partition(now: int) -> Partition:
    """Return a partition that holds every key and whose clock stands at the instant `now`; it is not settled yet."""
    known = definitions_in_use()
    partition = Partition(0, known, chapters_for(known), lambda _: 0, Takeover(), partitions=1, wall_clock=True)
    tick = Message(0, None, write_context(Tick(at=datetime_of(now))), now // 1_000, ())
    partition.receive(CONTEXT_TOPIC, [tick], 1, 1)
    return partition


def settle(partition: Partition) -> None:
    """Show the partition that its topics are empty, so that it counts from the first message on."""
    for topic in SOURCES:
        partition.receive(topic, [], 0, 0)


def feed(partition: Partition, messages: Sequence[Message]) -> float:
    """Let the partition take all messages in, in batches; return the processor time (seconds) that it took."""
    began = time.process_time()
    for start in range(0, len(messages), BATCH):
        batch = messages[start : start + BATCH]
        partition.receive(FAULTS, batch, start + len(batch), len(messages))
    return time.process_time() - began
