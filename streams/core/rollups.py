"""Rolls counts up over labels: from the cells that are tallied to the figures of any label subset."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from streams.core.contributions import MEASURES
from streams.core.contributions.measures import ALL, Labels, Measure

Counts = dict[str, dict[Labels, int]]
"""measure → label values in the measure's order → whole number."""


class WatchedCounts(Counts):
    """Counts that note by which labels each of their measures is rolled up."""

    def __init__(self, counts: Counts) -> None:
        """Take the counts."""
        super().__init__(counts)
        self.reads: dict[str, set[tuple[str, ...]]] = {}


def rolled_up(counts: Counts, measure_name: str, labels: Sequence[str]) -> dict[Labels, int]:
    """Return the numbers of a measure by `labels` (a subset of its own): values in that order → number.

    Distinct users are looked up, since they do not add up over labels; all else is summed.
    """
    measure = MEASURES[measure_name]
    cells = counts.get(measure_name, {})
    if isinstance(counts, WatchedCounts):
        counts.reads.setdefault(measure_name, set()).add(tuple(labels))
    places = [measure.labels.index(label) for label in labels]
    if counts_every_subset(measure):
        summed_over = [place for place in range(len(measure.labels)) if place not in places]
        return {
            tuple(values[place] for place in places): number
            for values, number in cells.items()
            if all(values[place] == ALL for place in summed_over) and all(values[place] != ALL for place in places)
        }
    totals: dict[Labels, int] = {}
    for values, number in cells.items():
        kept = tuple(values[place] for place in places)
        totals[kept] = totals.get(kept, 0) + number
    return totals


def counts_every_subset(measure: Measure) -> bool:
    """Tell whether a measure is tallied for every subset of its labels, since it cannot be summed (users)."""
    return measure.grain == "month"


def adds_up_over_days(measure: Measure) -> bool:
    """Tell whether a measure's number for some days is the sum of theirs: there is one per day, and no user in it."""
    return measure.grain in ("slot", "day")


def subsets(labels: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every subset of `labels`, the empty one first, each in the order of `labels`."""
    return [kept for size in range(len(labels) + 1) for kept in combinations(labels, size)]
