"""A mass outage (群障; TMF656 ServiceProblem): what is out, since when, and how it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import msgspec

from streams.core.events.base import (
    AT_END,
    MAX_LISTED,
    Event,
    Label,
    Moment,
    Refused,
    check_not_before,
    check_year,
)
from streams.core.events.fault import Service
from streams.core.outages.numbers import Numbers

PLANNED_DAYS_AHEAD = 92
MAX_USERS = 1_000_000_000

Users = Annotated[int, msgspec.Meta(ge=0, le=MAX_USERS)]
Digits = Annotated[str, msgspec.Meta(pattern=f"^[0-9]{{1,32}}{AT_END}")]
OutageStatus = Literal["suspected", "confirmed", "restored", "rejected"]


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is out: inclusive ranges of numbers [first, last], prefixes of numbers, sites; all of them together."""

    ranges: Annotated[list[tuple[Digits, Digits]], msgspec.Meta(max_length=MAX_LISTED)] = []
    prefixes: Annotated[list[Digits], msgspec.Meta(max_length=MAX_LISTED)] = []
    sites: Annotated[list[Annotated[Label, msgspec.Meta(min_length=1)]], msgspec.Meta(max_length=MAX_LISTED)] = []


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Part of the service comes back: so many users have it again from `at` on."""

    at: Moment
    users: Users


class Outage(Event, kw_only=True, omit_defaults=True):
    """The whole state of one mass outage at one revision.

    `users` is an estimate of those who are out at the start. `steps` list restorations of a part; what is left comes
    back at `restored_at`. Planned work is counted apart. Without a status an outage is confirmed.
    """

    topic: ClassVar[str] = "outages"
    keyed_by: ClassVar[str] = "id"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at", "started_at", "expected_at", "restored_at")

    started_at: Moment
    scope: Scope
    services: Annotated[list[Service], msgspec.Meta(max_length=MAX_LISTED)] | None = None
    expected_at: Moment | None = None
    restored_at: Moment | None = None
    steps: Annotated[list[Step], msgspec.Meta(max_length=MAX_LISTED)] | None = None
    users: Users | None = None
    planned: bool | None = None
    owner: Label | None = None
    cause: Label | None = None
    status: OutageStatus | None = None

    def key(self) -> str:
        """Return the outage's id."""
        return self.id

    def happened_at(self) -> datetime:
        """Return when it started."""
        return self.started_at

    def days_ahead(self) -> int:
        """Return how long ahead planned work may be announced; what is not planned cannot be known before."""
        return PLANNED_DAYS_AHEAD if self.planned else super().days_ahead()

    def check(self) -> None:
        """Refuse a scope that names nothing or nonsense, times before the start, and steps above the users."""
        super().check()
        _check_scope(self.scope)
        check_not_before("restored_at", self.restored_at, "started_at", self.started_at)
        check_not_before("expected_at", self.expected_at, "started_at", self.started_at)
        if self.status == "restored" and self.restored_at is None:
            raise Refused("invalid", "restored_at", "is required for an outage whose status is restored")
        _check_steps(self.steps or [], self)


def _check_scope(scope: Scope) -> None:
    if not (scope.ranges or scope.prefixes or scope.sites):
        raise Refused("invalid", "scope", "names neither ranges nor prefixes nor sites")
    for place, (first, last) in enumerate(scope.ranges):
        if len(first) != len(last):
            raise Refused("invalid", f"scope.ranges[{place}]", "its two numbers differ in length")
        if first > last:
            raise Refused("invalid", f"scope.ranges[{place}]", "its last number is below its first")


def _check_steps(steps: Sequence[Step], outage: Outage) -> None:
    for place, step in enumerate(steps):
        check_year(f"steps[{place}].at", step.at)
        check_not_before(f"steps[{place}].at", step.at, "started_at", outage.started_at)
        if outage.restored_at is not None and step.at > outage.restored_at:
            raise Refused("invalid", f"steps[{place}].at", "is after restored_at")
    for place, (step, following) in enumerate(pairwise(steps), start=1):
        check_not_before(f"steps[{place}].at", following.at, "the step before it", step.at)
    most = _most_users(outage)
    if most is not None and sum(step.users for step in steps) > most:
        raise Refused("invalid", "steps", f"restore more users than the {most:,} that were out")


def _most_users(outage: Outage) -> int | None:
    """Return the users as given, else the size of the ranges; None where prefixes or sites hold nobody knows whom."""
    if outage.users is not None:
        return outage.users
    if outage.scope.prefixes or outage.scope.sites:
        return None
    return Numbers.of_ranges(outage.scope.ranges).size
