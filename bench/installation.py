"""One installation on Apache Kafka for the length of a measurement: its topics, filled logs, workers and tallies."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from aiokafka import TopicPartition
from confluent_kafka import Producer

from bench.courses import Record
from bench.processes import StreamsProcess
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.head import HEAD_KEY, Head, read_head
from streams.core.tallies import DETECTION, Bucket, Cells, bucket_of, read_cells
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from tests.kafka.apache import ApacheKafka

PARTITIONS = 12
SESSION_TIMEOUT_SECONDS = 60
"""Long enough for a worker to be stopped while the log is filled for it."""


class Installation:
    """The topics under one prefix, on a broker that somebody else runs; `folder` is for data and logs."""

    def __init__(self, connection: Connection, prefix: str, folder: Path) -> None:
        self.connection, self.prefix, self.folder = connection, prefix, folder
        self.faults = topics.real_name(prefix, topics.FAULTS)
        asyncio.run(topics.ensure(connection, prefix, PARTITIONS))

    def fill(self, records: Iterable[Record]) -> None:
        """Put records on their topics, with the partitioner that every client uses, and wait for all."""
        producer = Producer(
            {
                "bootstrap.servers": self.connection.bootstrap,
                "partitioner": "murmur2",
                "compression.type": "lz4",
                "linger.ms": 20,
                "queue.buffering.max.messages": 2_000_000,
            }
        )
        names = {topic: topics.real_name(self.prefix, topic) for topic in topics.SOURCES}
        for number, record in enumerate(records):
            producer.produce(names[record.topic], key=record.key, value=record.value)
            if number % 1_000 == 0:
                producer.poll(0)
        producer.flush()

    def process(self, command: str, name: str, **settings: str) -> StreamsProcess:
        """Return a `streams` process, not yet started; `settings` are environment variables without their STREAMS_."""
        environment = {
            "BROKER": self.connection.bootstrap,
            "PREFIX": self.prefix,
            "PARTITIONS": str(PARTITIONS),
            "SESSION_TIMEOUT_SECONDS": str(SESSION_TIMEOUT_SECONDS),
            "DATA_DIR": str(self.folder / f"{self.prefix}{name}"),
            "LOG": "json:info",
        }
        chosen = {f"STREAMS_{field}": value for field, value in (environment | settings).items()}
        return StreamsProcess(command, self.folder / f"{self.prefix}{name}.log", os.environ | chosen)

    def totals(self) -> Totals:
        """Return what all partitions' tallies say together, as the committed log has it now."""
        return asyncio.run(self._totals())

    async def _totals(self) -> Totals:
        name = topics.real_name(self.prefix, topics.TALLIES)
        starts: dict[TopicPartition, int | None] = {TopicPartition(name, number): None for number in range(PARTITIONS)}
        totals = Totals()
        async for place, records in read_to_end(self.connection, starts):
            for record in records:
                totals.read(place.partition, record.key, record.value)
        return totals


class Totals:
    """The newest record of every bucket in every partition, and the sums over them."""

    def __init__(self) -> None:
        self.records: dict[tuple[int, bytes], bytes | None] = {}

    def read(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Take in a record of the topic `tallies`."""
        self.records[partition, key] = value

    def heads(self) -> dict[int, Head]:
        """Return the head of every partition that has one."""
        return {
            partition: read_head(value)
            for (partition, key), value in self.records.items()
            if key == HEAD_KEY and value is not None
        }

    def applied(self) -> int:
        """Return how many records of the source topics the heads cover."""
        return sum(head.applied.get(topic, 0) for head in self.heads().values() for topic in topics.SOURCES)

    def digest(self) -> str:
        """Return a digest of the sums over the partitions, without what detection adds: no contender detects."""
        sums: dict[Bucket, Cells] = {}
        for (_, key), value in self.records.items():
            if key != HEAD_KEY and not key.startswith(DETECTION) and value is not None:
                bucket = bucket_of(key)
                if bucket.topic == SIGNALS_TOPIC:
                    continue
                cells = sums.setdefault(bucket, {})
                for cell, weight in read_cells(value).items():
                    cells[cell] = cells.get(cell, 0) + weight
        return digest(sums)


def digest(buckets: Mapping[Bucket, Cells]) -> str:
    """Return a short name for what days, months and levels count; two that counted the same have the same.

    Slots are left out: how far back they reach depends on the day on which a contender happened to begin.
    """
    rows = sorted(
        (bucket, sorted((cell, weight) for cell, weight in cells.items() if weight))
        for bucket, cells in buckets.items()
        if bucket.grain != "slot" and any(cells.values())
    )
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:16]


@contextmanager
def apache_kafka() -> Iterator[tuple[Connection, Path]]:
    """Run Apache Kafka in a temporary folder; give the connection, and a folder for everything else."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ApacheKafka(Path(folder) / "kafka") as kafka:
        yield kafka.connection, Path(folder)
