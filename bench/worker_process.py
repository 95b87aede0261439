"""One `streams worker` as a process that is measured from outside: by its metrics, its log lines and /proc."""

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

from streams.kafka.embedded import die_with_parent
from tests.kafka.apache import free_ports

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 300.0

APPLIED = "streams_events_total"
SETTLED = "streams_worker_partitions_settled"
PARTITIONS_OWNED = "streams_worker_partitions"


class WorkerProcess:
    """A worker to be started, looked at, stopped and killed; its log goes to a file."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        self._port = free_ports(1)[0]
        self._environment = {**environment, "STREAMS_WORKER_WEB": f"127.0.0.1:{self._port}"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> WorkerProcess:
        """Start the process."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
            )
        return self

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process: SIGSTOP and SIGCONT pause it."""
        assert self._process is not None
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal that ends the process, and wait until it is gone. Harmless if it is."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def metrics(self) -> dict[str, float]:
        """Return metric name → sum over its labels; empty while the worker does not answer yet."""
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"the worker has ended with {self._process.returncode}:\n{self._log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        found: dict[str, float] = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                name = name.partition("{")[0]
                found[name] = found.get(name, 0.0) + float(value)
        return found

    def settled(self) -> float:
        """Return how many partitions are folded and counted."""
        return self.metrics().get(SETTLED, 0.0)

    def log_lines(self, event: str) -> list[dict[str, object]]:
        """Return the worker's log lines of one kind, each with its time as `at` (seconds since the epoch)."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [
            line | {"at": datetime.fromisoformat(line["timestamp"]).timestamp()}
            for line in lines
            if line.get("event") == event
        ]

    def resident_bytes(self) -> int:
        """Return the memory that the process holds."""
        return resident_bytes(self._pid())

    def processor_seconds(self) -> float:
        """Return the processor time that the process has used so far."""
        fields = Path(f"/proc/{self._pid()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def wait_until(is_so: Callable[[], bool], what: str) -> float:
    """Look until something is so, and return when it was; raises TimeoutError, which says `what`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s until {what}")
        time.sleep(POLL_SECONDS)
    return time.monotonic()
