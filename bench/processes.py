"""`streams worker` and `streams serve` as processes measured from outside: by their metrics, log lines and /proc."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from streams.kafka.embedded import die_with_parent
from tests.kafka.apache import free_ports

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 240.0
ADDRESS = {"worker": "STREAMS_WORKER_WEB", "serve": "STREAMS_SERVE"}
"""Command → the setting that says where it answers."""

APPLIED = "streams_events_total"
SETTLED = "streams_worker_partitions_settled"


class ProcessEnded(Exception):
    """A process that is measured has ended by itself."""


class StreamsProcess:
    """A `streams` server to be started, looked at, paused and killed; its log goes to a file."""

    def __init__(self, command: str, log: Path, environment: Mapping[str, str]) -> None:
        self._command, self._log = command, log
        self._address = f"127.0.0.1:{free_ports(1)[0]}"
        self._environment = {**environment, ADDRESS[command]: self._address}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, code: Path | None = None) -> Self:
        """Start the process; `code` is the checkout whose code it runs, where that is not this one's."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streams", self._command],
                cwd=code,  # where `python -m` looks first
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
            )
        return self

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process: SIGSTOP and SIGCONT pause it."""
        self._running().send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal that ends the process, and wait until it is gone."""
        process = self._running()
        process.send_signal(number)
        process.wait()

    def url(self, path: str) -> str:
        """Return where the process answers for a path."""
        return f"http://{self._address}{path}"

    def metrics(self) -> dict[str, float]:
        """Return series (name with labels) → value; empty while the process does not answer yet."""
        if (code := self._running().poll()) is not None:
            raise ProcessEnded(f"`streams {self._command}` ended with {code}:\n{self._log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(self.url("/metrics"), timeout=PATIENCE_SECONDS) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return {}
        split = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {series: float(value) for series, _, value in split}

    def metric(self, name: str) -> float:
        """Return the sum of a metric's series."""
        return sum(value for series, value in self.metrics().items() if series.partition("{")[0] == name)

    def log_times(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of one kind, each with its time as `at` (seconds since the epoch)."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [
            line | {"at": datetime.fromisoformat(line["timestamp"]).timestamp()}
            for line in lines
            if line["event"] == event
        ]

    def resident_bytes(self) -> int:
        """Return the memory that the process holds."""
        return resident_bytes(self._running().pid)

    def processor_seconds(self) -> float:
        """Return the processor time that the process has taken so far."""
        fields = Path(f"/proc/{self._running().pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the process was never started"
        return self._process


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def wait_until(is_so: Callable[[], bool], what: str) -> float:
    """Look until something is so and return when it was (monotonic seconds); raises TimeoutError, which says `what`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s until {what}")
        time.sleep(POLL_SECONDS)
    return time.monotonic()
