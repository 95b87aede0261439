"""Time from an event to its figure: from handing it to the producer until `/metrics` of serve counts it."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec
from aiokafka.partitioner import murmur2
from confluent_kafka import Producer

from bench import workload
from bench.courses import Record
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.processes import SETTLED, StreamsProcess, wait_until
from bench.results import Figure, Result, Scale
from bench.same_job import definitions_in_use
from streams.core.catalogue import DIMENSIONS, repeat_report_rate
from streams.core.months import datetime_of

EVENTS_PER_SECOND = 200
PROBE_EVERY = 5
"""Every so many events one is a probe: a ticket whose brand and branch no other partition's tickets have."""
LOOK_SECONDS = 0.2
QUIET_SECONDS = 15.0
"""Given to the worker after its first round, which holds everything: the pause after a round is ten times as long."""
GRACE_SECONDS = 15.0
PERCENTILES = (50, 99)


Group = tuple[str, str]
"""(brand, branch) of one partition's probes."""


class Look(NamedTuple):
    """What `/metrics` showed at a moment, and how long the answer took: probes counted so far, for each group."""

    at: float
    seconds: float
    counted: dict[Group, int]


class Found(NamedTuple):
    """One repetition: seconds from each probe to its figure, and of each answer of `/metrics`."""

    delays: list[float]
    answers: list[float]


def run(scale: Scale) -> Result:
    """Measure one worker and one serve at a steady rate, with a month of tickets behind them."""
    found = [_measure(scale) for _ in range(scale.repetitions)]
    return Result(
        benchmark="latency",
        title="Time from an event to its figure on /metrics",
        settings={
            "events": f"{EVENTS_PER_SECOND} a second for {scale.latency_seconds:.0f} s, every {PROBE_EVERY}th a probe",
            "events behind them": f"{scale.tickets * workload.REVISIONS:,}",
            "looked at every": f"{LOOK_SECONDS * 1000:.0f} ms, plus what the answer takes",
            "probes": f"{len(found[0].delays):,} in each repetition",
        },
        figures=[
            Figure(
                what=f"p{percent}",
                values=[percentile(repetition.delays, percent) for repetition in found],
                unit="s",
                aim="≤ 2" if percent == PERCENTILES[-1] else "",
            )
            for percent in PERCENTILES
        ]
        + [Figure(what="an answer of /metrics, p50", values=[percentile(f.answers, 50) for f in found], unit="s")],
    )


def _measure(scale: Scale) -> Found:
    """Return the seconds that each probe took, and each answer of /metrics."""
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "bench-latency-", folder)
        installation.fill(workload.records(scale.tickets, until=time.time_ns() // 1_000))
        worker = installation.process("worker", "worker").start()
        serve = installation.process("serve", "serve").start()
        wait_until(lambda: worker.metric(SETTLED) == PARTITIONS, "the worker is settled")
        wait_until(lambda: serve.metric("streams_figures_shown") == 1, "serve shows figures")
        time.sleep(QUIET_SECONDS)
        sent, looks = _send_and_look(installation, serve, scale.latency_seconds)
        for process in (worker, serve):
            process.end()
    return Found(_delays(sent, looks), [look.seconds for look in looks])


def _send_and_look(
    installation: Installation, serve: StreamsProcess, seconds: float
) -> tuple[dict[Group, list[float]], list[Look]]:
    """Send events at a steady rate while another thread looks; return when probes were sent, and what was seen."""
    by_partition = groups()
    sent: dict[Group, list[float]] = defaultdict(list)
    looks: list[Look] = []
    finished = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        looking = pool.submit(_look, serve, by_partition.values(), looks, finished)
        try:
            send(installation, by_partition, seconds, sent)
            whole = {group: len(times) for group, times in sent.items()}
            _wait(lambda: looking.done() or (bool(looks) and looks[-1].counted == whole), GRACE_SECONDS)
        finally:
            finished.set()
        looking.result()
    return sent, looks


def send(installation: Installation, groups: dict[int, Group], seconds: float, sent: dict[Group, list[float]]) -> None:
    """Send events at a steady rate for so many seconds; `sent` takes when each probe of a group was."""
    producer = Producer({"bootstrap.servers": installation.connection.bootstrap, "partitioner": "murmur2"})
    for record, group in itertools.islice(_paced(_events(groups)), int(seconds * EVENTS_PER_SECOND)):
        if group is not None:
            sent[group].append(time.monotonic())
        producer.produce(installation.faults, key=record.key, value=record.value)
        producer.poll(0)
    producer.flush()


def groups() -> dict[int, Group]:
    """Return partition → the group of its probes: mobile brands, which the workload has none of."""
    known = definitions_in_use()
    return dict(enumerate(itertools.islice(itertools.product(known.brands["mobile"], known.branches), PARTITIONS)))


def _events(groups: dict[int, Group]) -> Iterator[tuple[Record, Group | None]]:
    """Yield tickets reported now, for ever: ordinary ones without a group, and probes with theirs."""
    for number in itertools.count():
        subscriber = f"1{number:010}"
        is_probe = number % PROBE_EVERY == 0
        group = groups[(murmur2(subscriber.encode()) & 0x7FFFFFFF) % PARTITIONS]
        now = datetime_of(time.time_ns() // 1_000)
        ticket = {
            "id": f"P{number}",
            "revision": 0,
            "updated_at": now,
            "opened_at": now,
            "subscriber": subscriber,
            "service": "mobile" if is_probe else "broadband",
            "brand": group[0] if is_probe else "E8",
            "branch": group[1],
        }
        yield Record(subscriber.encode(), msgspec.json.encode(ticket)), group if is_probe else None


def _paced(events: Iterator[tuple[Record, Group | None]]) -> Iterator[tuple[Record, Group | None]]:
    began = time.monotonic()
    for number in itertools.count():
        time.sleep(max(0.0, began + number / EVENTS_PER_SECOND - time.monotonic()))
        yield next(events)


def _look(serve: StreamsProcess, groups: Collection[Group], looks: list[Look], finished: threading.Event) -> None:
    wanted = {_series(group): group for group in groups}
    while not finished.is_set():
        asked_at = time.monotonic()
        shown = serve.metrics()
        answered_at = time.monotonic()
        counted = Counter({wanted[series]: int(value) for series, value in shown.items() if series in wanted})
        looks.append(Look(answered_at, answered_at - asked_at, dict(+counted)))
        time.sleep(LOOK_SECONDS)


def _series(group: Group) -> str:
    """Return the series that counts a group's probes: each is a line of its own, so users are as many as probes."""
    labels = {
        **dict.fromkeys(DIMENSIONS, ""),
        "indicator": repeat_report_rate.ENTRY.id,
        "window": "month",
        "by": "brand,branch",
        "brand": group[0],
        "branch": group[1],
    }
    written = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    return f"streams_indicator_denominator{{{written}}}"


def _delays(sent: dict[Group, list[float]], looks: list[Look]) -> list[float]:
    """Return the seconds from each probe to the first look that counted it; a group's probes come in order."""
    delays = []
    for group, times in sent.items():
        place = 0
        for number, at in enumerate(times, start=1):
            while looks[place].counted.get(group, 0) < number:
                place += 1
                if place == len(looks):
                    raise TimeoutError(f"probes of {group} were not counted within {GRACE_SECONDS:.0f} s of the last")
            delays.append(looks[place].at - at)
    return delays


def percentile(values: list[float], percent: int) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _wait(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
