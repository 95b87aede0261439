"""Where a worker's time goes: each layer's share of one event, and the functions that take the most."""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import time
from collections import Counter
from pathlib import Path

from aiokafka import TopicPartition

from bench import workload
from bench.feeding import BATCH, feed, messages_of, new_partition, settle
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.results import Figure, Result, Scale
from streams.core.letters import Message
from streams.kafka.reader import read_to_end

TOP = 12
CORE = "streams/core/"
LAYERS = {
    "read and check the message": ("events/",),
    "fold (partition, ledger)": ("partition.py", "ledger.py", "takeover.py", "head.py"),
    "contributions": ("contributions/", "months.py", "definitions.py"),
    "difference (counting)": ("counting.py",),
    "tallies": ("tallies.py",),
}
"""Layer → its modules in the core."""


def run(scale: Scale) -> Result:
    """Measure reading alone and counting alone without a profiler, then profile the counting of a settled partition."""
    now = time.time_ns() // 1_000
    records = workload.records(scale.tickets // PARTITIONS, until=now)
    messages = messages_of(records, now)
    counting = [_settled_seconds(messages, now) / len(messages) * 1e6 for _ in range(scale.repetitions)]
    folding = [feed(new_partition(now), messages) / len(messages) * 1e6 for _ in range(scale.repetitions)]
    profile = _profile(messages, now)
    whole = sum(seconds for _, seconds in profile)
    return Result(
        benchmark="profile",
        title="Where the time of one event goes, in one partition without Kafka",
        settings={"events": f"{len(messages):,}", "batch": f"{BATCH} records", "shares": "own time under cProfile"},
        figures=[
            Figure(what="an event, settled", values=counting, unit="µs"),
            Figure(what="an event, folding anew and counted once", values=folding, unit="µs"),
            *_layers(profile, whole),
            *(
                Figure(what=f"· {name}", values=[seconds / whole * 100], unit="% of own time")
                for name, seconds in sorted(profile, key=lambda row: -row[1])[:TOP]
            ),
        ],
    )


def run_reading(scale: Scale) -> Result:
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
        figures=[Figure(what="an event", values=[took / len(records) * 1e6 for took in seconds], unit="µs")],
    )


async def _read(installation: Installation) -> float:
    starts: dict[TopicPartition, int | None] = {
        TopicPartition(installation.faults, number): None for number in range(PARTITIONS)
    }
    began = time.perf_counter()
    async for _ in read_to_end(installation.connection, starts):
        pass
    return time.perf_counter() - began


def _settled_seconds(messages: list[Message], now: int) -> float:
    partition = new_partition(now)
    settle(partition)
    return feed(partition, messages)


def _profile(messages: list[Message], now: int) -> list[tuple[str, float]]:
    """Return (function, own seconds) of counting all messages."""
    partition = new_partition(now)
    settle(partition)
    profiler = cProfile.Profile()
    profiler.runcall(feed, partition, messages)
    own: Counter[str] = Counter()
    for (file, line, function), (_, _, seconds, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        own[_name(file, line, function)] += seconds
    return list(own.items())


def _name(file: str, line: int, function: str) -> str:
    if CORE in file:
        return f"{file.partition(CORE)[2]} {function}"
    return function if file == "~" else f"{Path(file).name} {function}"


def _layers(profile: list[tuple[str, float]], whole: float) -> list[Figure]:
    """Return each layer's share; what the core calls of Python and msgspec stands by itself."""
    shares: Counter[str] = Counter()
    for name, seconds in profile:
        shares[_layer(name)] += seconds
    return [Figure(what=layer, values=[seconds / whole * 100], unit="% of own time") for layer, seconds in shares.most_common()]


def _layer(name: str) -> str:
    for layer, modules in LAYERS.items():
        if name.startswith(modules):
            return layer
    return "msgspec" if "msgspec" in name else "Python's built-ins (dict, datetime …)"
