"""Runs the demo: processes up, July replayed and counted, the report's tables shown, the audit's word."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from streams.core.checks import CONTRADICTIONS
from streams.core.definitions import Definitions
from streams.core.snapshot import Snapshot
from streams.definitions import load
from streams.demo.catching_up import wait_until_caught_up
from streams.demo.children import Children
from streams.demo.installation import Installation, new_installation, start
from streams.kafka.client import Connection
from streams.progress import new_progress
from streams.replay.replaying import Source, replay, source_of
from streams.reports.audit import AuditResult, audit
from streams.reports.snapshot_files import REPORTS, take_snapshot, write_snapshot_file
from streams.reports.terminal import print_report
from streams.samples import july_2009, printed

SAMPLE = july_2009
SHOWN = 10
"""So many differences are listed; there should be none."""


async def demo(console: Console, *, stay: bool) -> int:
    """Run the demo; without `stay` end it once tables and files are there, else at SIGINT or SIGTERM.

    Returns 0, or 1 when the audit finds a difference or a figure is not the printed one.
    Raises ChildFailed, DemoError, and what reading the settings raises. All child processes have ended when it returns.
    """
    _cancel_at_signals()
    with tempfile.TemporaryDirectory(prefix="streams-demo-") as folder:
        showing = _Demo(new_installation(Path(folder)), console)
        async with Children(REPORTS / SAMPLE.PERIOD / "logs", console.print) as children:
            code = await children.guard(showing.run(children))
            if stay:
                showing.print_addresses(children)
                with suppress(asyncio.CancelledError):
                    await children.guard(asyncio.Event().wait())
        return code


def _cancel_at_signals() -> None:
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


class _Demo:
    def __init__(self, installation: Installation, console: Console) -> None:
        self._installation, self._settings, self._console = installation, installation.settings, console
        self._connection = Connection.from_settings(self._settings, "streams-demo")
        self._definitions: Definitions = load(
            self._settings.definitions_dir,
            timezone=self._settings.timezone,
            ledger_months=self._settings.ledger_months,
            subscribers=self._settings.directory,
        )

    async def run(self, children: Children) -> int:
        """Show everything; return the exit code."""
        with self._console.status("Starting a broker in memory, two workers and serve …"):
            source, _ = await asyncio.gather(
                asyncio.to_thread(source_of, SAMPLE.NAME), start(children, self._installation, self._connection)
            )
        await self._fill(source)
        snapshot = await take_snapshot(
            self._connection, self._settings, self._definitions, SAMPLE.PERIOD, printed.report()
        )
        print_report(snapshot, printed.report(), self._console)
        self._console.print(f"Snapshot: {write_snapshot_file(snapshot)}", highlight=False)
        return self._judge(snapshot, await self._audit())

    async def _fill(self, source: Source) -> None:
        """Replay the month, and return when the workers have counted all of it."""
        with new_progress(self._console) as progress:
            sending = progress.add_task(f"Replaying {SAMPLE.NAME}", total=source.total)
            replayed = await replay(
                source,
                self._settings,
                self._definitions,
                self._connection,
                on_progress=lambda done: progress.update(sending, completed=done),
            )
            counting = progress.add_task("Counted by the workers", total=None)
            await wait_until_caught_up(
                self._connection,
                self._settings,
                replayed.last_tick,
                lambda done, total: progress.update(counting, completed=done, total=total),
            )

    async def _audit(self) -> AuditResult:
        with new_progress(self._console) as progress:
            recounting = progress.add_task("Counting the log anew", total=None)
            return await audit(
                self._connection,
                self._settings,
                self._definitions,
                SAMPLE.PERIOD,
                lambda done, total: progress.update(recounting, completed=done, total=total),
            )

    def _judge(self, snapshot: Snapshot, audited: AuditResult) -> int:
        """Say what printed report and audit say, and return the exit code."""
        unexpected = [check for check in snapshot.checks if check.note not in CONTRADICTIONS]
        known = len(snapshot.checks) - len(unexpected)
        wrong = [f"{check.where}: printed {check.printed}, computed {check.recomputed}" for check in unexpected]
        self._say(f"Printed report: {len(wrong)} figures differ, beyond the {known} where it contradicts itself", wrong)
        differences = list(map(str, audited.differences))
        self._say(f"Audit: {audited.records:,} records counted anew, {len(differences)} differences", differences)
        return int(bool(wrong or differences))

    def _say(self, result: str, wrong: list[str]) -> None:
        self._console.print("[red]✗[/]" if wrong else "[green]✓[/]", result)
        for line in wrong[:SHOWN]:
            self._console.print(f"  {line}", markup=False, soft_wrap=True)

    def print_addresses(self, children: Children) -> None:
        """Say where everything answers."""
        serve, broker = self._settings.public_url, self._settings.bootstrap_servers
        rows = {
            "Metrics": f"{serve}/metrics",
            "Month": f"{serve}/api/snapshot/{SAMPLE.PERIOD}",
            "Workers": "  ".join(f"http://{address}/metrics" for address in self._installation.workers),
            "Broker": f"{broker}; try: STREAMS_BROKER={broker} streams dead-letters list",
            "Logs": str(children.log_folder),
        }
        for name, content in rows.items():
            self._console.print(f"[bold]{name:8}[/] {content}", soft_wrap=True, highlight=False)
        self._console.print("All of it stays up until Ctrl-C.")
