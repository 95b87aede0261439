"""July 2009 in a whole installation with a real Prometheus, looked at in the middle of an outage and at the end."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from streams.alerting.rules.groups import rule_files
from streams.alerting.rules.records import NOW
from streams.alerting.rules.scraping import Endpoints, prometheus_config
from streams.core.months import SECOND, instant_of
from streams.core.snapshot import REPORTS_FOLDER, Snapshot
from streams.dashboards.assemble import filled_in
from streams.samples.lines import Line
from streams.settings import Address
from tests.alerting.pager.kit import ROSTER, target
from tests.alerting.pager.process import Pager
from tests.chaos import july
from tests.chaos.cluster import Installation, Program, Serve, Worker, running
from tests.chaos.feed import Ends, Feed
from tests.chaos.figures import Watcher
from tests.conftest import Broker
from tests.dashboards.shown import definitions
from tests.kafka.apache import free_ports
from tests.tools.servers import Prometheus

MOMENTS = {
    "suspected": instant_of(july.datetime_in_july(14, 18).replace(minute=38)),
    "during": instant_of(july.datetime_in_july(14, 20).replace(minute=30)),
    "evening": instant_of(july.datetime_in_july(27, 22).replace(minute=15)),
    "after": july.AS_OF,
}
"""The month's largest outage while nobody has declared it and in its middle, an evening when work of every kind falls
due within two hours, and the end, past every deadline."""
EVERY = "1s"
"""How often is scraped and evaluated here: the shipped configuration takes five times as long."""
SHOWN_SECONDS = 60

Samples = list[dict[str, Any]]


class Looked(NamedTuple):
    """What Prometheus answered: moment → query (as asked) → samples; `july` are those with July as last month."""

    moments: dict[str, dict[str, Samples]]
    july: dict[str, Samples]
    snapshot: Snapshot

    def ever(self, expr: str) -> bool:
        """Tell whether a query had an answer at any moment."""
        return any(samples[expr] for samples in (*self.moments.values(), self.july))


async def look(broker: Broker, folder: Path, queries: Sequence[str]) -> Looked:
    """Replay July through an installation, and ask every query at each moment."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    installation = Installation(connection=broker.connection, prefix=prefix, folder=folder, partitions=3)
    worker, serve = Worker(installation, "worker"), Serve(installation)
    serve.runs_in = folder
    (folder / REPORTS_FOLDER).mkdir()
    async with target(free_ports(1)[0]) as there, Watcher(installation) as watcher:
        pager = Pager(installation, there, ROSTER)
        configuration = write_configuration(folder, worker, serve, pager)
        async with running(worker, serve, pager):
            with Prometheus(configuration, folder) as prometheus:
                moments, ends, since = {}, None, 0
                for moment, until in MOMENTS.items():
                    lines = [line for line in july.lines() if since <= line.at < until]
                    ends, since = await feed(installation, watcher, lines, until, ends), until
                    moments[moment] = await answers(prometheus, queries, until, "month")
                of_july = await answers(prometheus, queries, july.AS_OF, "last_month")
            return Looked(moments, of_july, await july.written_snapshot(installation))


def write_configuration(folder: Path, worker: Program, serve: Program, pager: Program) -> Path:
    """Write the shipped configuration with the addresses and the pace of a test; return where it is."""
    serves, works, pages = (Address("127.0.0.1", program.port) for program in (serve, worker, pager))
    endpoints = Endpoints(serve=[serves], workers=[works], pager=pages)
    configuration = prometheus_config(endpoints)
    configuration["global"] = dict.fromkeys(configuration["global"], EVERY)
    (folder / "rules").mkdir()
    for name, groups in rule_files(definitions()).items():
        (folder / "rules" / name).write_text(yaml.safe_dump(groups), encoding="utf-8")
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return path


async def feed(
    installation: Installation, watcher: Watcher, lines: Sequence[Line], until: int, ends: Ends | None
) -> Ends:
    """Send messages with the clock's ticks, and return when all of it is counted."""
    async with Feed(installation, lines, last_tick=until, ends=ends) as sending:
        await sending.finish()
        await watcher.until_all(sending, until)
        return sending.ends


async def answers(prometheus: Prometheus, queries: Sequence[str], clock: int, window: str) -> dict[str, Samples]:
    """Ask every query once the clock and all rules have come to an instant."""
    await wait_until(lambda: [float(one["value"][1]) for one in prometheus.query(NOW)] == [clock / SECOND])
    await wait_until(evaluated_since(prometheus, time.time()))
    await wait_until(evaluated_since(prometheus, time.time()))
    return {expr: prometheus.query(filled_in(expr, window)) for expr in queries}


def evaluated_since(prometheus: Prometheus, moment: float) -> Callable[[], bool]:
    """Return what tells whether every group of rules has been evaluated since a moment."""

    def are_all() -> bool:
        groups = prometheus.get("/api/v1/rules")["data"]["groups"]
        return all(datetime.fromisoformat(_short(group["lastEvaluation"])).timestamp() > moment for group in groups)

    return are_all


def _short(text: str) -> str:
    """Return a time without what Python 3.11 cannot read: more than six digits of a second."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return f"{seconds}.{fraction[:6].ljust(6, '0')}+00:00"


async def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(SHOWN_SECONDS):
        while not condition():  # noqa: ASYNC110 (other processes do it)
            await asyncio.sleep(0.1)
