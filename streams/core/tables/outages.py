"""Chapter 3.4: the mass outages that began in the month, with their users, how long they lasted, and what was out."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from streams.core.contributions.outages import OUTAGES, read
from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.months import Calendar, instant_of
from streams.core.outages.course import groups_of, user_microseconds, users_of
from streams.core.outages.figures import hours
from streams.core.tables.month import MonthFigures


def table(month: MonthFigures) -> list[dict[str, Any]]:
    """Return the chapter's table: a row per outage, by its start; neither planned work nor what is only suspected.

    The branch is the one that is stated. An outage that is not over has no hours yet.
    """
    outages = [read(label) for label in month.by_label(OUTAGES.name, "outage")]
    calendar = Calendar(month.definitions.timezone)
    return [
        _row(outage, month.definitions, calendar)
        for outage in sorted(outages, key=lambda one: (one.started_at, one.id))
        if not outage.planned and outage.status != "suspected"
    ]


def _row(outage: Outage, definitions: Definitions, calendar: Calendar) -> dict[str, Any]:
    started, users = instant_of(outage.started_at), users_of(outage, definitions).total
    lasted = user_hours = None
    if outage.restored_at is not None:
        restored = instant_of(outage.restored_at)
        lasted = hours(restored - started)
        if users is not None:
            user_hours = hours(user_microseconds(groups_of(outage, users), started, started, restored))
    return {
        "date": date.fromisoformat(calendar.day_of(started)),
        "branch": outage.branch,
        # As JSON has it, and so as a printed report's file does: lists, no tuples.
        "scope": msgspec.json.decode(msgspec.json.encode(outage.scope)),
        "users": users,
        "hours": lasted,
        "user_hours": user_hours,
        "services": list(outage.services or ()),
    }
