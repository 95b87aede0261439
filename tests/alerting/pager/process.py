"""A `streams pager` as a process, and what a person does with it."""

from __future__ import annotations

from typing import Any

import aiohttp

from streams.alerting.pager.pages import Page
from streams.alerting.pager.store import read_pages
from tests.alerting.pager.kit import SECRET, Target, definitions_folder, insist, post
from tests.chaos.cluster import Installation, Program

CHANNELS = ("CHEN", "LI", "WANG", "WANG_SMS", "DIRECTOR")


class Pager(Program):
    """A pager with a roster of its own, all of whose channels lead to one target."""

    def __init__(self, installation: Installation, target: Target, roster: str, name: str = "pager") -> None:
        super().__init__(installation, name, ("streams", "pager"))
        self.variables = target.channels(*CHANNELS) | {
            "STREAMS_DEFINITIONS_DIR": str(definitions_folder(installation.folder, roster)),
            "STREAMS_PAGER": f"127.0.0.1:{self.port}",
            "STREAMS_PAGER_SECRET": SECRET,
            # Nobody is there: a serve of whoever else uses this machine is not asked.
            "STREAMS_SERVE": "127.0.0.1:1",
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
