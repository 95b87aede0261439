"""Makes an outage's next revision for those who declare, change, restore or reject it, checked like any message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from streams.core.definitions import Definitions
from streams.core.events import READERS, Refused
from streams.core.events.base import INVALID_STATUSES
from streams.core.events.outage import PLANNED_DAYS_AHEAD, Outage, Scope, Step
from streams.core.months import instant_of
from streams.core.outages.impact import OutageImpact, assess
from streams.core.outages.numbers import Numbers
from streams.core.outages.scope import meant_numbers


class CannotRevise(Exception):
    """The outage cannot be changed in that way; the message says why, and what to do."""


def written(outage: Outage) -> bytes:
    """Return an outage as a message's value; raises Refused where it would be refused."""
    days = outage.days_ahead()
    if outage.started_at > outage.updated_at + timedelta(days=days):
        raise Refused(
            "in_future", "started_at", f"lies more than {days} days ahead (planned work: {PLANNED_DAYS_AHEAD})"
        )
    value = msgspec.json.encode(outage)
    READERS[Outage.topic].read(value)
    return value


def changed(outage: Outage, now: datetime, **changes: Any) -> Outage:
    """Return the outage's next revision, with other fields as named; raises CannotRevise for a rejected one."""
    if outage.status in INVALID_STATUSES:
        raise CannotRevise(f"{outage.id} was rejected: declare it again under another id")
    return msgspec.structs.replace(outage, revision=outage.revision + 1, updated_at=now, **changes)


def restored(outage: Outage, at: datetime, now: datetime, users: int | None = None) -> Outage:
    """Return the outage as over since `at`; with `users`, so many of them have service again from then on."""
    if users is None:
        return changed(outage, now, status="restored", restored_at=at)
    steps = sorted([*(outage.steps or ()), Step(at=at, users=users)], key=lambda step: step.at)
    return changed(outage, now, steps=steps)


def rejected(outage: Outage, now: datetime, reason: str | None) -> Outage:
    """Return the outage as one that never was, for a `reason`."""
    return changed(outage, now, status="rejected", **({} if reason is None else {"cause": reason}))


def impact_alone(outage: Outage, definitions: Definitions) -> OutageImpact | None:
    """Return what an outage that is over cost, or who is out as an open one begins; None for a rejected one."""
    started = instant_of(outage.started_at)
    ended = started if outage.restored_at is None else instant_of(outage.restored_at)
    impacts = assess([outage], definitions, started, max(ended, started + 1), ended).outages
    return impacts[0] if impacts else None


def overlapping(outage: Outage, others: Iterable[Outage], definitions: Definitions) -> list[Outage]:
    """Return those of the others that are not over as `outage` begins, and whose scope has a part of its own.

    Nothing is worth telling of an outage that is itself over, or never was.
    """
    if outage.status in INVALID_STATUSES or outage.restored_at is not None:
        return []
    return [
        other
        for other in others
        if other.id != outage.id
        and other.status not in INVALID_STATUSES
        and (other.restored_at is None or other.restored_at > outage.started_at)
        and _meet(outage, other, definitions)
    ]


def _meet(one: Outage, other: Outage, definitions: Definitions) -> bool:
    if set(one.scope.sites) & set(other.scope.sites):
        return True
    return bool(_numbers(one, definitions) & _numbers(other, definitions))


def _numbers(outage: Outage, definitions: Definitions) -> Numbers:
    """Return all numbers that the scope can mean: those named, and those that the directory knows at its sites."""
    scope: Scope = outage.scope
    numbers = meant_numbers(scope)
    if scope.sites and definitions.directory is not None:
        numbers |= definitions.directory.in_scope(Scope(sites=scope.sites), instant_of(outage.started_at))
    return numbers
