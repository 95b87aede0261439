"""Feeds one partition in this process, with no broker: for what is measured inside the core."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.courses import Record
from bench.same_job import definitions_in_use
from streams.core.contributions import chapters_for
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.letters import Message
from streams.core.months import datetime_of
from streams.core.partition import READ_TOPICS, Partition
from streams.core.takeover import Takeover

FED = set(READ_TOPICS) - {CONTEXT_TOPIC}

BATCH = 500
"""Records that one fetch brings of a partition in a backlog: Kafka's megabyte for each of them, shared by twelve."""


class Batch(NamedTuple):
    """Records as read from one partition of one topic, and the end of that topic as the broker told it with them."""

    topic: str
    messages: list[Message]
    end: int


def batches_of(records: Sequence[Record], now: int) -> list[Batch]:
    """Return the records as a partition gets them, BATCH at a time, stamped by the broker at `now` (microseconds)."""
    ends = Counter(record.topic for record in records)
    read: Counter[str] = Counter()
    batches = []
    for start in range(0, len(records), BATCH):
        fetched: defaultdict[str, list[Message]] = defaultdict(list)
        for record in records[start : start + BATCH]:
            fetched[record.topic].append(Message(read[record.topic], record.key, record.value, now // 1_000, ()))
            read[record.topic] += 1
        batches += [Batch(topic, messages, ends[topic]) for topic, messages in fetched.items()]
    return batches


def settled_partition(now: int) -> Partition:
    """Return a partition that holds every key and whose clock stands at the instant `now`; it counts as it goes."""
    return _partition(now, empty=FED)


def folding_partition(now: int, batches: Iterable[Batch]) -> Partition:
    """Return a partition like that which folds these batches first, and counts once they are all in."""
    return _partition(now, empty=FED - {batch.topic for batch in batches})


def _partition(now: int, empty: Iterable[str]) -> Partition:
    known = definitions_in_use()
    partition = Partition(0, known, chapters_for(known), lambda _: 0, Takeover(), partitions=1, wall_clock=True)
    tick = Message(0, None, write_context(Tick(at=datetime_of(now))), now // 1_000, ())
    partition.receive(CONTEXT_TOPIC, [tick], 1, 1)
    for topic in empty:
        partition.receive(topic, [], 0, 0)
    return partition


def feed(partition: Partition, batches: Iterable[Batch]) -> float:
    """Let the partition take all batches in; return the processor time (seconds) that it took."""
    began = time.process_time()
    for topic, messages, end in batches:
        partition.receive(topic, messages, messages[-1].offset + 1, end)
    return time.process_time() - began
