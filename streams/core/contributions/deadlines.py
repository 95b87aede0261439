"""What falls due soon: open work whose deadline lies within the next two hours, and when that changes by itself."""

from __future__ import annotations

from streams.core.months import HOUR, NEVER

SOON = 2 * HOUR


def is_due_soon(due: int, now: int) -> bool:
    """Tell whether a deadline has not passed at `now` (microseconds), and will have within SOON."""
    return now <= due <= now + SOON


def deadline_edges(due: int) -> list[int]:
    """Return the instants at which open work becomes due soon, and overdue; none for what never falls due."""
    return [] if due == NEVER else [due - SOON, due + 1]
