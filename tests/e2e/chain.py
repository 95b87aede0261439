"""The whole chain as processes: worker, serve, pager, Prometheus and Alertmanager, as they are shipped.

Beside it stands a control: an Alertmanager that hears the same of Prometheus, but groups nothing and holds nothing
back, with a pager of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml

from streams.alerting.roster_file import ROSTER_FILE, load_roster
from streams.alerting.rules.files import ALERTMANAGER_FILE, PROMETHEUS_FILE, as_yaml, files, write_files
from streams.alerting.rules.planned_work import PLANNED_WORK_FILE, load_planned_work
from streams.alerting.rules.scraping import Endpoints
from streams.settings import Address
from tests.alerting.pager.kit import ROSTER, Target, target
from tests.alerting.pager.process import Pager
from tests.chaos.cluster import Installation, Program, Serve, Worker, running
from tests.kafka.apache import free_ports
from tests.tools.servers import Alertmanager, Prometheus, Server


class Paging(msgspec.Struct, frozen=True):
    """An Alertmanager, the pager that it tells, and where the pager's messages go."""

    alertmanager: Alertmanager
    pager: Pager
    target: Target


class Chain:
    """The programs of one installation on a broker; `control` pages everything by itself."""

    def __init__(self, installation: Installation, shipped: Target, control: Target) -> None:
        self.installation = installation
        self.worker, self.serve = Worker(installation, "worker"), Serve(installation)
        self.shipped = self._paging(installation, shipped)
        self.control = self._paging(_beside(installation), control)
        self._configure()
        self.prometheus = Prometheus(self._file(self.shipped, PROMETHEUS_FILE), _made(installation.folder / "tsdb"))

    def programs(self) -> tuple[Program, ...]:
        """Return the project's own programs."""
        return self.worker, self.serve, self.shipped.pager, self.control.pager

    def servers(self) -> tuple[Server, ...]:
        """Return the programs of others."""
        return self.prometheus, self.shipped.alertmanager, self.control.alertmanager

    def _paging(self, installation: Installation, there: Target) -> Paging:
        pager = Pager(installation, there, ROSTER, serve=Address("127.0.0.1", self.serve.port))
        folder = _made(installation.folder / "alertmanager")
        return Paging(Alertmanager(installation.folder / "deploy" / ALERTMANAGER_FILE, folder), pager, there)

    def _configure(self) -> None:
        """Write what is shipped, with the addresses of this installation, and what the control makes of it."""
        for paging in (self.shipped, self.control):
            write_files(self._generated(paging), paging.pager.installation.folder / "deploy")
        _change(self._file(self.control, ALERTMANAGER_FILE), _ungrouped)
        _change(self._file(self.shipped, PROMETHEUS_FILE), self._told_to_the_control_too)

    def _generated(self, paging: Paging) -> Mapping[str, str]:
        definitions, folder = self.installation.definitions(), self.installation.settings().definitions_dir
        return files(
            definitions,
            load_roster(folder / ROSTER_FILE, definitions.branches),
            load_planned_work(folder / PLANNED_WORK_FILE, definitions.branches),
            Endpoints(
                serve=[Address("127.0.0.1", self.serve.port)],
                workers=[Address("127.0.0.1", self.worker.port)],
                pager=Address("127.0.0.1", paging.pager.port),
                alertmanager=paging.alertmanager.listens,
            ),
        )

    def _file(self, paging: Paging, path: str) -> Path:
        return paging.pager.installation.folder / "deploy" / path

    def _told_to_the_control_too(self, tree: dict[str, Any]) -> None:
        [alertmanagers] = tree["alerting"]["alertmanagers"]
        alertmanagers["static_configs"][0]["targets"].append(str(self.control.alertmanager.listens))


def _beside(installation: Installation) -> Installation:
    """Return an installation on the same broker that knows nothing of the other."""
    folder = _made(installation.folder / "control")
    return msgspec.structs.replace(installation, prefix=f"control-{installation.prefix}", folder=folder)


def _ungrouped(tree: dict[str, Any]) -> None:
    """Make every alert a group, and let none hold back another."""
    del tree["inhibit_rules"]
    tree["route"]["group_by"] = ["..."]


def _change(path: Path, change: Any) -> None:
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(tree)
    path.write_text(as_yaml(tree), encoding="utf-8")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def started(installation: Installation) -> AsyncIterator[Chain]:
    """Run a chain for the length of a block; nothing of it is left behind."""
    async with AsyncExitStack() as stack:
        targets = [await stack.enter_async_context(target(port)) for port in free_ports(2)]
        chain = Chain(installation, *targets)
        await stack.enter_async_context(running(*chain.programs()))
        for server in chain.servers():
            await asyncio.to_thread(stack.enter_context, server)
        yield chain
