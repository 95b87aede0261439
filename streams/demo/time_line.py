"""The storm's time line in the terminal: where in the evening it is, what happens there, and what is waited for."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from streams.core.months import datetime_of


class TimeLine:
    """A bar from the evening's beginning to its end, drawn while its `with` block runs; `began` is its first second.

    What happens is printed above it, with the seconds since then.
    """

    def __init__(self, console: Console, zone: ZoneInfo, begin: int, end: int) -> None:
        """Take where to draw, and from when to when (instants) the evening lasts, shown in a time zone."""
        self.began = time.monotonic()
        self._console, self._zone, self._begin = console, zone, begin
        columns = TextColumn("[bold]{task.fields[clock]}[/]"), BarColumn(), TextColumn("{task.description}")
        self._bar = Progress(*columns, console=console)
        self._task = self._bar.add_task("", total=end - begin, clock=self._clock(begin))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def move(self, at: int, reports: int) -> None:
        """Go to an instant, by which so many have reported."""
        self._bar.update(self._task, completed=at - self._begin, clock=self._clock(at))
        self.say(f"{reports} reports")

    def say(self, what: str) -> None:
        """Show a remark beside the bar."""
        self._bar.update(self._task, description=what)

    def happens(self, at: int, what: str) -> None:
        """Print what happens at an instant of the evening."""
        after = f"+{time.monotonic() - self.began:.1f} s"
        self._console.print(f"{after}  [bold]{self._clock(at)}[/]  {what}", highlight=False, soft_wrap=True)

    def _clock(self, instant: int) -> str:
        return f"{datetime_of(instant).astimezone(self._zone):%H:%M}"
