"""What fifty people who look at the board cost `serve`, while events come in and Prometheus scrapes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import aiohttp

from bench import workload
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.latency import EVENTS_PER_SECOND, Group, groups, percentile, send
from bench.processes import SETTLED, StreamsProcess, wait_until
from bench.results import Figure, Result, Scale

CLIENTS = 50
SCRAPE_SECONDS = 5.0
"""As Prometheus is told to."""
QUIET_SECONDS = 3.0
MEBIBYTE = 2**20


class Found(NamedTuple):
    """One repetition: what serve took while it was looked at, and what each client got."""

    cores: float
    memory_mebibytes: float
    scrapes: list[float]
    events_a_second: list[float]
    kilobytes_a_second: float


def run(scale: Scale) -> Result:
    """Measure one serve with CLIENTS listeners, a month of all kinds behind them, and tickets coming in."""
    found = [_measure(scale) for _ in range(scale.repetitions)]
    return Result(
        benchmark="board",
        title=f"What {CLIENTS} clients of the board cost serve",
        settings={
            "events": f"{EVENTS_PER_SECOND} a second for {scale.latency_seconds:.0f} s",
            "events behind them": f"{scale.tickets * workload.REVISIONS:,} of all kinds",
            "scrapes": f"every {SCRAPE_SECONDS:.0f} s",
            "clients": "take gzip, and throw away what they get",
        },
        figures=[
            Figure(what="processor", values=[one.cores for one in found], unit="cores", aim="< 1"),
            Figure(what="memory", values=[one.memory_mebibytes for one in found], unit="MiB", aim="< 286 (300 MB)"),
            Figure(what="a scrape, slowest", values=[max(one.scrapes) for one in found], unit="s", aim="≤ 0.1"),
            Figure(what="a scrape, p50", values=[percentile(one.scrapes, 50) for one in found], unit="s"),
            Figure(
                what="updates of the client that got fewest",
                values=[min(one.events_a_second) for one in found],
                unit="a second",
                aim="at most 1",
            ),
            Figure(what="sent to a client", values=[one.kilobytes_a_second for one in found], unit="kB a second"),
        ],
    )


def _measure(scale: Scale) -> Found:
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "bench-board-", folder)
        installation.fill(workload.mixed(scale.tickets * workload.REVISIONS, until=time.time_ns() // 1_000))
        worker = installation.process("worker", "worker").start()
        serve = installation.process("serve", "serve").start()
        wait_until(lambda: worker.metric(SETTLED) == PARTITIONS, "the worker is settled")
        wait_until(lambda: serve.metric("streams_figures_shown") == 1, "serve shows figures")
        time.sleep(QUIET_SECONDS)
        found = _look_on(installation, serve, scale.latency_seconds)
        for process in (serve, worker):
            process.end()
    return found


def _look_on(installation: Installation, serve: StreamsProcess, seconds: float) -> Found:
    """Let clients listen and a scraper scrape while events are sent."""
    sent: dict[Group, list[float]] = defaultdict(list)
    scrapes: list[float] = []
    finished = threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:
        began, processor = time.monotonic(), serve.processor_seconds()
        listening = pool.submit(lambda: asyncio.run(_listen(serve.url("/api/board/events"), seconds)))
        scraping = pool.submit(_scrape, serve, scrapes, finished)
        send(installation, groups(), seconds, sent)
        clients = listening.result()
        finished.set()
        scraping.result()
        took = time.monotonic() - began
        used = serve.processor_seconds() - processor
    return Found(
        cores=used / took,
        memory_mebibytes=serve.resident_bytes() / MEBIBYTE,
        scrapes=scrapes,
        events_a_second=[events / seconds for events, _ in clients],
        kilobytes_a_second=sum(read for _, read in clients) / len(clients) / seconds / 1_000,
    )


def _scrape(serve: StreamsProcess, scrapes: list[float], finished: threading.Event) -> None:
    while True:
        asked_at = time.monotonic()
        serve.metrics()
        scrapes.append(time.monotonic() - asked_at)
        if finished.wait(SCRAPE_SECONDS):
            return


async def _listen(url: str, seconds: float) -> list[tuple[int, int]]:
    """Return how many pieces and bytes each client got."""
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        return await asyncio.gather(*(_client(session, url, seconds) for _ in range(CLIENTS)))


async def _client(session: aiohttp.ClientSession, url: str, seconds: float) -> tuple[int, int]:
    pieces = read = 0
    try:
        async with asyncio.timeout(seconds), session.get(url, headers={"Accept-Encoding": "gzip"}) as response:
            response.raise_for_status()
            async for data, ends_a_piece in response.content.iter_chunks():
                pieces, read = pieces + ends_a_piece, read + len(data)
    except TimeoutError:
        return pieces - 1, read  # the first piece says how to come back
    raise RuntimeError("serve has ended the stream")
