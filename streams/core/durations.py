"""How long restorations took: exact mean, and nearest-rank percentiles in whole minutes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from streams.core.contributions.faults import RESTORATION_MICROSECONDS, RESTORATION_MINUTES
from streams.core.contributions.measures import Labels
from streams.core.months import SECOND
from streams.core.rollups import Counts, rolled_up

MINUTES_LABEL = RESTORATION_MINUTES.labels[-1]
"""The label of the measure that says how many whole minutes a restoration took."""

DURATION_MEASURES = frozenset((RESTORATION_MICROSECONDS.name, RESTORATION_MINUTES.name))


class Durations(msgspec.Struct, frozen=True, kw_only=True):
    """Time from report to restoration over some restored tickets; held time is not taken off."""

    restored: int
    mean_seconds: Fraction
    median_minutes: int
    p80_minutes: int
    p95_minutes: int
    max_minutes: int


def durations(counts: Counts, labels: Sequence[str]) -> dict[Labels, Durations]:
    """Return the durations by the values of `labels`; there are none where nothing is restored."""
    sums = rolled_up(counts, RESTORATION_MICROSECONDS.name, labels)
    tickets_by_minutes: dict[Labels, dict[int, int]] = {}
    for (*values, minutes), tickets in rolled_up(counts, RESTORATION_MINUTES.name, (*labels, MINUTES_LABEL)).items():
        tickets_by_minutes.setdefault(tuple(values), {})[int(minutes)] = tickets
    return {values: _durations(sums.get(values, 0), tickets) for values, tickets in tickets_by_minutes.items()}


def _durations(microseconds: int, tickets_by_minutes: dict[int, int]) -> Durations:
    restored = sum(tickets_by_minutes.values())
    ordered = sorted(tickets_by_minutes.items())
    return Durations(
        restored=restored,
        mean_seconds=Fraction(microseconds, restored * SECOND),
        median_minutes=_nearest_rank(ordered, restored, 50),
        p80_minutes=_nearest_rank(ordered, restored, 80),
        p95_minutes=_nearest_rank(ordered, restored, 95),
        max_minutes=ordered[-1][0],
    )


def _nearest_rank(ordered: list[tuple[int, int]], total: int, percent: int) -> int:
    """Return the smallest minutes that at least `percent` of the tickets do not exceed."""
    rank = -(-percent * total // 100)
    reached = 0
    for minutes, tickets in ordered:
        reached += tickets
        if reached >= rank:
            return minutes
    raise AssertionError("the last ticket reaches every rank")
