"""Memory that a worker's state takes for 100,000 tickets: the growth of a process that folds and counts them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from multiprocessing.connection import Connection

from bench import workload
from bench.feeding import batches_of, feed, settled_partition
from bench.processes import resident_bytes
from bench.results import Figure, Result, Scale

MEBIBYTE = 2**20


def run(scale: Scale) -> Result:
    """Measure state alone, without Kafka clients and buffers."""
    growth = [_in_a_child(scale.tickets) for _ in range(scale.repetitions)]
    return Result(
        benchmark="memory",
        title="Memory of a settled partition's state (ledger and tallies)",
        settings={"tickets": f"{scale.tickets:,}", "revisions of each": str(workload.REVISIONS)},
        figures=[
            Figure(
                what="for 100,000 tickets",
                values=[grown * 100_000 / scale.tickets / MEBIBYTE for grown in growth],
                unit="MiB",
            ),
            Figure(what="for one ticket", values=[grown / scale.tickets for grown in growth], unit="bytes"),
        ],
    )


def _in_a_child(tickets: int) -> int:
    """Return how many bytes a fresh process grows by."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_grow, args=(tickets, sending))
    child.start()
    grown: int = receiving.recv()
    child.join()
    return grown


def _grow(tickets: int, answer: Connection) -> None:
    now = time.time_ns() // 1_000
    batches = batches_of(workload.records(tickets, until=now), now)
    partition = settled_partition(now)
    gc.collect()
    before = resident_bytes(os.getpid())
    feed(partition, batches)
    gc.collect()
    answer.send(resident_bytes(os.getpid()) - before)
