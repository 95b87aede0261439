"""Worker processes of one installation, each with somebody who starts it anew, as a service manager would."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from streams.core.definitions import Definitions
from streams.definitions import load
from streams.kafka.client import Connection
from streams.kafka.embedded import die_with_parent
from streams.settings import Settings
from tests.kafka.apache import free_ports

WORKER = ("streams", "worker")
SERVE = ("streams", "serve")
FAULTY = ("tests.chaos.faulty",)
"""Starts a worker that a named fault befalls (see that module)."""
START_SECONDS = 30.0
RESTART_PAUSE_SECONDS = 0.2


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What the processes of one installation have in common."""

    connection: Connection
    prefix: str
    folder: Path
    partitions: int = 6
    clock: str = "log"
    session_timeout_seconds: int = 6
    checkpoint_seconds: int = 600

    def environment(self) -> dict[str, str]:
        """Return the settings, and nothing of ours but what Python needs."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STREAMS_")}
        return inherited | {
            "STREAMS_BROKER": self.connection.bootstrap,
            "STREAMS_PREFIX": self.prefix,
            "STREAMS_PARTITIONS": str(self.partitions),
            "STREAMS_CLOCK": self.clock,
            "STREAMS_SESSION_TIMEOUT_SECONDS": str(self.session_timeout_seconds),
            "STREAMS_CHECKPOINT_SECONDS": str(self.checkpoint_seconds),
            "STREAMS_LOG": "json:info",
        }

    def settings(self) -> Settings:
        """Return the settings that the processes read."""
        return Settings.from_environment(self.environment())

    def definitions(self) -> Definitions:
        """Return the definitions that the processes work by."""
        settings = self.settings()
        return load(settings.definitions_dir, timezone=settings.timezone, ledger_months=settings.ledger_months)


class Program:
    """A process that is started anew whenever it ends, until `stop`; its log and its exit codes are kept."""

    def __init__(self, installation: Installation, name: str, command: tuple[str, ...], **environment: str) -> None:
        self.installation, self.name = installation, name
        self.exits: list[int] = []
        self.log = installation.folder / f"{name}.log"
        self.port = free_ports(1)[0]
        self.runs_in: Path | None = None
        self._command = command
        self._environment = installation.environment() | environment
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process; from now on it is started anew by itself."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    async def _spawn(self) -> None:
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self._command),
                env=self._environment,
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.runs_in,
                preexec_fn=die_with_parent,
            )

    async def _keep(self) -> None:
        while True:
            assert self._process is not None
            self.exits.append(await self._process.wait())
            await asyncio.sleep(RESTART_PAUSE_SECONDS)
            await self._spawn()

    def is_stopped(self) -> bool:
        """Tell whether the kernel holds the process stopped (SIGSTOP)."""
        assert self._process is not None
        stat = Path(f"/proc/{self._process.pid}/stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "T"

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process as it runs now."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def kill(self) -> None:
        """End the process as a crash would; it is started anew."""
        self.send(signal.SIGKILL)

    async def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """End the process for good; return its exit code."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        assert self._process is not None
        self.send(number)
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    async def end_at_once(self) -> None:
        """Leave nothing behind, whatever state the process is in."""
        if self._process is not None:
            await self.stop(signal.SIGKILL)

    async def exited(self, count: int = 1, seconds: float = 60) -> list[int]:
        """Wait until the process has ended `count` times; return the exit codes."""
        deadline = time.monotonic() + seconds
        while len(self.exits) < count:
            assert time.monotonic() < deadline, f"{self.name} did not end within {seconds:.0f} s"
            await asyncio.sleep(0.02)
        return self.exits

    def logged(self, event: str) -> Iterator[dict[str, Any]]:
        """Yield the log entries of one event."""
        for line in self.log.read_text().splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event") == event:
                    yield entry

    async def get(self, path: str) -> str | None:
        """Return what the process answers over HTTP, None while it does not."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(f"http://127.0.0.1:{self.port}{path}") as response,
            ):
                return await response.text()
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def metrics(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """Return the metrics as they stand, by name and labels; empty while the process does not answer."""
        text = await self.get("/metrics")
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text or "")
            for sample in family.samples
        }


class Worker(Program):
    """A worker; `fault` names what befalls it (see `faulty`), without one it is the product's own command."""

    def __init__(self, installation: Installation, name: str, *fault: str) -> None:
        self.data = installation.folder / f"{name}-data"
        super().__init__(installation, name, (*FAULTY, *fault) if fault else WORKER)
        self._environment["STREAMS_DATA_DIR"] = str(self.data)
        self._environment["STREAMS_WORKER_WEB"] = f"127.0.0.1:{self.port}"

    async def partitions(self) -> dict[int, bool]:
        """Return the partitions that the worker owns, and whether each is settled; none while it does not answer."""
        answer = await self.get("/ready")
        return {} if answer is None else {int(p): s for p, s in json.loads(answer)["partitions"].items()}

    async def taken_in(self) -> int:
        """Return how many fault messages it has taken in since it took its partitions over."""
        return round(
            sum(v for (name, labels), v in (await self.metrics()).items() if name == "streams_events_total" and labels)
        )


class Serve(Program):
    """A `streams serve`."""

    def __init__(self, installation: Installation, name: str = "serve") -> None:
        super().__init__(installation, name, SERVE)
        self._environment["STREAMS_SERVE"] = f"127.0.0.1:{self.port}"


async def output_of(installation: Installation, *command: str) -> bytes:
    """Run a command of `streams` to its end, as a person would; return what it prints, AssertionError if it fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", *command),
        env=installation.environment(),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        preexec_fn=die_with_parent,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, (output + errors).decode()
    return output


async def shared_out(*workers: Worker, seconds: float = 30) -> list[set[int]]:
    """Wait until these workers own all partitions between them, every one settled; return who has which."""
    async with asyncio.timeout(seconds):
        while True:
            owned = [await worker.partitions() for worker in workers]
            numbers = [number for partitions in owned for number in partitions]
            is_settled = all(all(partitions.values()) and partitions for partitions in owned)
            if is_settled and sorted(numbers) == list(range(workers[0].installation.partitions)):
                return [set(partitions) for partitions in owned]
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running(*programs: Program) -> AsyncIterator[None]:
    """Start programs for the length of a block; whatever happens in it, none of them is left behind."""
    try:
        for program in programs:
            await program.start()
        yield
    finally:
        await asyncio.gather(*(program.end_at_once() for program in programs))
