"""A mass outage of 100,000 users with 5,000 tickets: how far behind /metrics are, what queues up, what memory is taken."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Producer

from bench.courses import COURSES, Record
from bench.following import Following, following
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.latency import percentile
from bench.processes import APPLIED, SETTLED, StreamsProcess, wait_until
from bench.results import Figure, Result, Scale
from streams.core.months import DAY, HOUR, SECOND
from streams.kafka.topics import FAULTS, SIGNALS, TALLIES, real_name
from streams.samples.storm import NOTICES, Told, directory, storm

LOOK_SECONDS = 0.25
QUIET_SECONDS = 15.0
"""Given to the worker after its first round, which holds the month before."""
CALM_SECONDS = 15.0
"""How long all is watched after the last message."""
GRACE_SECONDS = 30.0
MONTH_LINES = 16_000
"""Lines that the tickets of the month before come from."""
MEBIBYTE = 2**20
AIM = "≤ 3"


class Look(NamedTuple):
    """What /metrics of serve showed at a moment, and how long the answer took (seconds)."""

    at: float
    seconds: float
    clock_behind: float
    tickets: int
    reports: int
    users_out: int


class WorkerLook(NamedTuple):
    """How much the worker had taken in at a moment, and the memory of both processes (bytes)."""

    at: float
    applied: int
    worker: int
    serve: int


class Sent(NamedTuple):
    """A message of the storm, and when (monotonic seconds) it was handed to the producer."""

    at: float
    told: Told


class Found(NamedTuple):
    """All that one repetition has measured."""

    sent: list[Sent]
    looks: list[Look]
    worker_looks: list[WorkerLook]
    following: Following
    first_report_at: float
    """Seconds since the epoch."""


def run(scale: Scale) -> Result:
    """Measure one worker and one serve in a storm, with a month of tickets behind them."""
    found = [_measure(scale) for _ in range(scale.repetitions)]
    return Result(
        benchmark="storm",
        title="A mass outage of 100,000 users, reported on Apache Kafka with one worker and one serve",
        settings={
            "tickets of the outage": f"{scale.storm_tickets:,} in {scale.storm_seconds:.0f} s, two fifths of them in "
            f"{scale.storm_seconds / 30:.0f} s; complaints, and tickets of others, beside them",
            "all closed within": f"{scale.storm_seconds / 5:.0f} s",
            "tickets of the month before": f"{scale.storm_month:,}",
            "directory": "150,000 numbers",
            "looked at every": f"{LOOK_SECONDS * 1000:.0f} ms, plus what the answer takes",
        },
        figures=[*_delays(found), *_queues(found), *_memory(found)],
    )


# --- measuring -----------------------------------------------------------------------------------------------------


def _measure(scale: Scale) -> Found:
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "bench-storm-", folder)
        installation.fill(_month_before(scale.storm_month))
        settings = {"DIRECTORY": str(_write_directory(folder)), "SESSION_TIMEOUT_SECONDS": "8"}
        worker = installation.process("worker", "worker", **settings).start()
        serve = installation.process("serve", "serve", **settings).start()
        wait_until(lambda: worker.metric(SETTLED) == PARTITIONS, "the worker is settled")
        wait_until(lambda: serve.metric("streams_figures_shown") == 1, "serve shows figures")
        time.sleep(QUIET_SECONDS)
        began = time.time_ns() // 1_000
        told = storm(began, round(scale.storm_seconds * SECOND), scale.storm_tickets)
        with following(installation, began) as followed, _looking(serve, worker) as (looks, worker_looks):
            wait_until(lambda: bool(looks and worker_looks), "both have been looked at")
            sent = _send(installation, told, began)
            _wait_until_shown(sent, looks)
            time.sleep(CALM_SECONDS)
        for process in (worker, serve):
            process.end()
    first = next(message.line.at for message in told if message.what == "ticket")
    return Found(sent, looks, worker_looks, followed, first / SECOND)


def _month_before(tickets: int) -> Iterator[Record]:
    """Yield what had been told an hour ago of so many tickets of thirty days, in the order of time.

    Those of the last hour could belong to the outage.
    """
    until = time.time_ns() // 1_000 - HOUR
    courses = (COURSES[FAULTS](number, MONTH_LINES, until + DAY) for number in range(tickets))
    told = sorted((revision for course in courses for revision in course), key=lambda revision: revision[0])
    return (record for at, record in told if at <= until)


def _write_directory(folder: Path) -> Path:
    path = folder / "directory.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "site", "branch"))
        writer.writerows(directory())
    return path


def _send(installation: Installation, told: Sequence[Told], began: int) -> list[Sent]:
    """Send every message when it is due."""
    producer = Producer({"bootstrap.servers": installation.connection.bootstrap, "partitioner": "murmur2"})
    sent = []
    for message in told:
        line = message.line
        time.sleep(max(0.0, line.at / SECOND - time.time()))
        sent.append(Sent(time.monotonic(), message))
        producer.produce(real_name(installation.prefix, line.topic), key=line.key, value=line.value)
        producer.poll(0)
    producer.flush()
    return sent


@contextmanager
def _looking(serve: StreamsProcess, worker: StreamsProcess) -> Iterator[tuple[list[Look], list[WorkerLook]]]:
    """Look at both until the end of the block."""
    looks: list[Look] = []
    worker_looks: list[WorkerLook] = []
    finished = threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:
        looking = [
            pool.submit(_look_for_ever, lambda: looks.append(_look(serve)), finished),
            pool.submit(_look_for_ever, lambda: worker_looks.append(_look_at_worker(worker, serve)), finished),
        ]
        try:
            yield looks, worker_looks
        finally:
            finished.set()
        for thread in looking:
            thread.result()


def _look_for_ever(look: Callable[[], None], finished: threading.Event) -> None:
    while not finished.wait(LOOK_SECONDS):
        look()


def _look(serve: StreamsProcess) -> Look:
    asked_at = time.monotonic()
    shown = serve.metrics()
    at = time.monotonic()
    return Look(
        at=at,
        seconds=at - asked_at,
        clock_behind=time.time() - shown["streams_data_timestamp_seconds"],
        tickets=_shown(shown, "streams_fault_tickets", by="", window="month"),
        reports=_shown(shown, "streams_outage_reports"),
        users_out=_shown(shown, "streams_active_outage_users"),
    )


def _shown(series: dict[str, float], name: str, **labels: str) -> int:
    """Return the sum of a metric's series that have these labels."""
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return round(
        sum(
            value
            for one, value in series.items()
            if one.startswith(f"{name}{{") and set(wanted) <= set(one[len(name) + 1 : -1].split(","))
        )
    )


def _look_at_worker(worker: StreamsProcess, serve: StreamsProcess) -> WorkerLook:
    applied = round(worker.metric(APPLIED))
    return WorkerLook(time.monotonic(), applied, worker.resident_bytes(), serve.resident_bytes())


def _wait_until_shown(sent: Sequence[Sent], looks: Sequence[Look]) -> None:
    """Wait until all is counted; raises RuntimeError if it is not in time, or if too much is."""
    tickets, reports = len(_of(sent, "ticket")), len(_reports(sent))
    deadline = time.monotonic() + GRACE_SECONDS
    while (counted := (looks[-1].tickets - looks[0].tickets, looks[-1].reports)) != (tickets, reports):
        if time.monotonic() > deadline:
            raise RuntimeError(f"/metrics show {counted} tickets and reports of the outage, not {(tickets, reports)}")
        time.sleep(LOOK_SECONDS)


# --- what was found ------------------------------------------------------------------------------------------------


def _of(sent: Sequence[Sent], what: str) -> list[Sent]:
    return [one for one in sent if one.told.what == what]


def _reports(sent: Sequence[Sent]) -> list[float]:
    """Return, in order, when each report of the outage was to be counted as one: sent, and its line declared."""
    notices = [one.at for one in _of(sent, "notice")]
    reports = (one for one in sent if one.told.what in ("ticket", "complaint"))
    return sorted(max(one.at, notices[one.told.notice]) for one in reports if one.told.notice is not None)


def _delays(found: Sequence[Found]) -> Iterator[Figure]:
    """Yield how long figures take: the k-th report is in at the first look that shows k of them."""
    for what, delays in (
        ("ticket sent → streams_fault_tickets", [_ticket_delays(one) for one in found]),
        ("report sent and covered → streams_outage_reports", [_report_delays(one) for one in found]),
    ):
        for name, percent in (("p50", 50), ("p95", 95), ("longest", 100)):
            yield _figure(f"{what}, {name}", [percentile(one, percent) for one in delays], "s", AIM)
    for number, notice in enumerate(NOTICES):
        values = [_notice_delay(one, number) for one in found]
        yield _figure(f"notice {number + 1} sent → {notice.users_out():,} users on /metrics", values, "s", AIM)
    suspected = [_suspected_delay(one.following, one.first_report_at) for one in found]
    if all(suspected):
        yield _figure("first ticket sent → first suspected", [one for one in suspected if one], "s")
    for name, percent in (("p50", 50), ("longest", 100)):
        values = [percentile([look.seconds for look in one.looks], percent) for one in found]
        yield _figure(f"an answer of /metrics, {name}", values, "s")
    behind = [max(look.clock_behind for look in one.looks) for one in found]
    yield _figure("clock of /metrics behind the wall's, longest", behind, "s", AIM)


def _ticket_delays(found: Found) -> list[float]:
    counts = [(look.at, look.tickets - found.looks[0].tickets) for look in found.looks]
    return _in_turn([one.at for one in _of(found.sent, "ticket")], counts)


def _report_delays(found: Found) -> list[float]:
    return _in_turn(_reports(found.sent), [(look.at, look.reports) for look in found.looks])


def _in_turn(due: Sequence[float], counts: Sequence[tuple[float, int]]) -> list[float]:
    delays, place = [], 0
    for number, at in enumerate(due, start=1):
        while counts[place][1] < number:
            place += 1
        delays.append(counts[place][0] - at)
    return delays


def _notice_delay(found: Found, number: int) -> float:
    at, users = _of(found.sent, "notice")[number].at, NOTICES[number].users_out()
    return next((look.at for look in found.looks if look.at > at and look.users_out == users), float("inf")) - at


def _suspected_delay(followed: Following, first_report_at: float) -> float | None:
    burst = (at for at, one in followed.suspected if one.first_report_at.timestamp() >= first_report_at - 1)
    at = next(burst, None)
    return None if at is None else at - first_report_at


def _queues(found: Sequence[Found]) -> Iterator[Figure]:
    waiting = [_sent_but_not_applied(one) for one in found]
    yield _figure("messages sent that the worker has not taken in, most", [max(one) for one in waiting], "messages")
    yield _figure("· at the end", [one[-1] for one in waiting], "messages", "0")
    signals = [one.following.signals_waiting for one in found]
    yield _figure("signals that wait for the clocks of all partitions, most", [max(one) for one in signals], "signals")
    yield _figure("· at the end", [one[-1] for one in signals], "signals", "0")
    rounds = [[float(count) for count in one.following.records_of_rounds] for one in found]
    yield _figure("records in a round, p50", [percentile(one, 50) for one in rounds], "records")
    yield _figure("records in a round, most", [max(one) for one in rounds], "records")
    for topic in (TALLIES, SIGNALS):
        values = [one.following.sizes[topic] / MEBIBYTE for one in found]
        yield _figure(f"written to {topic} meanwhile", values, "MiB")


def _sent_but_not_applied(found: Found) -> list[int]:
    before = found.worker_looks[0].applied
    times = [one.at for one in found.sent]
    waiting, place = [], 0
    for look in found.worker_looks:
        while place < len(times) and times[place] <= look.at:
            place += 1
        waiting.append(max(0, place - (look.applied - before)))
    return waiting


def _memory(found: Sequence[Found]) -> Iterator[Figure]:
    for name in ("worker", "serve"):
        looks = [[getattr(look, name) / MEBIBYTE for look in one.worker_looks] for one in found]
        yield _figure(f"memory of {name} before", [one[0] for one in looks], "MiB")
        yield _figure(f"memory of {name}, most", [max(one) for one in looks], "MiB")
        yield _figure(f"memory of {name} at the end", [one[-1] for one in looks], "MiB")


def _figure(what: str, values: Sequence[float], unit: str, aim: str = "") -> Figure:
    return Figure(what=what, values=[float(value) for value in values], unit=unit, aim=aim)
