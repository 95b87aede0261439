"""The demo's storm: the outage of 14 July 2009 as if it happened now, and what the pager makes of it."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

from rich.console import Console

from streams.alerting.pager.desk import wall_clock
from streams.alerting.pager.pages import Page
from streams.alerting.pager.store import read_pages
from streams.core.definitions import Definitions
from streams.core.months import HOUR, SECOND, Calendar, datetime_of
from streams.demo.alarms import Alarms
from streams.demo.catching_up import wait_until_caught_up
from streams.demo.children import Children
from streams.demo.evening import TIMES_AS_FAST, Evening
from streams.demo.installation import Installation, start_broker, start_workers_and_serve
from streams.demo.phone import Phones
from streams.demo.story import Story, load
from streams.demo.time_line import TimeLine
from streams.kafka.client import Connection
from streams.replay.plan import Options
from streams.replay.replaying import Source, replay

TIMES_LESS_WAITING = 5
"""So much less than usual Prometheus and Alertmanager wait: they do the same, and it fits in a minute."""


class Storm:
    """Stages the evening, and judges what came of it."""

    def __init__(
        self, installation: Installation, definitions: Definitions, alarms: Alarms, phones: Phones, console: Console
    ) -> None:
        """Take the installation, whose clock is the wall's, the definitions, the alarms and phones; where to show."""
        self._installation, self._settings, self._console = installation, installation.settings, console
        self._definitions, self._alarms, self._phones = definitions, alarms, phones
        self._connection = Connection.from_settings(self._settings, "streams-demo")

    async def run(self, children: Children) -> int:
        """Show everything; return the exit code: 0 if there was one page, and it is resolved."""
        with self._console.status("Starting broker, workers, serve, Prometheus, Alertmanager, pager …"):
            story = await self._start(children)
        zone = ZoneInfo(self._settings.timezone)
        self._say_what_comes(f"{datetime_of(story.began).astimezone(zone):%-d %B %Y}")
        with TimeLine(self._console, zone, story.began, story.notices[-1].at) as line:
            showing = asyncio.create_task(self._phones.show_for_ever(self._console, line.began))
            try:
                await Evening(story, line, self._connection, self._settings).play()
            finally:
                showing.cancel()
        pages = await read_pages(self._connection, self._settings.prefix, self._settings.partitions)
        return self._judge(list(pages.values()))

    def addresses(self) -> dict[str, str]:
        """Return what there is of the outage to look at, for people."""
        month = Calendar(self._settings.timezone).month_of(wall_clock())
        return {
            "Outages": f"{self._settings.public_url}/api/outages?month={month}",
            "Pages": f"STREAMS_BROKER={self._settings.bootstrap_servers} streams pager list --month {month}",
        }

    async def _start(self, children: Children) -> Story:
        """Start all processes; what led up to the evening is on the broker before anybody counts."""
        now = wall_clock()
        story, _ = await asyncio.gather(
            asyncio.to_thread(load, now), start_broker(children, self._installation, self._connection)
        )
        await self._alarms.start(children)
        await replay(
            Source(story.before, None, lambda sent: sent, None),
            self._settings,
            self._definitions,
            self._connection,
            options=Options(first_at=story.before[0].at + now - story.usual_until),
        )
        await start_workers_and_serve(children, self._installation)
        await wait_until_caught_up(self._connection, self._settings, now, lambda _done, _total: None)
        await self._alarms.ready()
        return story

    def _say_what_comes(self, day: str) -> None:
        hour_seconds = HOUR // SECOND // TIMES_AS_FAST
        self._console.print(
            f"The outage of {day} as if it happened now, with the fault tickets that told of it.\n"
            f"An hour of that evening takes {hour_seconds} seconds; Prometheus and Alertmanager wait a "
            f"{TIMES_LESS_WAITING}th of what deploy/ says.\n"
            "Three times the evening stands still until the one on duty has been told. Frames show what was delivered.",
            highlight=False,
        )

    def _judge(self, pages: list[Page]) -> int:
        """Say what went out, and return the exit code."""
        is_well = [page.state for page in pages] == ["resolved"]
        self._console.print("[green]✓[/]" if is_well else "[red]✗[/]", f"Pages: {len(pages)}")
        for page in pages:
            self._console.print(f"  {_in_words(page)}", markup=False, highlight=False, soft_wrap=True)
        return int(not is_well)


def _in_words(page: Page) -> str:
    told = ", ".join(page.people_told())
    updates = len({notice.made_at for notice in page.notices if notice.kind == "update"})
    return f"{page.id}: {page.subject.name}, {page.subject.branch}, told {told}, {updates} updates, {page.state}"
