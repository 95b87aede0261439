"""Judges figures against targets: which target is in force for a figure, and whether the figure meets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Target

TIERS = ("province", "city")

Verdict = Literal["met", "missed", "no_data", "too_few", "no_target"]
"""The last three are states of their own: none of them is "met"."""


def target_for(
    targets: Iterable[Target], indicator: str, labels: Mapping[str, str], tier: str, day: date
) -> Target | None:
    """Return the target of `tier` in force on `day` for a figure with these labels, None where there is none.

    A target judges every figure that fixes all of its labels to its values (one for brand E8 also judges E8 in 简阳);
    of several the one with the most labels counts.
    """
    fitting = [
        target
        for target in targets
        if target.indicator == indicator
        and target.tier == tier
        and target.valid_from <= day
        and (target.valid_to is None or day < target.valid_to)
        and target.labels.items() <= labels.items()
    ]
    return max(fitting, key=lambda target: (len(target.labels), sorted(target.labels.items())), default=None)


def verdict(indicator: Indicator, numerator: int, denominator: int, target: Target | None) -> Verdict:
    """Return how a figure stands against a target, by exact fractions; meeting it exactly is meeting it."""
    if denominator == 0:
        return "no_data"
    if denominator < indicator.smallest_sample:
        return "too_few"
    if target is None:
        return "no_target"
    distance = Fraction(numerator, denominator) - Fraction(target.ratio)
    return "met" if (distance >= 0 if indicator.better == "higher" else distance <= 0) else "missed"


def verdicts(
    targets: Iterable[Target],
    indicator: Indicator,
    labels: Mapping[str, str],
    figure: tuple[int, int],
    day: date,
) -> dict[str, Verdict]:
    """Return tier → verdict for a figure (numerator, denominator) of the period whose last day is `day`."""
    return {tier: verdict(indicator, *figure, target_for(targets, indicator.id, labels, tier, day)) for tier in TIERS}
