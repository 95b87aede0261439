"""What the settings say about outages: how far reports are linked, how grave one is, what must be reported to whom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

import msgspec

from streams.core.months import DAY, MINUTE

LONGEST_OUTAGE = 62 * DAY
"""An outage that nobody restores takes no more reports after so long: its copies must not be kept for ever."""


Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=10 * 365 * 24 * 60)]


class Severity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of outages: it begins at so many users out, or so many user-hours, whichever is reached first."""

    id: str
    names: dict[str, str]
    users: Count
    user_hours: Count

    def is_above(self, other: Severity) -> bool:
        """Tell whether it begins later than another, by either measure."""
        return self.users > other.users and self.user_hours > other.user_hours


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty to report: due once at least `users` were out for `minutes`, and `user_minutes` came up (0: no matter).

    `within_minutes` is the time to report from then on; 0 is at once.
    """

    id: str
    names: dict[str, str]
    users: Count = 0
    minutes: Minutes = 0
    user_minutes: Count = 0
    within_minutes: Minutes = 0


class OutageRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules; margins in minutes. Severities from the least to the gravest; the first begins at nothing."""

    link_before_minutes: Minutes = 30
    link_after_minutes: Minutes = 30
    severities: tuple[Severity, ...] = ()
    duties: tuple[Duty, ...] = ()

    def counted(self) -> tuple[int, int]:
        """Return the part that changes what is counted."""
        return self.link_before_minutes, self.link_after_minutes

    def problems(self) -> Iterator[str]:
        """Return what contradicts itself, each as the field and the reason."""
        for field, rules in (("severities", self.severities), ("duties", self.duties)):
            for identity, following in pairwise(sorted(rule.id for rule in rules)):
                if identity == following:
                    yield f"{field}: {identity!r} stands twice"
        for place, severity in enumerate(self.severities):
            if place == 0 and (severity.users or severity.user_hours):
                yield "severities[0]: has to begin at users: 0 and user_hours: 0, or a small outage has no class"
            if place > 0 and not severity.is_above(self.severities[place - 1]):
                yield f"severities[{place}]: has to begin at more users and more user_hours than the one before it"
        for place, duty in enumerate(self.duties):
            if not (duty.users or duty.minutes or duty.user_minutes):
                yield f"duties[{place}]: give users, minutes or user_minutes, so that it can be reached"

    def link_before(self) -> int:
        """Return how long before its start (microseconds) an outage takes reports."""
        return self.link_before_minutes * MINUTE

    def link_after(self) -> int:
        """Return how long after its end (microseconds) an outage takes reports."""
        return self.link_after_minutes * MINUTE
