"""Looks at a worker and a serve again and again while something is measured: metrics, memory and processor time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from bench.processes import APPLIED, StreamsProcess

LOOK_SECONDS = 0.25


class Look(NamedTuple):
    """What /metrics of serve showed at a moment, and how long the answer took (seconds)."""

    at: float
    seconds: float
    clock_behind: float
    tickets: int
    reports: int
    users_out: int


class Usage(NamedTuple):
    """The memory that a process holds (bytes), and the processor time that it has taken (seconds)."""

    memory: int
    processor: float


class UsageLook(NamedTuple):
    """How many messages the worker had taken in at a moment, and what both processes used."""

    at: float
    applied: int
    worker: Usage
    serve: Usage


class Looking:
    """What was seen so far, by one thread for each kind of look; both have looked once before they begin."""

    def __init__(self, serve: StreamsProcess, worker: StreamsProcess) -> None:
        self.looks, self.usages = [_look(serve)], [_look_at_usage(worker, serve)]
        self._serve, self._worker = serve, worker
        self._finished = threading.Event()
        self._threads: list[Future[None]] = []

    def start(self, pool: ThreadPoolExecutor) -> None:
        """Begin to look, in two threads of the pool."""
        self._threads = [
            pool.submit(self._for_ever, lambda: self.looks.append(_look(self._serve))),
            pool.submit(self._for_ever, lambda: self.usages.append(_look_at_usage(self._worker, self._serve))),
        ]

    def _for_ever(self, look: Callable[[], None]) -> None:
        while not self._finished.wait(LOOK_SECONDS):
            look()

    def require(self) -> None:
        """Raise what ended a thread, if something did: RuntimeError while serve shows no figures, ProcessEnded."""
        for thread in self._threads:
            if thread.done():
                thread.result()

    def finish(self) -> None:
        """Let the threads end."""
        self._finished.set()


@contextmanager
def looking(serve: StreamsProcess, worker: StreamsProcess) -> Iterator[Looking]:
    """Look at both until the end of the block."""
    found = Looking(serve, worker)
    with ThreadPoolExecutor(max_workers=2) as pool:
        found.start(pool)
        try:
            yield found
        finally:
            found.finish()


def _look(serve: StreamsProcess) -> Look:
    asked_at = time.monotonic()
    shown = serve.metrics()
    at = time.monotonic()
    if not shown.get("streams_figures_shown"):
        raise RuntimeError(f"serve shows no figures, only {shown}")
    return Look(
        at=at,
        seconds=at - asked_at,
        clock_behind=time.time() - shown["streams_data_timestamp_seconds"],
        tickets=_shown(shown, "streams_fault_tickets", by="", window="month"),
        reports=_shown(shown, "streams_outage_reports"),
        users_out=_shown(shown, "streams_active_outage_users"),
    )


def _shown(series: Mapping[str, float], name: str, **labels: str) -> int:
    """Return the sum of a metric's series that have these labels."""
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    ours = ((one.removeprefix(f"{name}{{"), value) for one, value in series.items() if one.startswith(f"{name}{{"))
    return round(sum(value for written, value in ours if wanted <= set(written.rstrip("}").split(","))))


def _look_at_usage(worker: StreamsProcess, serve: StreamsProcess) -> UsageLook:
    applied = round(worker.metric(APPLIED))
    return UsageLook(time.monotonic(), applied, _usage(worker), _usage(serve))


def _usage(process: StreamsProcess) -> Usage:
    return Usage(process.resident_bytes(), process.processor_seconds())
