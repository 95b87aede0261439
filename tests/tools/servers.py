"""Runs Prometheus and Alertmanager on free loopback ports, as processes that end with the test."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from streams.alerting.servers import alertmanager_arguments, prometheus_arguments
from streams.kafka.embedded import die_with_parent
from streams.settings import Address
from tests.kafka.apache import free_ports
from tests.tools.debian import link_shared, tool

START_SECONDS = 30.0
ANSWER_SECONDS = 5.0
LOOK_SECONDS = 0.05


class ServerError(Exception):
    """A server did not start; the message has what it said."""


class Server:
    """One program; it answers `/-/ready` once it is up, where it `listens`, and what it says goes to a file."""

    program = ""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        [free] = free_ports(1)
        self.listens = Address("127.0.0.1", port or free)
        self.url = f"http://{self.listens}"
        self._folder = folder
        self._output = folder / f"{self.program}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def arguments(self) -> list[str]:
        """Return what the program is told."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [tool(self.program), *self.arguments()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
            )
        self._wait_until_ready(self._process)
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def get(self, path: str) -> Any:
        """Return what the server answers, as JSON."""
        return json.loads(self._answer(urllib.request.Request(f"{self.url}{path}")))

    def post(self, path: str, content: Any) -> None:
        """Send JSON to the server."""
        body = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        self._answer(urllib.request.Request(f"{self.url}{path}", data=body, headers=headers))

    def _answer(self, request: urllib.request.Request) -> bytes:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
            answer: bytes = response.read()
        return answer

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                self._answer(urllib.request.Request(f"{self.url}/-/ready"))
            except (urllib.error.URLError, OSError):
                time.sleep(LOOK_SECONDS)
            else:
                return
        self._end()
        raise ServerError(f"{self.program} did not start:\n{self._output.read_text(errors='replace')[-3000:]}")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Prometheus(Server):
    """Prometheus with a configuration; its data lies in the folder."""

    program = "prometheus"

    def __init__(self, configuration: Path, folder: Path, port: int | None = None) -> None:
        super().__init__(folder, port)
        self._configuration = configuration

    def arguments(self) -> list[str]:
        """Return where it listens and what it reads."""
        return prometheus_arguments(self._configuration, self._folder / "data", self.listens)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the samples of an expression, now."""
        asked = urllib.parse.urlencode({"query": expression})
        found: list[dict[str, Any]] = self.get(f"/api/v1/query?{asked}")["data"]["result"]
        return found


class Alertmanager(Server):
    """Alertmanager with a configuration, alone (no cluster)."""

    program = "prometheus-alertmanager"

    def __init__(self, configuration: Path, folder: Path, port: int | None = None) -> None:
        super().__init__(folder, port)
        self._configuration = configuration
        link_shared(folder)

    def arguments(self) -> list[str]:
        """Return where it listens and what it reads."""
        return alertmanager_arguments(self._configuration, self._folder / "data", self.listens)

    @contextmanager
    def firing(self, *alerts: Mapping[str, str]) -> Iterator[list[str]]:
        """Have alerts fire, and give their states in the same order; afterwards they are resolved."""
        now = datetime.now(UTC)
        self._send(alerts, now, now + timedelta(hours=1))
        try:
            yield [self._state(labels) for labels in alerts]
        finally:
            self._send(alerts, now, now)

    def _send(self, alerts: tuple[Mapping[str, str], ...], start: datetime, end: datetime) -> None:
        times = {"startsAt": start.isoformat(), "endsAt": end.isoformat()}
        self.post("/api/v2/alerts", [{"labels": dict(labels), **times} for labels in alerts])

    def _state(self, labels: Mapping[str, str]) -> str:
        """Return the state of the alert that has exactly these labels, once Alertmanager has looked at it."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            for alert in self.get("/api/v2/alerts"):
                if alert["labels"] == labels and alert["status"]["state"] != "unprocessed":
                    state: str = alert["status"]["state"]
                    return state
            time.sleep(LOOK_SECONDS)
        return "unknown"
