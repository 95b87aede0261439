"""A `streams pager` as a process, and what a person does with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from streams.alerting.pager.pages import Page
from streams.alerting.pager.store import read_pages
from streams.settings import Address
from tests.alerting.pager.kit import ROSTER, SECRET, Target, definitions_folder, insist, post, target
from tests.chaos.cluster import Installation, Program, running
from tests.conftest import Broker
from tests.kafka.apache import free_ports

CHANNELS = ("CHEN", "LI", "WANG", "WANG_SMS", "DIRECTOR")


NOBODY = Address("127.0.0.1", 1)
"""Not the serve of whoever else uses this machine."""


class Pager(Program):
    """A pager with a roster of its own, all of whose channels lead to one target; it asks `serve` how outages stand."""

    command: tuple[str, ...] = ("streams", "pager")

    def __init__(
        self, installation: Installation, target: Target, roster: str, name: str = "pager", serve: Address = NOBODY
    ) -> None:
        super().__init__(installation, name, self.command)
        self.variables = target.channels(*CHANNELS) | {
            "STREAMS_DEFINITIONS_DIR": str(definitions_folder(installation.folder, roster)),
            "STREAMS_PAGER": f"127.0.0.1:{self.port}",
            "STREAMS_PAGER_SECRET": SECRET,
            "STREAMS_SERVE": str(serve),
            "STREAMS_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        self._environment |= self.variables

    @property
    def webhook(self) -> str:
        """Where Alertmanager sends to."""
        return f"http://127.0.0.1:{self.port}/alertmanager"

    async def tell(self, message: Any) -> None:
        """Send a message until it is taken, as Alertmanager does."""
        await insist(self.webhook, message)

    async def tell_once(self, message: Any) -> int:
        """Send a message and return the status of the answer, 0 if there is none."""
        return await post(self.webhook, message)

    async def open(self, path: str, *, takes: bool = False) -> tuple[int, str]:
        """Open a link, or press its button; return status and text."""
        async with (
            aiohttp.ClientSession() as session,
            session.request("POST" if takes else "GET", f"http://127.0.0.1:{self.port}{path}") as response,
        ):
            return response.status, await response.text()

    async def pages(self) -> list[Page]:
        """What is kept, in the order of opening."""
        installation = self.installation
        found = await read_pages(installation.connection, installation.prefix, installation.partitions)
        return sorted(found.values(), key=lambda page: page.opened_at)


class HurriedPager(Pager):
    """One that gathers digests, and waits for Kafka, for seconds only."""

    command = ("tests.alerting.pager.hurried",)


def installation_on(broker: Broker, prefix: str, folder: Path) -> Installation:
    """An installation that has nothing but a pager."""
    return Installation(connection=broker.connection, prefix=prefix, folder=folder, partitions=3)


@asynccontextmanager
async def paging(
    broker: Broker,
    prefix: str,
    folder: Path,
    roster: str = ROSTER,
    serve: Address = NOBODY,
    kind: type[Pager] = Pager,
) -> AsyncIterator[tuple[Pager, Target]]:
    """A pager, which is started anew whenever it ends, and its target for the length of a block."""
    async with target(free_ports(1)[0]) as there:
        pager = kind(installation_on(broker, prefix, folder), there, roster, serve=serve)
        async with running(pager):
            yield pager, there
