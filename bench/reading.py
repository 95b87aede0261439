"""What aiokafka alone takes to hand a worker its records, to be set beside what counting them takes."""

from __future__ import annotations

import asyncio
import time

from aiokafka import TopicPartition

from bench import workload
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.results import Figure, Result, Scale
from streams.kafka.reader import read_to_end


def run(scale: Scale) -> Result:
    """Measure what aiokafka alone takes to hand all records over, with nothing done to them."""
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "bench-reading-", folder)
        records = workload.records(scale.tickets, until=time.time_ns() // 1_000)
        installation.fill(records)
        seconds = [asyncio.run(_read(installation)) for _ in range(scale.repetitions)]
    return Result(
        benchmark="reading",
        title="What aiokafka alone takes to read the log",
        settings={"events": f"{len(records):,}", "partitions": str(PARTITIONS)},
        figures=[
            Figure(what="an event", values=[took / len(records) * 1e6 for took in seconds], unit="µs of processor")
        ],
    )


async def _read(installation: Installation) -> float:
    starts: dict[TopicPartition, int | None] = {
        TopicPartition(installation.faults, number): None for number in range(PARTITIONS)
    }
    began = time.process_time()
    async for _ in read_to_end(installation.connection, starts):
        pass
    return time.process_time() - began
