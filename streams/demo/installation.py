"""An installation of its own for the demo: settings, ports and folders, and its processes up and ready."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path

import aiohttp
import msgspec

from streams.demo.children import Children
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.settings import Address, Settings

WORKERS = 2
READY_SECONDS = 30.0
ANSWER_SECONDS = 2.0
LOOK_SECONDS = 0.1


class DemoError(Exception):
    """The demo cannot go on; the message says why, and what to do."""


class Installation(msgspec.Struct, frozen=True):
    """What the demo's processes are told, and where its workers answer."""

    settings: Settings
    environment: dict[str, str]
    workers: tuple[Address, ...]


def new_installation(data_dir: Path, environment: Mapping[str, str] = os.environ) -> Installation:
    """Return settings for the demo: the environment's, but on free ports of loopback where it names none.

    Raises SettingsError for what the environment has wrong.
    """
    ports = iter(_free_ports(2 + WORKERS))
    names = {"STREAMS_BROKER": f"127.0.0.1:{next(ports)}", "STREAMS_SERVE": f"127.0.0.1:{next(ports)}"}
    chosen = {name: environment.get(name) or address for name, address in names.items()}
    whole = {**environment, **chosen, "STREAMS_CLOCK": "log", "STREAMS_DATA_DIR": str(data_dir)}
    workers = tuple(Address("127.0.0.1", next(ports)) for _ in range(WORKERS))
    return Installation(Settings.from_environment(whole), whole, workers)


def _free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on now, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


async def start(children: Children, installation: Installation, connection: Connection) -> None:
    """Start broker, workers and serve, and return when all of them answer; raises DemoError if they do not."""
    settings, environment = installation.settings, installation.environment
    if await _listens(settings.broker[0]):
        raise DemoError(
            f"something listens at {settings.broker[0]} already, and the demo starts a broker of its own: "
            "stop it, or unset STREAMS_BROKER"
        )
    # Everything the broker held would be gone: there is no use in starting it anew.
    await children.start("broker", "broker", environment, again=False)
    await _until(lambda: _listens(settings.broker[0]), "the broker")
    await topics.ensure(connection, settings.prefix, settings.partitions)
    for number, address in enumerate(installation.workers, start=1):
        await children.start(f"worker-{number}", "worker", {**environment, "STREAMS_WORKER_WEB": str(address)})
    await children.start("serve", "serve", environment)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        for url in (
            *(f"http://{address}/ready" for address in installation.workers),
            f"http://{settings.serve}/health",
        ):
            await _until(partial(_answers, session, url), url)


async def _until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await holds():  # noqa: ASYNC110 (a process tells us no other way)
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise DemoError(f"{what} does not answer after {READY_SECONDS:.0f} s: look at the log files") from None


async def _listens(address: Address) -> bool:
    try:
        _, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return False
    writer.close()
    return True


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError):
        return False
