"""When work on the network is planned: then a branch's warnings wait until it is over; what is critical never does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from streams.alerting import yaml_lines
from streams.alerting.roster import CITY
from streams.alerting.yaml_lines import Problem

PLANNED_WORK_FILE = "planned-work.yaml"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$")]
Branches = Annotated[list[str], msgspec.Meta(min_length=1)]


class PlannedWorkError(ValueError):
    """The file cannot be used; the message names it, the lines and the reasons."""


NAMES_IN_FILE = {"start": "from", "end": "until", "day": "date"}


class PlannedWork(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=NAMES_IN_FILE):
    """Work in some branches, from one hour of the day until another: on weekdays, or on one date, or on every day."""

    name: Name
    branches: Branches
    start: Clock
    end: Clock
    weekdays: list[Weekday] = []
    day: date | None = None

    def interval(self, timezone: str) -> dict[str, Any]:
        """Return it as a time interval of Alertmanager, in the hours of a time zone."""
        times: dict[str, Any] = {"times": [{"start_time": self.start, "end_time": self.end}], "location": timezone}
        if self.weekdays:
            times["weekdays"] = list(self.weekdays)
        if self.day is not None:
            parts = {"years": self.day.year, "months": self.day.month, "days_of_month": self.day.day}
            times |= {name: [str(number)] for name, number in parts.items()}
        return {"name": self.name, "time_intervals": [times]}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    planned: list[PlannedWork] = []


def load_planned_work(path: Path, branches: Collection[str]) -> list[PlannedWork]:
    """Return the planned work of a file, for the branches of places.yaml; raises PlannedWorkError."""
    try:
        planned, problems = read_planned_work(path.read_text(encoding="utf-8"), branches)
    except (OSError, UnicodeDecodeError) as error:
        raise PlannedWorkError(f"{path}: {error}; STREAMS_DEFINITIONS_DIR names the folder") from error
    if problems:
        raise PlannedWorkError("; ".join(f"{path}, {problem}" for problem in problems))
    return planned


def read_planned_work(text: str, branches: Collection[str]) -> tuple[list[PlannedWork], list[Problem]]:
    """Return the planned work that a text holds, and what is wrong with it, by line."""
    content, lines, problems = yaml_lines.read(text, _File)
    if content is None:
        return [], problems
    found = _problems(content.planned, {*branches, CITY})
    return content.planned, sorted(Problem(lines.line(place), f"{place.lstrip('.')}: {why}") for place, why in found)


def _problems(planned: Sequence[PlannedWork], branches: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield places in the file, and what makes no sense there."""
    for at, work in enumerate(planned):
        place = f".planned[{at}]"
        for number, branch in enumerate(work.branches):
            if branch not in branches:
                yield f"{place}.branches[{number}]", f"{branch!r} is not one of {', '.join(sorted(branches))}"
        if work.start >= work.end:
            yield f"{place}.until", f"{work.end} is not after from {work.start}; divide it at 24:00"
        if work.name in (before.name for before in planned[:at]):
            yield f"{place}.name", f"{work.name!r} stands twice"
