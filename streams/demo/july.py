"""The plain demo: July 2009 replayed and counted, the report's tables shown, the audit's word."""

from __future__ import annotations

import asyncio

from rich.console import Console

from streams.core.checks import CONTRADICTIONS
from streams.core.definitions import Definitions
from streams.core.snapshot import Snapshot
from streams.demo.alarms import HOW_TO_GET_ALERTS, Alarms
from streams.demo.catching_up import wait_until_caught_up
from streams.demo.children import Children
from streams.demo.installation import Installation, start_broker, start_workers_and_serve
from streams.kafka.client import Connection
from streams.progress import new_progress
from streams.replay.replaying import Source, replay, source_of
from streams.reports.audit import AuditResult, audit
from streams.reports.document import FORMATS, LANGUAGES, write_report_of
from streams.reports.snapshot_files import take_snapshot, write_snapshot_file
from streams.reports.terminal import print_report
from streams.samples import july_2009, printed

SAMPLE = july_2009
SHOWN = 10
"""So many differences are listed; there should be none."""


class July:
    """Shows the month."""

    def __init__(
        self, installation: Installation, definitions: Definitions, alarms: Alarms | None, console: Console
    ) -> None:
        """Take the installation, the definitions, the alarms where their programs are installed, and where to show."""
        self._installation, self._settings, self._console = installation, installation.settings, console
        self._definitions, self._alarms = definitions, alarms
        self._connection = Connection.from_settings(self._settings, "streams-demo")

    async def run(self, children: Children) -> int:
        """Show everything; return the exit code."""
        if self._alarms is None:
            self._console.print(HOW_TO_GET_ALERTS, highlight=False, soft_wrap=True)
        with self._console.status("Starting a broker in memory, two workers and serve …"):
            source, _ = await asyncio.gather(asyncio.to_thread(source_of, SAMPLE.NAME), self._start(children))
        await self._fill(source)
        snapshot = await take_snapshot(
            self._connection, self._settings, self._definitions, SAMPLE.PERIOD, printed.report()
        )
        print_report(snapshot, printed.report(), self._console)
        written = write_snapshot_file(snapshot)
        self._console.print(f"Snapshot: {written}", highlight=False)
        definitions_dir = self._settings.definitions_dir
        for path in write_report_of(
            snapshot, self._definitions, definitions_dir, LANGUAGES[0], FORMATS, written.parent
        ):
            self._console.print(f"Report: {path}", highlight=False)
        return self._judge(snapshot, await self._audit())

    async def _start(self, children: Children) -> None:
        await start_broker(children, self._installation, self._connection)
        await start_workers_and_serve(children, self._installation)
        if self._alarms is not None:
            await self._alarms.start(children)

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

    def addresses(self) -> dict[str, str]:
        """Return what there is of this month to look at, for people."""
        return {"Month": f"{self._settings.public_url}/api/snapshot/{SAMPLE.PERIOD}"}
