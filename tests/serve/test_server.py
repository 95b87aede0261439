"""`streams serve` as a process: it answers on loopback, tells that it has nothing to show, and ends when asked to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import aiohttp

from tests.conftest import Broker
from tests.kafka.apache import free_ports

PATIENCE_SECONDS = 30


@asynccontextmanager
async def serving(
    broker: Broker, prefix: str, port: int, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `streams serve` for the length of a `with` block; `settings` go before those of a bare installation."""
    environment = os.environ | {
        "STREAMS_BROKER": broker.connection.bootstrap,
        "STREAMS_PREFIX": prefix,
        "STREAMS_PARTITIONS": "2",
        "STREAMS_SERVE": f"127.0.0.1:{port}",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "streams", "serve", env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def get(url: str) -> tuple[int, str]:
    """Return status and text, once the server answers."""
    async with asyncio.timeout(PATIENCE_SECONDS), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    return response.status, await response.text()
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.1)


async def test_it_serves_until_sigterm(embedded_broker: Broker, prefix: str) -> None:
    """Without any worker: alive, not ready, the pipeline's metrics alone; SIGTERM ends it with 0."""
    [port] = free_ports(1)
    async with serving(embedded_broker, prefix, port) as process:
        address = f"http://127.0.0.1:{port}"
        assert await get(f"{address}/health") == (200, '{"status":"alive"}')
        status, ready = await get(f"{address}/ready")
        assert (status, json.loads(ready)["ready"]) == (503, False)
        _, metrics = await get(f"{address}/metrics")
        assert "streams_figures_shown 0.0" in metrics
        assert "streams_indicator" not in metrics
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
