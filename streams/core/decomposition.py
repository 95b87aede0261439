"""Tells which branch or brand made a rate change (by its mix, by its rate) or miss its target; all sums are exact.

`parts_of_change` and `parts_of_miss` take figures (numerator, denominator) by part and return exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

Figure = tuple[int, int]
"""Numerator and denominator."""


class PartOfChange(NamedTuple):
    """What one part added to a rate's change, as fractions of 1: by weighing more or less, and by its own rate."""

    mix: Fraction
    rate: Fraction


class Change(NamedTuple):
    """A rate's change, made up of its parts' mix and rate, and of a rest.

    The rest is 0 where the parts add up to the whole; users who count in two parts and once in the whole leave one.
    """

    whole: Fraction
    parts: dict[str, PartOfChange]
    rest: Fraction


class Miss(NamedTuple):
    """By how many cases a rate lies above a target, made up of its parts' cases and a rest (as in `Change`).

    Above 0: so many more than the target allows (or asks for) at the denominators as they are.
    """

    whole: Fraction
    parts: dict[str, Fraction]
    rest: Fraction


def parts_of_change(
    whole: tuple[Figure, Figure], now: Mapping[str, Figure], before: Mapping[str, Figure]
) -> Change | None:
    """Return how the parts made the whole's rate move from `whole[1]` (before) to `whole[0]` (now).

    A part's rate counts at the mean of its two weights, its weight at the mean of its two rates less that of the whole.
    A part that is there in one month only has no change of rate: all it adds is mix.
    Returns None where either month has nothing to divide by, in the whole or in all parts.
    """
    sums = _sum(now), _sum(before)
    if not all(denominator for _, denominator in (*whole, *sums)):
        return None
    middle = (Fraction(*sums[0]) + Fraction(*sums[1])) / 2
    parts = {}
    for name in sorted(now.keys() | before.keys()):
        figures = now.get(name, (0, 0)), before.get(name, (0, 0))
        if not any(denominator for _, denominator in figures):
            continue
        later, earlier = _rates(*figures)
        weights = Fraction(figures[0][1], sums[0][1]), Fraction(figures[1][1], sums[1][1])
        parts[name] = PartOfChange(
            mix=(weights[0] - weights[1]) * ((later + earlier) / 2 - middle),
            rate=(weights[0] + weights[1]) / 2 * (later - earlier),
        )
    change = Fraction(*whole[0]) - Fraction(*whole[1])
    return Change(change, parts, change - sum((part.mix + part.rate for part in parts.values()), Fraction()))


def parts_of_miss(whole: Figure, parts: Mapping[str, Figure], target: Fraction) -> Miss:
    """Return by how many cases the whole and each part lie above `target` (a fraction of 1), below it as negative."""
    above = {name: _above(figure, target) for name, figure in sorted(parts.items())}
    return Miss(_above(whole, target), above, _above(whole, target) - sum(above.values(), Fraction()))


def _above(figure: Figure, target: Fraction) -> Fraction:
    return figure[0] - target * figure[1]


def _rates(now: Figure, before: Figure) -> tuple[Fraction, Fraction]:
    """Return a part's two rates; one with nothing to divide by is taken to be as the other."""
    later = Fraction(*(now if now[1] else before))
    return later, Fraction(*before) if before[1] else later


def _sum(figures: Mapping[str, Figure]) -> Figure:
    return sum(figure[0] for figure in figures.values()), sum(figure[1] for figure in figures.values())
