"""The budget of a target: how many bad events a month may still have, and when today's pace has spent them."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Elapsed(NamedTuple):
    """A month and how much of it has gone by: its first instant, the one after its last, and now (microseconds)."""

    start: int
    end: int
    now: int

    def gone(self) -> int:
        """Return how much of the month has gone by, at most all of it; 0 before it begins."""
        return max(0, min(self.now, self.end) - self.start)


class Budget(NamedTuple):
    """How many bad events the month may have at the pace seen so far, how many of them are left (below 0: overspent).

    `spent_at` is the instant at which they are spent at that pace, None where the month ends before or is over.
    """

    allowed: Fraction
    left: Fraction
    spent_at: int | None


def budget(bad: int, total: int, allowed_ratio: Fraction, elapsed: Elapsed) -> Budget | None:
    """Return the budget of a month with `bad` of `total` events so far; None before the month has begun.

    The total of the whole month is expected from the pace so far.
    """
    gone, length = elapsed.gone(), elapsed.end - elapsed.start
    if gone == 0:
        return None
    allowed = allowed_ratio * Fraction(total * length, gone)
    spent_at = None
    if bad and gone < length:
        spent_after = int(gone * allowed / bad)
        spent_at = elapsed.start + spent_after if spent_after < length else None
    return Budget(allowed, allowed - bad, spent_at)
