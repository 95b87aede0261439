"""Which outage a report belongs to: by number or site, and by time; at most one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from streams.core.definitions import Definitions
from streams.core.events.base import INVALID_STATUSES, Event
from streams.core.events.outage import Outage, Scope
from streams.core.months import HOUR, NEVER, Calendar, instant_of
from streams.core.outages.rules import LONGEST_OUTAGE
from streams.core.outages.scope import covers

_ENCODE = msgspec.msgpack.Encoder().encode


class Window(NamedTuple):
    """An outage, and the instants [start, end] between which reports belong to it."""

    start: int
    end: int
    outage: Outage

    def takes(self) -> tuple[str, int, int, datetime, bytes]:
        """Return all that decides which reports the outage takes, and where they are counted."""
        return self.outage.id, self.start, self.end, self.outage.started_at, _ENCODE(self.outage.scope)

    def digest(self) -> str:
        """Return a name of what `takes` returns."""
        return blake2b(_ENCODE(self.takes()), digest_size=8).hexdigest()


def window_of(outage: Outage, definitions: Definitions, calendar: Calendar) -> Window:
    """Return from when until when an outage takes reports.

    The margin before its start does not reach back over a month's edge: what was reported in the month before may be
    closed while the outage's own month is still counted.
    """
    started = instant_of(outage.started_at)
    ended = started + LONGEST_OUTAGE if outage.restored_at is None else instant_of(outage.restored_at)
    ended = min(ended, started + LONGEST_OUTAGE)
    rules = definitions.outages
    earliest = calendar.month_start(calendar.month_of(started))
    return Window(max(started - rules.link_before(), earliest), ended + rules.link_after(), outage)


class Links:
    """The outages that are known, as reports look for theirs. Immutable; made anew when an outage changes."""

    def __init__(
        self,
        definitions: Definitions,
        calendar: Calendar,
        outages: Iterable[Outage] = (),
        told_at: Mapping[str, int] | None = None,
    ) -> None:
        """Take the outages known so far, in any order; rejected ones take no reports.

        `told_at` says when some of them were first told of, where that was before they were as they are known now.
        """
        self._told_at = told_at or {}
        self._directory = definitions.directory
        valid = (outage for outage in outages if outage.status not in INVALID_STATUSES)
        self._windows = sorted(
            (window_of(outage, definitions, calendar) for outage in valid),
            key=lambda window: (window.outage.started_at, window.outage.id),
            reverse=True,
        )
        self._in_hour = lru_cache(maxsize=4_096)(self._find_in_hour)

    @property
    def windows(self) -> Sequence[Window]:
        """The outages that take reports, and when; those that started last first."""
        return self._windows

    def told_at(self, outage: Outage) -> int:
        """Return when somebody first told of an outage, as far as that is known."""
        return min(instant_of(outage.updated_at), self._told_at.get(outage.id, NEVER))

    def __bool__(self) -> bool:
        """Tell whether any outage is known that takes reports."""
        return bool(self._windows)

    def outage_of(self, event: Event) -> Outage | None:
        """Return the outage that a valid ticket or complaint belongs to: of those that cover it the last to start."""
        reported_from = event.reported_from()
        if reported_from is None or getattr(event, "status", None) in INVALID_STATUSES:
            return None
        at = instant_of(event.happened_at())
        for start, end, outage in self._in_hour(at // HOUR):
            if start <= at <= end and self._covers(outage.scope, *reported_from, at):
                return outage
        return None

    def changed_since(self, before: Links) -> list[Outage]:
        """Return the outages that are other than `before`, in both versions."""
        ours, theirs = set(map(Window.takes, self._windows)), set(map(Window.takes, before._windows))
        changed = {identity for identity, *_ in ours ^ theirs}
        return [window.outage for window in (*self._windows, *before._windows) if window.outage.id in changed]

    def _find_in_hour(self, hour: int) -> tuple[Window, ...]:
        return tuple(
            window for window in self._windows if window.start < (hour + 1) * HOUR and window.end >= hour * HOUR
        )

    def _covers(self, scope: Scope, number: str, site: str | None, at: int) -> bool:
        if not site and scope.sites and self._directory is not None:
            site = self._directory.site_of(number, at)
        return covers(scope, number, site)


def may_cover(outage: Outage, number: str) -> bool:
    """Tell whether an outage can take reports of a number; False is certain, True where sites are to be looked at."""
    return bool(outage.scope.sites) or covers(outage.scope, number, None)
