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
    judged. `runbook` tells who is on duty what to do when it goes wrong. `undivided` names labels by which the
    numerator alone is divided: each part is a share of the whole. `where` fixes labels of the measures that are none of
    the entry's. `settles_after` is how long (microseconds) after a month's end its figure may still change by what
    happens then; `may_be_appealed` says that a finding may be turned round as long as the month is not closed.
    """

    numerator: str
    denominator: str
    windows: tuple[Window, ...]
    better: Literal["higher", "lower"]
    runbook: Text
    smallest_sample: int = 0
    undivided: tuple[str, ...] = ()
    where: dict[str, str] = {}
    settles_after: int = 0
    may_be_appealed: bool = False

    def figures(self, counts: Counts, labels: tuple[str, ...]) -> dict[Labels, tuple[int, int]]:
        """Return (numerator, denominator) by the values of `labels`, wherever the denominator is not 0."""
        numerators = self._numbers(counts, self.numerator, labels)
        dividing = tuple(label for label in labels if label not in self.undivided)
        denominators = self._numbers(counts, self.denominator, dividing)
        if dividing == labels:
            return {values: (numerators.get(values, 0), number) for values, number in denominators.items() if number}
        places = [labels.index(label) for label in dividing]
        wholes = {values: denominators.get(tuple(values[place] for place in places), 0) for values in numerators}
        return {values: (numerators[values], number) for values, number in wholes.items() if number}

    def _numbers(self, counts: Counts, measure: str, labels: tuple[str, ...]) -> dict[Labels, int]:
        wanted = tuple(self.where.values())
        numbers = rolled_up(counts, measure, (*labels, *self.where))
        return {values[: len(labels)]: number for values, number in numbers.items() if values[len(labels) :] == wanted}


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
