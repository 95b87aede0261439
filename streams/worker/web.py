"""What a worker answers over HTTP: its health, whether it is ready, and the metrics of the pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.settings import Settings
from streams.worker.owner import Owner

log = structlog.get_logger("streams.worker")


class OwnerCollector(Collector):
    """The state of a worker's partitions as metrics, read at each scrape."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def collect(self) -> Iterator[Metric]:
        """Yield the worker's metrics."""
        partitions = self._owner.partitions
        events = CounterMetricFamily(
            "streams_events", "Messages taken in since the partition was taken over.", labels=("topic", "outcome")
        )
        totals: dict[tuple[str, str], int] = {}
        for partition in partitions.values():
            for outcome, count in partition.outcomes.items():
                totals[outcome] = totals.get(outcome, 0) + count
        for labels, count in sorted(totals.items()):
            events.add_metric(labels, count)
        yield events
        yield _gauge("streams_worker_partitions", "Partitions that this worker owns.", len(partitions))
        yield _gauge(
            "streams_worker_partitions_settled",
            "Partitions that are folded and counted.",
            sum(partition.settled for partition in partitions.values()),
        )
        yield _gauge(
            "streams_worker_backlog_records",
            "Records between what is applied and the ends of the topics as last told.",
            sum(partition.backlog() for partition in partitions.values()),
        )
        yield _gauge(
            "streams_worker_ledger_facts",
            "Facts that the ledger holds in memory.",
            sum(partition.facts() for partition in partitions.values()),
        )
        yield _gauge(
            "streams_worker_takeover_seconds",
            "How long the last assignment took to prepare, folding not included.",
            self._owner.takeover_seconds,
        )


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)


class Web:
    """The worker's small HTTP server, on loopback unless the settings say otherwise."""

    def __init__(self, settings: Settings, owner: Owner) -> None:
        self._address, self._owner = settings.worker_web, owner
        self._registry = CollectorRegistry()
        self._registry.register(OwnerCollector(owner))
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; raises OSError when the address is taken."""
        app = web.Application()
        app.add_routes(
            [web.get("/health", self._health), web.get("/ready", self._ready), web.get("/metrics", self._metrics)]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._address.host, self._address.port).start()
        host, port, *_ = self._runner.addresses[0]
        log.info("worker listens", address=f"http://{host}:{port}")

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _: web.Request) -> web.Response:
        settled = self._owner.settled()
        partitions = {str(number): partition.settled for number, partition in sorted(self._owner.partitions.items())}
        return web.json_response({"ready": settled, "partitions": partitions}, status=200 if settled else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
