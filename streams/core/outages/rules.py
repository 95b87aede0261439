"""What the settings say about outages: how far reports are linked, how grave one is, what must be reported to whom."""

from __future__ import annotations

import msgspec

from streams.core.months import DAY, MINUTE

LONGEST_OUTAGE = 62 * DAY
"""An outage that nobody restores takes no more reports after so long: its copies must not be kept for ever."""


class Severity(msgspec.Struct, frozen=True, kw_only=True):
    """A class of outages: it begins at so many users out, or so many user-hours, whichever is reached first."""

    id: str
    names: dict[str, str]
    users: int
    user_hours: int


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """A duty to report: due when at least `users` were out for `minutes`, and `user_minutes` are reached (0: no matter).

    `within_minutes` is the time to report from then on; 0 is at once.
    """

    id: str
    names: dict[str, str]
    users: int = 0
    minutes: int = 0
    user_minutes: int = 0
    within_minutes: int = 0


class OutageRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules; margins in minutes. Severities from the least to the gravest; the first begins at nothing."""

    link_before_minutes: int = 30
    link_after_minutes: int = 30
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
