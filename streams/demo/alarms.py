"""Prometheus, Alertmanager and the pager beside the demo's other processes, with the files that `generate` makes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from streams.alerting.roster import Roster
from streams.alerting.roster_file import ROSTER_FILE, load_roster
from streams.alerting.rules.files import ALERTMANAGER_FILE, PROMETHEUS_FILE, files, write_files
from streams.alerting.rules.planned_work import PLANNED_WORK_FILE, PlannedWork, load_planned_work
from streams.alerting.rules.scraping import Endpoints
from streams.alerting.servers import (
    ALERTMANAGER,
    HOW_TO_GET_THEM,
    PROMETHEUS,
    alertmanager_arguments,
    found,
    prometheus_arguments,
)
from streams.core.definitions import Definitions
from streams.demo.children import Children, Program
from streams.demo.installation import Installation, until_all_answer
from streams.demo.phone import Phones

HOW_TO_GET_ALERTS = f"No alerts: Prometheus or Alertmanager is not installed: {HOW_TO_GET_THEM}"
_WAITS = (
    "scrape_interval",
    "scrape_timeout",
    "evaluation_interval",
    "group_wait",
    "group_interval",
    "keep_firing_for",
)
_WAIT = re.compile(rf"({'|'.join(_WAITS)}): (\d+)([smh])$", re.MULTILINE)
_MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000}


class Servers(NamedTuple):
    """Where the programs of others are."""

    prometheus: Path
    alertmanager: Path

    @classmethod
    def installed(cls) -> Self | None:
        """Return those on PATH, None unless both are there."""
        prometheus, alertmanager = found(PROMETHEUS), found(ALERTMANAGER)
        return None if prometheus is None or alertmanager is None else cls(prometheus, alertmanager)


class Duties(msgspec.Struct, frozen=True):
    """What the definitions' folder says beside them: who is on duty, and when work is planned."""

    roster: Roster
    planned: list[PlannedWork]

    @classmethod
    def load(cls, folder: Path, definitions: Definitions) -> Self:
        """Read both; raises RosterError, PlannedWorkError."""
        return cls(
            load_roster(folder / ROSTER_FILE, definitions.branches),
            load_planned_work(folder / PLANNED_WORK_FILE, definitions.branches),
        )


class Alarms:
    """The three processes; messages go to the phones."""

    def __init__(
        self,
        installation: Installation,
        definitions: Definitions,
        servers: Servers,
        duties: Duties,
        phones: Phones,
        *,
        times_less_waiting: int,
    ) -> None:
        """Take what the processes are told, and where the programs and phones are.

        `times_less_waiting` shortens intervals and waits of what `generate` makes; 1 leaves them as they are.
        """
        self._installation, self._definitions = installation, definitions
        self._servers, self._duties, self._phones = servers, duties, phones
        self._times_less_waiting = times_less_waiting

    async def start(self, children: Children) -> None:
        """Start all three; `ready` tells when they answer."""
        folder = self._installation.settings.data_dir / "alerting"
        texts = files(self._definitions, self._duties.roster, self._duties.planned, self._endpoints())
        write_files({path: hastened(text, self._times_less_waiting) for path, text in texts.items()}, folder)
        for name, program in self._programs(folder).items():
            await children.start_program(name, program)
        await children.start("pager", "pager", self._installation.environment | self._phones.channels())

    async def ready(self) -> None:
        """Return when all three answer; raises DemoError if one does not."""
        servers = self._installation.prometheus, self._installation.alertmanager
        pager = self._installation.settings.pager
        await until_all_answer(*(f"http://{address}/-/ready" for address in servers), f"http://{pager}/health")

    def addresses(self) -> dict[str, str]:
        """Return what is where, for people."""
        return {
            "Alerts": f"http://{self._installation.prometheus}/alerts",
            "Routing": f"http://{self._installation.alertmanager}",
        }

    def _programs(self, folder: Path) -> dict[str, Program]:
        """Return what Prometheus and Alertmanager run, with folders for their data."""
        data = {name: folder / f"{name}-data" for name in ("prometheus", "alertmanager")}
        for path in data.values():
            path.mkdir()
        commands: dict[str, list[str | Path]] = {
            "prometheus": [
                self._servers.prometheus,
                *prometheus_arguments(folder / PROMETHEUS_FILE, data["prometheus"], self._installation.prometheus),
            ],
            "alertmanager": [
                self._servers.alertmanager,
                *alertmanager_arguments(
                    folder / ALERTMANAGER_FILE, data["alertmanager"], self._installation.alertmanager
                ),
            ],
        }
        return {name: Program(command, os.environ, data[name]) for name, command in commands.items()}

    def _endpoints(self) -> Endpoints:
        settings = self._installation.settings
        return Endpoints(
            serve=[settings.serve],
            workers=self._installation.workers,
            pager=settings.pager,
            alertmanager=self._installation.alertmanager,
        )


def hastened(text: str, times: int) -> str:
    """Return a configuration whose intervals and waits are so many times shorter; conditions stay what they are."""

    def shorter(match: re.Match[str]) -> str:
        return f"{match[1]}: {int(match[2]) * _MILLISECONDS[match[3]] // times}ms"

    return _WAIT.sub(shorter, text) if times > 1 else text
