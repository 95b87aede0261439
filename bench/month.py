"""A month of a million tickets: what a snapshot, an audit, a freeze and the report take, as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from bench.courses import COURSES, Record, Revision
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.processes import APPLIED, SETTLED, ProcessEnded, resident_bytes, wait_until
from bench.results import Figure, Result, Scale
from bench.workload import LINES_PER_TICKET
from streams.core.months import Calendar, add_months, instant_of
from streams.kafka.topics import FAULTS
from streams.settings import Settings

EVENTS_OF_A_TICKET = 2
COUNTING_SECONDS = 1_800.0
LOOK_SECONDS = 1.0
SAMPLE_SECONDS = 0.05
MEBIBYTE = 2**20


class Ran(NamedTuple):
    """One command: how long it took, and the most memory that its processes held together."""

    seconds: float
    mebibytes: float
    output: str


def run(scale: Scale) -> Result:
    """Measure each command once, over the month before this one; raises if the audit finds a difference."""
    month, until = _last_month()
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "month-", folder)
        records = _records(scale.month_tickets, until)
        counted = _count(installation, records, scale.month_tickets * EVENTS_OF_A_TICKET)
        ran = {
            name: _run(installation, *command)
            for name, command in {
                "snapshot": ("snapshot", month, "--json"),
                "audit": ("audit", month, "--json"),
                "freeze": ("snapshot", month, "--freeze", "--json"),
                "report": ("report", month),
            }.items()
        }
    if json.loads(ran["audit"].output)["differences"]:
        raise RuntimeError("the audit found differences")
    if json.loads(ran["snapshot"].output)["indicators"] != json.loads(ran["freeze"].output)["indicators"]:
        raise RuntimeError("the frozen figures are not those of the tallies")
    return _result(scale, counted, ran)


def _last_month() -> tuple[str, int]:
    """Return the month before this one, and the instant at which it ended."""
    calendar = Calendar(Settings.from_environment({}).timezone)
    now = instant_of(datetime.now().astimezone())
    this_month = calendar.month_of(now)
    return add_months(this_month, -1), calendar.month_start(this_month)


def _records(tickets: int, until: int) -> Iterator[Record]:
    """Return the first and the last revision of fault tickets of the thirty days before `until`, as they are told."""
    lines = max(1, round(tickets * LINES_PER_TICKET))
    told: list[Revision] = []
    for number in range(tickets):
        first, *_, last = COURSES[FAULTS](number, lines, until)
        told += (first, last)
    told.sort(key=lambda revision: revision[0])
    return (record for _, record in told)


def _count(installation: Installation, records: Iterable[Record], number: int) -> float:
    """Let one worker count so many records as they come, and return how long that took (seconds), sending included."""
    worker = installation.process("worker", "month").start()
    wait_until(lambda: worker.metric(SETTLED) == PARTITIONS, "the worker has its partitions")
    began = time.monotonic()
    installation.fill(records)
    while worker.metric(APPLIED) < number or installation.totals().applied() < number:
        if time.monotonic() - began > COUNTING_SECONDS:
            raise TimeoutError(f"the worker has not counted {number:,} records in {COUNTING_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    counted = time.monotonic() - began
    worker.end()
    return counted


def _run(installation: Installation, *command: str) -> Ran:
    """Run a command of `streams` to its end. Raises ProcessEnded where it fails."""
    environment = os.environ | {
        "STREAMS_BROKER": installation.connection.bootstrap,
        "STREAMS_PREFIX": installation.prefix,
        "STREAMS_PARTITIONS": str(PARTITIONS),
    }
    began = time.monotonic()
    output, errors = installation.folder / "output", installation.folder / "errors"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", *command],
            cwd=installation.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(_resident, _family(process.pid))))
            time.sleep(SAMPLE_SECONDS)
    seconds = time.monotonic() - began
    if process.returncode:
        raise ProcessEnded(f"`streams {' '.join(command)}` failed:\n{errors.read_text()[-3000:]}")
    return Ran(seconds, most / MEBIBYTE, output.read_text())


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield pid
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _family(int(child))


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError):
        return resident_bytes(pid)
    return 0


def _result(scale: Scale, counted: float, ran: dict[str, Ran]) -> Result:
    aims = {"snapshot": "≤ 5", "audit": "≤ 120", "freeze": "", "report": "≤ 30"}
    names = {
        "snapshot": "snapshot from the tallies",
        "audit": "audit from the log",
        "freeze": "freeze, from the log",
        "report": "report of the frozen month, all four formats",
    }
    return Result(
        benchmark="month",
        title=f"A month of {scale.month_tickets:,} tickets, commands as a person runs them, start included",
        settings={
            "events": f"{scale.month_tickets * EVENTS_OF_A_TICKET:,} ({EVENTS_OF_A_TICKET} of each ticket)",
            "partitions": str(PARTITIONS),
            "processes": f"{min(os.cpu_count() or 1, PARTITIONS)} side by side for audit and freeze",
        },
        figures=[
            Figure(what="one worker, counting all as it comes", values=[counted], unit="s"),
            *(
                figure
                for name, one in ran.items()
                for figure in (
                    Figure(what=names[name], values=[one.seconds], unit="s", aim=aims[name]),
                    Figure(what="· most memory, its processes together", values=[one.mebibytes], unit="MiB"),
                )
            ),
        ],
    )
