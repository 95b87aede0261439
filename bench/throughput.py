"""Events per second of one worker with all contributions and tallies: beside two others that do the same job with fault
tickets, and with all topics mixed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bench import workload
from bench.courses import Record
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.processes import APPLIED, SETTLED, StreamsProcess, wait_until
from bench.results import Figure, Result, Scale
from bench.same_job import Outcome, Task
from streams.kafka.client import Connection

FAUST_SETTINGS = "memory store, changelog on, raw bytes, uvloop, producer_linger 0.05, debug logging off, else defaults"
QUIX_SETTINGS = "state in RocksDB as bytes, changelog on, at least once, else defaults"
CONTENDER_SECONDS = 240.0
SETTLING_SECONDS = 3.0
"""Given to a worker with settled, empty partitions: the first tick is out and back, and all is quiet."""


def run(scale: Scale) -> Result:
    """Measure all contenders in turn, `scale.repetitions` times over; raises if they do not count the same."""
    now = time.time_ns() // 1_000
    records = workload.records(scale.tickets, until=now)
    mixed = workload.mixed(len(records), until=now)
    rates: defaultdict[str, list[float]] = defaultdict(list)
    with apache_kafka() as (connection, folder):
        for repetition in range(scale.repetitions):
            preloaded = Installation(connection, f"bench-{repetition}-", folder)
            preloaded.fill(records)
            counted = {
                "faust": _contender("faust", "bench.stock_faust", preloaded, len(records), now),
                "quix": _contender("quix", "bench.quix", preloaded, len(records), now),
                "settled": live(connection, folder, f"one-{repetition}-", records, workers=1),
                "mixed": live(connection, folder, f"mixed-{repetition}-", mixed, workers=1),
                "two": live(connection, folder, f"two-{repetition}-", records, workers=2),
                "refold": refold(preloaded, len(records)),
            }
            for name, outcome in counted.items():
                rates[name].append(outcome.records / outcome.seconds)
            if len({outcome.digest for name, outcome in counted.items() if name != "mixed"}) != 1:
                raise RuntimeError(f"the contenders counted differently: {counted}")
    return _result(scale, len(records), rates)


def live(
    connection: Connection,
    folder: Path,
    prefix: str,
    records: list[Record],
    *,
    workers: int,
    code: Path | None = None,
) -> Outcome:
    """Measure workers that are settled before the first record: each event is counted as it comes.

    They are stopped while the log is filled, so that nothing else works while they do. `code` is the checkout whose
    code they run, where that is not this one's.
    """
    installation = Installation(connection, prefix, folder)
    running = [installation.process("worker", str(number)).start(code) for number in range(workers)]
    share = PARTITIONS / workers
    wait_until(lambda: all(worker.metric(SETTLED) == share for worker in running), "the workers share the partitions")
    time.sleep(SETTLING_SECONDS)
    for worker in running:
        worker.send(signal.SIGSTOP)
    installation.fill(records)
    began = time.monotonic()
    for worker in running:
        worker.send(signal.SIGCONT)
    seconds = _finished(running, len(records)) - began
    wait_until(lambda: installation.totals().applied() == len(records), "all is published")
    for worker in running:
        worker.end()
    return Outcome(seconds=seconds, records=len(records), digest=installation.totals().digest())


def refold(installation: Installation, records: int) -> Outcome:
    """Measure a worker that begins with a full log: it folds first and counts once, at the end."""
    worker = installation.process("worker", "refold").start()
    _finished([worker], records)
    began = worker.log_times("partitions assigned")[0]["at"]
    seconds = max(line["at"] for line in worker.log_times("partition settled")) - began
    wait_until(lambda: installation.totals().applied() == records, "all is published")
    worker.end()
    return Outcome(seconds=seconds, records=records, digest=installation.totals().digest())


def _finished(workers: list[StreamsProcess], records: int) -> float:
    """Return when (monotonic seconds) `records` were applied and every partition was settled."""

    def finished() -> bool:
        return (
            sum(worker.metric(APPLIED) for worker in workers) >= records
            and sum(worker.metric(SETTLED) for worker in workers) == PARTITIONS
        )

    return wait_until(finished, "all records are applied")


def _contender(name: str, module: str, installation: Installation, records: int, now: int) -> Outcome:
    folder = installation.folder / f"{installation.prefix}{name}"
    report = folder.with_suffix(".json")
    task = Task(
        bootstrap=installation.connection.bootstrap,
        topic=installation.faults,
        partitions=PARTITIONS,
        records=records,
        now=now,
        group=f"{installation.prefix}{name}",
        folder=str(folder),
        report=str(report),
    )
    done = subprocess.run(
        [sys.executable, "-m", module, msgspec.json.encode(task).decode()],
        capture_output=True,
        timeout=CONTENDER_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed: {done.stderr.decode()[-3000:]}")
    return msgspec.json.decode(report.read_bytes(), type=Outcome)


def _result(scale: Scale, records: int, rates: Mapping[str, list[float]]) -> Result:
    def times(name: str, other: str) -> list[float]:
        return [mine / theirs for mine, theirs in zip(rates[name], rates[other], strict=True)]

    return Result(
        benchmark="throughput",
        title="Events per second, the whole catalogue, Apache Kafka; all counted the same faults",
        settings={
            "events": f"{records:,} ({scale.tickets:,} fault tickets, {workload.REVISIONS} revisions each)",
            "mixed topics": "as many events, in the proportions of the sample july-2009",
            "partitions": str(PARTITIONS),
            "stock Faust": FAUST_SETTINGS,
            "QuixStreams": QUIX_SETTINGS,
        },
        figures=[
            Figure(what="streams worker, settled", values=rates["settled"], unit="events/s", aim="≥ 25,000"),
            Figure(what="streams worker, settled, mixed topics", values=rates["mixed"], unit="events/s"),
            Figure(what="mixed topics against faults alone", values=times("mixed", "settled"), unit="times"),
            Figure(what="streams worker, folding anew", values=rates["refold"], unit="events/s"),
            Figure(what="two streams workers, settled", values=rates["two"], unit="events/s"),
            Figure(what="stock Faust agent with a table", values=rates["faust"], unit="events/s"),
            Figure(what="QuixStreams with its state", values=rates["quix"], unit="events/s"),
            Figure(what="worker against stock Faust", values=times("settled", "faust"), unit="times", aim="≥ 5"),
            Figure(what="worker against QuixStreams", values=times("settled", "quix"), unit="times", aim="≥ 2"),
            Figure(what="two workers against one", values=times("two", "settled"), unit="times"),
        ],
    )
