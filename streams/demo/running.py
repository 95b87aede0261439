"""Runs a demo: its processes up, one of the two shows, and everything ended again."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from streams.core.definitions import Definitions
from streams.definitions import load
from streams.demo.alarms import HOW_TO_GET_ALERTS, Alarms, Duties, Servers
from streams.demo.children import Children
from streams.demo.installation import DemoError, Installation, new_installation
from streams.demo.july import SAMPLE, July
from streams.demo.phone import phones
from streams.demo.storm import TIMES_LESS_WAITING, Storm
from streams.reports.snapshot_files import REPORTS
from streams.settings import Settings

STORM_LOGS = "storm"


async def demo(console: Console, *, stay: bool, storm: bool) -> int:
    """Show July 2009, or with `storm` an evening of it as if it were now; with `stay` go on until SIGINT or SIGTERM.

    Returns 0, or 1 when something is not as it should be: the audit finds a difference, a figure is not the printed
    one, not exactly one page went out. Raises ChildFailed, DemoError, and what reading the settings raises. All child
    processes have ended when it returns.
    """
    _cancel_at_signals()
    servers = Servers.installed()
    if storm and servers is None:
        raise DemoError(HOW_TO_GET_ALERTS)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="streams-demo-"))
        installation = new_installation(Path(folder), "wall" if storm else "log")
        definitions = _definitions(installation.settings)
        duties = Duties.load(installation.settings.definitions_dir, definitions)
        there = await stack.enter_async_context(phones(duties.roster))
        logs = REPORTS / (STORM_LOGS if storm else SAMPLE.PERIOD) / "logs"
        children = await stack.enter_async_context(Children(logs, console.print))
        alarms = servers and Alarms(
            installation, definitions, servers, duties, there, times_less_waiting=TIMES_LESS_WAITING if storm else 1
        )
        show: July | Storm
        if storm and alarms is not None:
            show = Storm(installation, definitions, alarms, there, console)
        else:
            show = July(installation, definitions, alarms, console)
        code = await children.guard(show.run(children))
        if stay:
            if alarms:
                await children.guard(alarms.ready())
            _print_addresses(console, show.addresses() | _addresses(installation, alarms, children))
            with suppress(asyncio.CancelledError):
                await children.guard(there.show_for_ever(console, time.monotonic()))
        return code


def _cancel_at_signals() -> None:
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _definitions(settings: Settings) -> Definitions:
    return load(
        settings.definitions_dir,
        timezone=settings.timezone,
        ledger_months=settings.ledger_months,
        subscribers=settings.directory,
    )


def _addresses(installation: Installation, alarms: Alarms | None, children: Children) -> dict[str, str]:
    """Return where the processes answer, for people."""
    settings = installation.settings
    broker = settings.bootstrap_servers
    return {
        "Board": f"{settings.public_url}/",
        "Metrics": f"{settings.public_url}/metrics",
        "Workers": "  ".join(f"http://{address}/metrics" for address in installation.workers),
        **({} if alarms is None else alarms.addresses()),
        "Broker": f"{broker}; try: STREAMS_BROKER={broker} streams dead-letters list",
        "Logs": str(children.log_folder),
    }


def _print_addresses(console: Console, addresses: dict[str, str]) -> None:
    for name, content in addresses.items():
        console.print(f"[bold]{name:8}[/] {content}", soft_wrap=True, highlight=False)
    console.print("All of it stays up until Ctrl-C.")
