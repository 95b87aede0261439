"""An installation of its own for the demo: settings, ports and folders, and its processes up and ready."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path

import aiohttp
import msgspec

from streams.alerting.pager.delivery import VARIABLE as CHANNEL_VARIABLE
from streams.demo.children import Children
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.settings import Address, Clock, Settings

WORKERS = 2
READY_SECONDS = 30.0
ANSWER_SECONDS = 2.0
LOOK_SECONDS = 0.1


class DemoError(Exception):
    """The demo cannot go on; the message says why, and what to do."""


class Installation(msgspec.Struct, frozen=True):
    """What the demo's processes are told, and where those answer that the settings do not name."""

    settings: Settings
    environment: dict[str, str]
    workers: tuple[Address, ...]
    prometheus: Address
    alertmanager: Address


def new_installation(data_dir: Path, clock: Clock, environment: Mapping[str, str] = os.environ) -> Installation:
    """Return settings for the demo: the environment's, but on free ports of loopback where it names none.

    Nobody's real channels are in them: a demo pages no one. Raises SettingsError for what the environment has wrong.
    """
    addresses = (Address("127.0.0.1", port) for port in _free_ports(5 + WORKERS))
    chosen = {
        name: environment.get(name) or str(next(addresses))
        for name in ("STREAMS_BROKER", "STREAMS_SERVE", "STREAMS_PAGER")
    }
    own = {
        "STREAMS_CLOCK": clock,
        "STREAMS_DATA_DIR": str(data_dir),
        "STREAMS_PAGER_SECRET": secrets.token_hex(),
        "STREAMS_PAGER_URL": f"http://{chosen['STREAMS_PAGER']}",
    }
    taken = {name: content for name, content in environment.items() if not name.startswith(CHANNEL_VARIABLE)}
    whole = {**taken, **chosen, **own}
    return Installation(
        settings=Settings.from_environment(whole),
        environment=whole,
        workers=tuple(next(addresses) for _ in range(WORKERS)),
        prometheus=next(addresses),
        alertmanager=next(addresses),
    )


def _free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on now, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


async def start_broker(children: Children, installation: Installation, connection: Connection) -> None:
    """Start the broker, with all topics; raises DemoError if it cannot be had."""
    settings = installation.settings
    if await _listens(settings.broker[0]):
        raise DemoError(
            f"something listens at {settings.broker[0]} already, and the demo starts a broker of its own: "
            "stop it, or unset STREAMS_BROKER"
        )
    # Everything the broker held would be gone: there is no use in starting it anew.
    await children.start("broker", "broker", installation.environment, again=False)
    await _until(lambda: _listens(settings.broker[0]), "the broker")
    await topics.ensure(connection, settings.prefix, settings.partitions)


async def start_workers_and_serve(children: Children, installation: Installation) -> None:
    """Start workers and serve, and return when all of them answer; raises DemoError if they do not."""
    environment = installation.environment
    for number, address in enumerate(installation.workers, start=1):
        await children.start(f"worker-{number}", "worker", {**environment, "STREAMS_WORKER_WEB": str(address)})
    await children.start("serve", "serve", environment)
    await until_all_answer(
        *(f"http://{address}/ready" for address in installation.workers),
        f"http://{installation.settings.serve}/health",
    )


async def until_all_answer(*urls: str) -> None:
    """Return when every URL answers with 200; raises DemoError if one does not."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        for url in urls:
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
