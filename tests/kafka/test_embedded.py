"""The embedded broker's process: where it listens, and that it never outlives whoever started it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process

import pytest

from streams.kafka.embedded import EmbeddedBroker, EmbeddedBrokerError
from tests.conftest import Broker
from tests.kafka.apache import free_ports

FOREGROUND = """
import asyncio, sys
from streams.kafka.embedded import serve_until_signalled
asyncio.run(serve_until_signalled(sys.argv[1], lambda broker: print("ready", flush=True)))
"""


async def start_in_foreground(port: int) -> Process:
    """Start a process that runs a broker as `streams broker` does, and return once it says that it is ready."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", FOREGROUND, f"127.0.0.1:{port}", stdout=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(20):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def wait_until_nobody_listens(port: int) -> None:
    """Return once connections to the port are refused."""
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except (ConnectionRefusedError, ConnectionResetError):
                return
            writer.close()


@pytest.mark.parametrize("address", ["0.0.0.0:9092", "kafka.example.org:9092", "192.0.2.1:9092", "127.0.0.1"])
def test_it_stays_on_loopback(address: str) -> None:
    """It has no passwords, so it listens to nobody outside this machine."""
    with pytest.raises(EmbeddedBrokerError, match="STREAMS_BROKER"):
        EmbeddedBroker(address)


async def test_localhost_means_loopback_alone() -> None:
    """Given the name localhost, it listens on 127.0.0.1 and not, as Tansu by itself would, on every interface."""
    port = free_ports(1)[0]
    with EmbeddedBroker(f"localhost:{port}") as broker:
        await broker.wait_until_ready()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", port)


async def test_a_second_one_on_the_same_port_is_refused(embedded_broker: Broker) -> None:
    """Who starts a broker never ends up on somebody else's."""
    second = EmbeddedBroker(embedded_broker.connection.bootstrap)
    with second, pytest.raises(EmbeddedBrokerError, match=r"another broker|has ended"):
        await second.wait_until_ready()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_foreground_broker_in_good_order(number: signal.Signals) -> None:
    """Ctrl-C and a service manager's stop end broker and command, with success."""
    port = free_ports(1)[0]
    process = await start_in_foreground(port)
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    await wait_until_nobody_listens(port)


async def test_it_ends_with_a_killed_parent() -> None:
    """A command killed without mercy leaves no broker behind on the port."""
    port = free_ports(1)[0]
    process = await start_in_foreground(port)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    await wait_until_nobody_listens(port)
