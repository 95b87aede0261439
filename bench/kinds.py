"""What an event of each kind costs, in a partition and on a worker, beside a fault event when faults were alone."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench import first_thread, workload
from bench.courses import Record
from bench.feeding import BATCH, Batch, batches_of, feed, settled_partition
from bench.installation import PARTITIONS, apache_kafka
from bench.results import Figure, Result, Scale
from bench.throughput import live
from streams.core.events import Outage
from streams.core.partition import Partition
from streams.kafka.topics import FAULTS, SOURCES

BATCHES_IN_A_ROUND = 12
"""What comes to a partition of a worker under full load between two rounds, roughly."""
MEASURED = tuple(topic for topic in SOURCES if topic != Outage.topic)
"""Outages come by the dozen a month, each copied to every partition: the benchmark `storm` has one."""
MIXED = "all kinds mixed"
BEFORE = "faults in the first thread"
"""The name of what the code found that knew fault tickets alone."""

Found = defaultdict[str, list[float]]
"""Name → the values of all repetitions."""


class Costs(msgspec.Struct):
    """Processor time (µs) of one event in a partition: taking it in, and its share of what the rounds take."""

    counting: Found
    rounds: Found


def run(scale: Scale) -> Result:
    """Measure each kind alone, first in this process without Kafka, then on a worker; the first thread's code too."""
    now = time.time_ns() // 1_000
    events = scale.tickets // PARTITIONS * workload.REVISIONS
    with first_thread.first_thread() as code:
        costs = _in_partition(scale, events, now, code)
        rates = _on_worker(scale, now, code)
    return Result(
        benchmark="kinds",
        title="What an event of each kind costs, the whole catalogue",
        settings={
            "in a partition": f"{events:,} events of each kind without Kafka, at most {BATCH} in a batch, "
            f"a round after every {BATCHES_IN_A_ROUND} batches",
            "on a worker": f"{scale.tickets:,} events of each kind alone, one settled worker, Apache Kafka",
            "first thread": "not in the history that is at hand" if code is None else first_thread.COMMIT[:7],
        },
        figures=[*_cost_figures(costs, workload.shares_of(events)), *_rate_figures(rates)],
    )


def _in_partition(scale: Scale, events: int, now: int, code: Path | None) -> Costs:
    """Return what `events` of each kind cost; of the first thread's code, what its own benchmark of that size finds."""
    costs = Costs(defaultdict(list), defaultdict(list))
    for _ in range(scale.repetitions):
        for name in (*MEASURED, MIXED):
            counting, rounds = _seconds(batches_of(_records(name, events, now), now), now)
            costs.counting[name].append(counting / events * 1e6)
            costs.rounds[name].append(rounds / events * 1e6)
        if code is not None:
            costs.counting[BEFORE].append(first_thread.event_microseconds(code, scale))
    return costs


def _records(name: str, events: int, now: int) -> list[Record]:
    return workload.mixed(events, until=now) if name == MIXED else workload.records_of(name, events, until=now)


def _seconds(batches: Sequence[Batch], now: int) -> tuple[float, float]:
    """Return the processor time (seconds) that a settled partition takes to count the batches, and for its rounds."""
    partition = settled_partition(now)
    counting = rounds = 0.0
    for start in range(0, len(batches), BATCHES_IN_A_ROUND):
        counting += feed(partition, batches[start : start + BATCHES_IN_A_ROUND])
        rounds += _take_round(partition)
    return counting, rounds


def _take_round(partition: Partition) -> float:
    began = time.process_time()
    partition.take_round()
    return time.process_time() - began


def _on_worker(scale: Scale, now: int, code: Path | None) -> Found:
    """Return the events per second of one settled worker for each kind alone."""
    workloads = {topic: _records(topic, scale.tickets, now) for topic in MEASURED}
    contenders: list[tuple[str, list[Record], Path | None]] = [(name, told, None) for name, told in workloads.items()]
    if code is not None:
        contenders.insert(0, (BEFORE, workloads[FAULTS], code))
    rates: Found = defaultdict(list)
    with apache_kafka() as (connection, folder):
        for repetition in range(scale.repetitions):
            for number, (name, records, its_code) in enumerate(contenders):
                prefix = f"kind-{repetition}-{number}-"
                outcome = live(connection, folder, prefix, records, workers=1, code=its_code)
                rates[name].append(outcome.records / outcome.seconds)
    return rates


def _cost_figures(costs: Costs, shares: dict[str, int]) -> list[Figure]:
    counting = [
        Figure(what=f"{name}: counted", values=values, unit="µs of processor")
        for name, values in costs.counting.items()
    ]
    rounds = [
        Figure(what=f"{name}: in rounds", values=values, unit="µs of processor")
        for name, values in costs.rounds.items()
    ]
    return [*counting, *_against_first_thread(costs.counting), _against_sum(costs.counting, shares), *rounds]


def _rate_figures(rates: Found) -> list[Figure]:
    figures = [Figure(what=f"{name}: a worker", values=values, unit="events/s") for name, values in rates.items()]
    return figures + _against_first_thread(rates)


def _against_first_thread(found: Found) -> list[Figure]:
    """Return faults now in relation to faults then, if they could be measured."""
    if BEFORE not in found:
        return []
    ratios = [now / then for now, then in zip(found[FAULTS], found[BEFORE], strict=True)]
    return [Figure(what="· faults against the first thread", values=ratios, unit="times")]


def _against_sum(counting: Found, shares: dict[str, int]) -> Figure:
    """Return the mixture in relation to what its kinds cost alone: more than 1 is what looking beside and small
    batches add.
    """
    events = sum(shares.values())
    ratios = [
        mixed
        / sum(counting[topic][repetition] * share / events for topic, share in shares.items() if topic in MEASURED)
        for repetition, mixed in enumerate(counting[MIXED])
    ]
    return Figure(what="· the mixture against its kinds alone", values=ratios, unit="times")
