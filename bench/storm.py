"""A mass outage of 100,000 users: how far behind /metrics are, what queues up, what memory and processor it takes."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Producer

from bench.courses import COURSES, Record
from bench.following import Following, following
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.latency import percentile
from bench.looking import LOOK_SECONDS, Look, Looking, UsageLook, looking
from bench.processes import SETTLED, wait_until
from bench.results import Figure, Result, Scale
from streams.core.months import DAY, HOUR, SECOND
from streams.kafka.topics import FAULTS, SIGNALS, TALLIES, real_name
from streams.samples.storm import NOTICES, Told, directory, storm

CALM_SHARE, CALM_SECONDS = 1 / 4, 15.0
"""Of the storm's length, and at most so long: given to the worker after its first round, and watched at the end."""
GRACE_SECONDS = 30.0
SETTLING_SECONDS = 3.0
"""After the first ticket: by then the clocks follow the tickets."""
MONTH_LINES = 16_000
"""Lines that the tickets of the month before come from."""
MEBIBYTE = 2**20
AIM = "≤ 3"


class Sent(NamedTuple):
    """A message of the storm, and when (monotonic seconds) it was handed to the producer."""

    at: float
    told: Told


class Found(NamedTuple):
    """All that one repetition has measured."""

    sent: list[Sent]
    looks: list[Look]
    usages: list[UsageLook]
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
            f"{scale.storm_seconds / 30:.0f} s; complaints beside them",
            "all closed within": f"{scale.storm_seconds / 5:.0f} s",
            "tickets of the month before": f"{scale.storm_month:,}",
            "directory": "150,000 numbers",
            "looked at every": f"{LOOK_SECONDS * 1000:.0f} ms, plus what the answer takes",
        },
        figures=[*_delays(found), *_queues(found), *_usages(found)],
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
        calm_seconds = min(CALM_SHARE * scale.storm_seconds, CALM_SECONDS)
        time.sleep(calm_seconds)
        began = time.time_ns() // 1_000
        told = storm(began, round(scale.storm_seconds * SECOND), scale.storm_tickets)
        with following(installation, began) as followed, looking(serve, worker) as seen:
            sent = _send(installation, told, seen)
            _wait_until_shown(sent, seen)
            time.sleep(calm_seconds)
            seen.require()
        for process in (worker, serve):
            process.end()
    first = next(message.line.at for message in told if message.what == "ticket")
    return Found(sent, seen.looks, seen.usages, followed, first / SECOND)


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


def _send(installation: Installation, told: Sequence[Told], seen: Looking) -> list[Sent]:
    """Send every message when it is due, as long as both processes answer."""
    producer = Producer({"bootstrap.servers": installation.connection.bootstrap, "partitioner": "murmur2"})
    sent = []
    for message in told:
        line = message.line
        seen.require()
        time.sleep(max(0.0, line.at / SECOND - time.time()))
        sent.append(Sent(time.monotonic(), message))
        producer.produce(real_name(installation.prefix, line.topic), key=line.key, value=line.value)
        producer.poll(0)
    producer.flush()
    return sent


def _wait_until_shown(sent: Sequence[Sent], seen: Looking) -> None:
    """Wait until all is counted; raises RuntimeError if it is not in time, or if too much is."""
    looks, wanted = seen.looks, (len(_of(sent, "ticket")), len(_reports(sent)))
    deadline = time.monotonic() + GRACE_SECONDS
    while (counted := (looks[-1].tickets - looks[0].tickets, looks[-1].reports)) != wanted:
        seen.require()
        if time.monotonic() > deadline:
            raise RuntimeError(f"/metrics show {counted} tickets and reports of the outage, not {wanted}")
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
    for name, percent in (("p50", 50), ("longest", 100)):
        values = [percentile(_clock_behind(one), percent) for one in found]
        yield _figure(f"clock of /metrics behind the wall's, {name}", values, "s", AIM)


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
    """Return how long a notice took until the users were as many, or as few, as it makes them."""
    at, users = _of(found.sent, "notice")[number].at, NOTICES[number].users_out()
    rises = users > (NOTICES[number - 1].users_out() if number else 0)
    after = (look for look in found.looks if look.at > at)
    return next(look.at for look in after if (look.users_out >= users if rises else look.users_out <= users)) - at


def _clock_behind(found: Found) -> list[float]:
    """Return how far behind the clock was while tickets came in; where nothing does it may be slower."""
    tickets = _of(found.sent, "ticket")
    first, last = tickets[0].at + SETTLING_SECONDS, tickets[-1].at
    return [look.clock_behind for look in found.looks if first <= look.at <= last]


def _suspected_delay(followed: Following, first_report_at: float) -> float | None:
    burst = (at for at, one in followed.suspected if one.first_report_at.timestamp() >= first_report_at - 1)
    at = next(burst, None)
    return None if at is None else at - first_report_at


def _queues(found: Sequence[Found]) -> Iterator[Figure]:
    waiting = [_sent_but_not_applied(one) for one in found]
    yield _figure("messages sent that the worker has not taken in, most", [max(one) for one in waiting], "messages")
    yield _figure("· at the end, messages", [one[-1] for one in waiting], "messages", "0")
    signals = [one.following.signals_waiting for one in found]
    yield _figure("signals that wait for the clocks of all partitions, most", [max(one) for one in signals], "signals")
    yield _figure("· at the end, signals", [one[-1] for one in signals], "signals", "0")
    rounds = [[float(count) for count in one.following.records_of_rounds] for one in found]
    yield _figure("records in a round, p50", [percentile(one, 50) for one in rounds], "records")
    yield _figure("records in a round, most", [max(one) for one in rounds], "records")
    for topic in (SIGNALS, TALLIES):
        values = [one.following.sizes[topic] / MEBIBYTE for one in found]
        yield _figure(f"written to {topic} meanwhile", values, "MiB")
    values = [one.following.detection_bytes / MEBIBYTE for one in found]
    yield _figure("· of tallies what detection keeps", values, "MiB")


def _sent_but_not_applied(found: Found) -> list[int]:
    before = found.usages[0].applied
    times = [one.at for one in found.sent]
    waiting, place = [], 0
    for look in found.usages:
        while place < len(times) and times[place] <= look.at:
            place += 1
        waiting.append(max(0, place - (look.applied - before)))
    return waiting


def _usages(found: Sequence[Found]) -> Iterator[Figure]:
    for name in ("worker", "serve"):
        usages = [[getattr(look, name) for look in one.usages] for one in found]
        memory = [[usage.memory / MEBIBYTE for usage in one] for one in usages]
        yield _figure(f"memory of {name} before", [one[0] for one in memory], "MiB")
        yield _figure(f"memory of {name}, most", [max(one) for one in memory], "MiB")
        yield _figure(f"memory of {name} at the end", [one[-1] for one in memory], "MiB")
        seconds = [one.usages[-1].at - one.usages[0].at for one in found]
        taken = [one[-1].processor - one[0].processor for one in usages]
        shares = [100 * each / of for each, of in zip(taken, seconds, strict=True)]
        yield _figure(f"a processor's time that {name} took", shares, "%")


def _figure(what: str, values: Sequence[float], unit: str, aim: str = "") -> Figure:
    return Figure(what=what, values=[float(value) for value in values], unit=unit, aim=aim)
