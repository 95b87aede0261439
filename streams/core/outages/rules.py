"""What the settings say about outages: how far reports are linked, how grave one is, what must be reported to whom."""

from __future__ import annotations

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


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty to report: due when at least `users` were out for `minutes`, and `user_minutes` are reached (0: no matter).

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

    def link_before(self) -> int:
        """Return how long before its start (microseconds) an outage takes reports."""
        return self.link_before_minutes * MINUTE

    def link_after(self) -> int:
        """Return how long after its end (microseconds) an outage takes reports."""
        return self.link_after_minutes * MINUTE
