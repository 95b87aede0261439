"""Follows what workers send while something is measured: rounds, the growth of their topics, signals that wait."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer, Message, TopicPartition

from bench.installation import PARTITIONS, Installation
from streams.core.head import HEAD_KEY, read_head
from streams.core.signals import SIGNALS_KEY, read_signals
from streams.core.suspected import SuspectedOutage, read
from streams.core.tallies import DETECTION
from streams.kafka.placing import partition_of
from streams.kafka.topics import OUTAGE_COPIES, SIGNALS, SUSPECTED, TALLIES, real_name

FOLLOWED = (TALLIES, SIGNALS, SUSPECTED, OUTAGE_COPIES)
WATCHER = partition_of(SIGNALS_KEY, PARTITIONS)
"""The partition whose owner watches all signals."""
POLL_SECONDS = 0.2
AT_ONCE = 1_000


class Following:
    """What was sent since the instant `since` (µs), as the broker stamped it; read committed, by one thread."""

    def __init__(self, since: int) -> None:
        self.records_of_rounds: list[int] = []
        self.sizes: Counter[str] = Counter()
        """Topic → bytes of keys and values."""
        self.detection_bytes = 0
        """Of those written to `tallies`: what detection keeps there."""
        self.signals_waiting: list[int] = []
        """At each round of the one that watches: signals that were sent, less those in records dealt with whole."""
        self.suspected: list[tuple[float, SuspectedOutage]] = []
        """When (seconds since the epoch) each was told."""
        self._since = since
        self._in_round: Counter[int] = Counter()
        self._signals: dict[int, int] = {}

    def take(self, topic: str, message: Message) -> None:
        """Take in a record of one of the topics."""
        key, value, (_, stamped_ms) = message.key() or b"", message.value() or b"", message.timestamp()
        is_new = stamped_ms * 1_000 >= self._since
        if is_new:
            self.sizes[topic] += len(key) + len(value)
            self.detection_bytes += (len(key) + len(value)) * key.startswith(DETECTION)
        if topic == SIGNALS:
            self._signals[message.offset()] = len(read_signals(value).signals)
        elif topic == SUSPECTED and is_new:
            self.suspected.append((stamped_ms / 1_000, read(value)))
        elif topic == TALLIES:
            self._in_round[message.partition()] += 1
            if key == HEAD_KEY:
                self._end_round(message.partition(), value, is_new=is_new)

    def _end_round(self, partition: int, head: bytes, *, is_new: bool) -> None:
        if is_new:
            self.records_of_rounds.append(self._in_round[partition])
        self._in_round[partition] = 0
        if partition == WATCHER:
            applied = read_head(head).applied.get(SIGNALS, 0)
            self._signals = {offset: count for offset, count in self._signals.items() if offset >= applied}
            if is_new:
                self.signals_waiting.append(sum(self._signals.values()))


@contextmanager
def following(installation: Installation, since: int) -> Iterator[Following]:
    """Follow the topics until the end of the block, and then to the ends that they have by then."""
    found, finished = Following(since), threading.Event()
    thread = threading.Thread(target=_follow, args=(installation, found, finished), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        finished.set()
        thread.join()


def _follow(installation: Installation, found: Following, finished: threading.Event) -> None:
    names = {real_name(installation.prefix, topic): topic for topic in FOLLOWED}
    consumer = Consumer(
        {
            "bootstrap.servers": installation.connection.bootstrap,
            "group.id": f"{installation.prefix}following",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    consumer.assign([TopicPartition(name, number, 0) for name in names for number in range(PARTITIONS)])
    quiet_since = time.monotonic()
    while not finished.is_set() or time.monotonic() - quiet_since < POLL_SECONDS:
        messages = consumer.consume(AT_ONCE, timeout=POLL_SECONDS)
        for message in messages:
            if message.error() is None:
                found.take(names[message.topic() or ""], message)
        if messages:
            quiet_since = time.monotonic()
    consumer.close()
