"""Outages as tests write them: times as minutes after `T0`, everything else as events have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage, Scope, Step
from streams.core.months import MINUTE, datetime_of
from streams.core.outages.directory import Directory
from streams.core.outages.rules import OutageRules
from tests.core.story import definitions as small_definitions
from tests.core.story import instant

T0 = instant("2009-07-01T00:00:00+08:00")


def at(minutes: int) -> int:
    """Return the instant so many minutes after T0."""
    return T0 + minutes * MINUTE


def ranged(*ranges: tuple[str, str]) -> Scope:
    """Return a scope of ranges alone."""
    return Scope(ranges=list(ranges))


def outage(
    identity: str,
    scope: Scope,
    started: int,
    restored: int | None = None,
    steps: Sequence[tuple[int, int]] = (),
    **others: Any,
) -> Outage:
    """Return a checked outage; `started`, `restored` and the times of `steps` (minute, users) are minutes after T0."""
    made = Outage(
        id=identity,
        revision=0,
        updated_at=datetime_of(T0),
        started_at=datetime_of(at(started)),
        scope=scope,
        restored_at=None if restored is None else datetime_of(at(restored)),
        steps=[Step(at=datetime_of(at(minute)), users=users) for minute, users in steps],
        **others,
    )
    made.check()
    return made


def definitions(directory: Directory | None = None, rules: OutageRules | None = None) -> Definitions:
    """Return small definitions: 662 is 安岳's, 663 is 现业's, with a directory and rules if wanted."""
    return msgspec.structs.replace(
        small_definitions(ledger_months=2), directory=directory, outages=rules or OutageRules()
    )
