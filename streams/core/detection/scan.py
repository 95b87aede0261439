"""Names the cell and the time that explain a burst best: the expectation-based Poisson scan statistic.

For a cell with c reports since an instant, where a busy time brings e, the score is c ln(c / e) - (c - e): the
log-likelihood by which a burst explains them better than a busy time does. A leaf that holds the whole burst scores
higher than its parent, which expects more; a parent whose children all burn a little scores higher than each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log

import msgspec

from streams.core.detection.signals import CITY, CellPath
from streams.core.months import HOUR

SMALLEST_EXPECTED = 0.05
"""So much is expected at least, or one report at once would be infinitely surprising."""

Usual = Callable[[CellPath, int], float]
"""Tells how many lines an hour are usual in a cell at an instant."""
Busy = Callable[[float], float]
"""Tells how many a busy hour brings where so many are usual."""
SPREAD = 6.0
"""The rest of the city, without the cell that burns most, must score so much for a wave."""


class Found(msgspec.Struct, frozen=True):
    """A cell with its burst: since when, how many reports, how many were expected, and the score."""

    cell: CellPath
    since: int
    reports: int
    expected: float
    score: float


def score(reports: float, expected: float) -> float:
    """Return how much better a burst explains the reports than the usual does; 0 where they are not more."""
    if reports <= expected:
        return 0.0
    return reports * log(reports / expected) - (reports - expected)


def best_since(cell: CellPath, newest_first: Sequence[int], now: int, usual: Usual, busy: Busy) -> Found:
    """Return the burst in one cell, with reports at these instants, from new to old."""
    best = Found(cell, now, 0, 0.0, 0.0)
    expected = allowed = 0.0
    after = now
    for count, at in enumerate(newest_first, start=1):
        rate, hours = usual(cell, at), (after - at) / HOUR
        expected += rate * hours
        allowed += busy(rate) * hours
        after = at
        found = score(count, max(SMALLEST_EXPECTED, allowed))
        if found > best.score:
            best = Found(cell, at, count, expected, found)
    return best


def explain(
    reports: Mapping[CellPath, Sequence[int]], now: int, usual: Usual, busy: Busy, *, lines: int
) -> Found | None:
    """Return the cell that explains the burst best, the deeper one at equal score; the city only if it all burns.

    `reports` are the instants of each candidate's reports, from new to old; a cell needs `lines` of them.
    """
    found = [best_since(cell, instants, now, usual, busy) for cell, instants in reports.items()]
    ranked = sorted((each for each in found if each.reports >= lines), key=_rank)
    if not ranked:
        return None
    best = ranked[0]
    if best.cell == CITY and len(ranked) > 1 and not _is_spread(best, ranked[1], reports[ranked[1].cell], usual, now):
        return ranked[1]
    return best


def _is_spread(city: Found, hottest: Found, its_reports: Sequence[int], usual: Usual, now: int) -> bool:
    """Tell whether the city reports more than usual also without its hottest cell."""
    inside = sum(at >= city.since for at in its_reports)
    usual_inside = usual(hottest.cell, now) * (now - city.since) / HOUR
    return score(city.reports - inside, max(SMALLEST_EXPECTED, city.expected - usual_inside)) >= SPREAD


def _rank(found: Found) -> tuple[float, int, CellPath]:
    return -found.score, -len(found.cell), found.cell
