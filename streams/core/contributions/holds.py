"""Held time: how it moves a due, whether a clock stands still now, and when that changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streams.core.events.base import Period
from streams.core.months import NEVER, instant_of


def moved_by_holds(due: int, begun: int, holds: Sequence[Period] | None) -> int:
    """Return the instant up to which something begun at `begun` is in time, NEVER under a hold that has no end.

    Held time stops the clock: every hold that begins before the due moves it by its length, holds taken in order,
    merged, and clipped at `begun`.
    """
    if not holds:
        return due
    counted_up_to = begun
    for start, end in sorted(map(_edges, holds)):
        begins = max(start, counted_up_to)
        if begins >= due:
            break
        if end == NEVER:
            return NEVER
        due += max(0, end - begins)
        counted_up_to = max(counted_up_to, end)
    return due


def is_held(holds: Sequence[Period] | None, now: int) -> bool:
    """Tell whether one of the holds lasts at the instant `now`; it does from its first instant up to its end."""
    return any(start <= now < end for start, end in map(_edges, holds or ()))


def hold_edges(holds: Sequence[Period] | None) -> Iterator[int]:
    """Yield the instants at which holds begin and end."""
    for start, end in map(_edges, holds or ()):
        yield start
        if end != NEVER:
            yield end


def _edges(hold: Period) -> tuple[int, int]:
    return instant_of(hold.start), NEVER if hold.end is None else instant_of(hold.end)
