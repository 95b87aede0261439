"""What the catalogue's entries are: indicators (ratios), counts, levels and top lists, each over tallied measures."""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.core.contributions.measures import Labels
from streams.core.rollups import Counts, rolled_up

Window = Literal["5m", "1h", "24h", "7d", "month", "last_month"]
"""A length of time up to the clock, the clock's month so far, or the whole month before it."""

RollUps = tuple[tuple[str, ...], ...]

Text = dict[Literal["zh", "en"], str]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What every entry has: an id, names by language, its dimensions, and the subsets of them that metrics show."""

    id: str
    names: Text
    labels: tuple[str, ...]
    roll_ups: RollUps


class Indicator(Entry, frozen=True, kw_only=True):
    """A ratio of two measures, made last, as Σ numerator / Σ denominator.

    `better` says on which side of a target it should lie; below `smallest_sample` (of the denominator) it is not
    judged. `runbook` tells who is on duty what to do when it goes wrong.
    """

    numerator: str
    denominator: str
    windows: tuple[Window, ...]
    better: Literal["higher", "lower"]
    runbook: Text
    smallest_sample: int = 0

    def figures(self, counts: Counts, labels: tuple[str, ...]) -> dict[Labels, tuple[int, int]]:
        """Return (numerator, denominator) by the values of `labels`, wherever the denominator is not 0."""
        numerators = rolled_up(counts, self.numerator, labels)
        denominators = rolled_up(counts, self.denominator, labels)
        return {values: (numerators.get(values, 0), number) for values, number in denominators.items() if number}


class Count(Entry, frozen=True, kw_only=True):
    """A plain count of what happened in a window."""

    measure: str
    windows: tuple[Window, ...]


class Level(Entry, frozen=True, kw_only=True):
    """How many there are now."""

    measure: str


class TopList(Entry, frozen=True, kw_only=True):
    """The most frequent values of the label `listed` within the labels of the entry; the first `size` are printed."""

    measure: str
    listed: str
    size: int
