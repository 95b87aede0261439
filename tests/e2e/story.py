"""One story on the whole chain: an outage of 现业 from the first reports to its end, while much else goes wrong.

Meanwhile 简阳 has two declared outages, one after the other, more than forty figures miss their targets, and the
worker is killed. It takes two minutes, most of them waiting: what is shipped groups by half minutes, and lets an outage
that is over fire for a minute more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from aiokafka import TopicPartition

from streams.alerting.pager.courier import LINK_PATH
from streams.alerting.pager.pages import Page
from streams.core.months import HOUR, MINUTE, SECOND
from streams.core.suspected import SuspectedOutage, read
from streams.kafka.reader import read_to_end
from streams.kafka.topics import SUSPECTED, real_name
from streams.samples.lines import Line
from tests.chaos import tickets
from tests.chaos.cluster import Installation, output_of, shared_out
from tests.chaos.feed import Feed
from tests.e2e.chain import Chain, started
from tests.e2e.reports import bad_reports

URBAN, PLACE, JIANYANG = "现业", "663", "简阳"
OUTAGE = "QZ-URBAN"
URBAN_CHANNELS, CITY_CHANNELS = ("CHEN", "LI"), ("WANG",)
"""Of whom the pager's roster names for 现业, and for the other branches."""
FIGURES = 40
TICKETS, TICKETS_A_SECOND = 1_000, 100
JIANYANG_TICKETS = 240
FIRST = "765"
"""Where 简阳 is out when the story begins; its reports belong to that outage and raise no suspicion."""
USERS = 600
"""Of a major outage, by deploy/outages.yaml."""
PATIENCE_SECONDS = 150.0
"""Longer than anything in the story takes on a busy machine."""


class Told(msgspec.Struct, kw_only=True):
    """What became of it. Times are seconds since the epoch.

    messages: channel, text and arrival of all that people were sent; ids: how often each message came, by its id.
    states: what Alertmanager made of each alert about a figure. exits: how the worker ended, each time.
    """

    suspected: SuspectedOutage
    suspected_at: float
    messages: list[tuple[str, str, float]]
    ids: dict[str, int]
    pages: list[Page]
    control_pages: list[Page]
    states: list[str]
    tickets: float
    exits: list[int]


async def tell(installation: Installation) -> Told:
    """Let the story happen, on a chain that is started in the middle of it, and return what became of it."""
    now = _now()
    await _send(installation, _usual(now))
    await _declare(installation, "QZ-1", FIRST)
    now = _now()
    await _send(installation, bad_reports(JIANYANG, FIRST, JIANYANG_TICKETS, now, now + SECOND))
    async with started(installation) as chain:
        await shared_out(chain.worker)
        await until(lambda: chain.prometheus.query("streams_figures_shown == 1"), "figures")
        story = _Story(chain)
        async with asyncio.TaskGroup() as group:
            group.create_task(story.of_jianyang())
            group.create_task(story.of_urban())
        return await story.told()


def _usual(now: int) -> list[Line]:
    """Return some tickets of two hours ago: nobody suspects an outage within the first hour of all reports."""
    instants = range(now - 2 * HOUR, now - HOUR, 5 * MINUTE)
    fields = [tickets.ticket(f"U{number}", at, f"5120{number:03}") for number, at in enumerate(instants)]
    return [tickets.line(one, at) for one, at in zip(fields, instants, strict=True)]


async def _send(installation: Installation, lines: Sequence[Line]) -> None:
    async with Feed(installation, lines, tick_every=None) as feed:
        await feed.finish()


async def _declare(installation: Installation, identity: str, prefix: str) -> None:
    what = ("--prefix", prefix, "--users", str(USERS), "--started-at", datetime.now(UTC).isoformat())
    await output_of(installation, "outage", "declare", "--id", identity, *what)


class _Story:
    def __init__(self, chain: Chain) -> None:
        self._chain, self._installation = chain, chain.installation
        self._shipped, self._control = chain.shipped, chain.control
        self._states: list[str] = []

    async def of_urban(self) -> None:
        """A thousand tickets, a page, a declaration, the end; then the worker dies, and comes back."""
        now = _now()
        lines = bad_reports(URBAN, PLACE, TICKETS, now, now + TICKETS // TICKETS_A_SECOND * SECOND)
        async with Feed(self._installation, lines, rate=TICKETS_A_SECOND, tick_every=None):
            self._suspected, self._suspected_at = await self._first_suspected()
        await self._messages_to(URBAN_CHANNELS, 1)
        await self._let_figures_fire()
        what = ("--suspected", self._suspected.id, "--users", str(USERS))
        await output_of(self._installation, "outage", "declare", "--id", OUTAGE, *what)
        await until(lambda: self._alerts(outage=OUTAGE), "an outage that Alertmanager knows")
        # Before its update is sent: the alert fires for a minute from here on, and the page ends the sooner.
        await output_of(self._installation, "outage", "restore", OUTAGE)
        await self._messages_to(URBAN_CHANNELS, 2)
        self._states = [alert["status"]["state"] for alert in self._alerts(kind="indicator")]
        self._chain.worker.kill()
        await self._chain.worker.exited()
        await shared_out(self._chain.worker)
        await self._messages_to(URBAN_CHANNELS, 3)

    async def of_jianyang(self) -> None:
        """The outage that was declared is taken by somebody; then another one is declared."""
        await self._messages_to(CITY_CHANNELS, 1)
        [text, *_] = self._texts(CITY_CHANNELS)
        assert (await self._shipped.pager.open(link_in(text), takes=True))[0] == HTTPStatus.OK
        await _declare(self._installation, "QZ-2", "732")
        await self._messages_to(CITY_CHANNELS, 2)

    async def told(self) -> Told:
        """Return what became of it all."""
        target = self._shipped.target
        [counted] = self._chain.prometheus.query(f'streams_fault_tickets{{window="1h",by="branch",branch="{URBAN}"}}')
        return Told(
            suspected=self._suspected,
            suspected_at=self._suspected_at,
            messages=[(*message, at) for message, at in zip(target.received, target.arrived, strict=True)],
            ids=dict(target.ids()),
            pages=await self._shipped.pager.pages(),
            control_pages=await self._control.pager.pages(),
            states=self._states,
            tickets=float(counted["value"][1]),
            exits=self._chain.worker.exits,
        )

    async def _first_suspected(self) -> tuple[SuspectedOutage, float]:
        """Wait for the first record of an outage that is suspected at 现业; return it, and when the broker had it."""
        topic = real_name(self._installation.prefix, SUSPECTED)
        places = dict.fromkeys((TopicPartition(topic, number) for number in range(self._installation.partitions)), None)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                async for _, records in read_to_end(self._installation.connection, places):
                    for record in records:
                        if (suspected := read(record.value)).branch == URBAN:
                            return suspected, record.timestamp / 1_000
                await asyncio.sleep(0.2)

    async def _let_figures_fire(self) -> None:
        """Hand over to Alertmanager what Prometheus would in a quarter of an hour, if figures stayed so bad."""
        await until(lambda: len(self._missed()) >= FIGURES, f"{FIGURES} figures that miss their targets")
        ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        firing = [
            {"labels": alert["labels"], "annotations": alert["annotations"], "endsAt": ends} for alert in self._missed()
        ]
        for paging in (self._shipped, self._control):
            paging.alertmanager.post("/api/v2/alerts", firing)

    def _missed(self) -> list[dict[str, Any]]:
        alerts = self._chain.prometheus.get("/api/v1/alerts")["data"]["alerts"]
        return [alert for alert in alerts if alert["labels"].get("kind") == "indicator"]

    def _alerts(self, **labels: str) -> list[dict[str, Any]]:
        alerts = self._shipped.alertmanager.get("/api/v2/alerts")
        return [alert for alert in alerts if labels.items() <= alert["labels"].items()]

    def _texts(self, channels: Sequence[str]) -> list[str]:
        return [text for channel, text in self._shipped.target.received if channel in channels]

    async def _messages_to(self, channels: Sequence[str], count: int) -> None:
        await until(lambda: len(self._texts(channels)) >= count, f"message {count} to {' or '.join(channels)}")


def link_in(text: str) -> str:
    """Return the path of the link in a message."""
    return LINK_PATH + text.partition(LINK_PATH)[2].split()[0]


def _now() -> int:
    return time.time_ns() // 1_000


async def until(holds: Callable[[], object], what: str) -> None:
    """Return once something holds; AssertionError names what did not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS:.0f} s: {what}"
        await asyncio.sleep(0.1)
