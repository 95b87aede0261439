"""The Wilson interval: how far a share of few answers may lie from the one that many would give."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

Z = 1.959963984540054
"""The standard normal's quantile at 97.5 %: the interval holds the true share in 95 of 100 samples."""


def wilson_interval(successes: int, trials: int) -> tuple[Fraction, Fraction]:
    """Return the 95 % interval of the share `successes` / `trials`, as fractions of 1; of no trials, 0 to 1."""
    if trials == 0:
        return Fraction(0), Fraction(1)
    middle = successes + Z * Z / 2
    reach = Z * sqrt(successes * (trials - successes) / trials + Z * Z / 4)
    low, high = ((middle + side * reach) / (trials + Z * Z) for side in (-1, 1))
    return max(Fraction(0), Fraction(low)), min(Fraction(1), Fraction(high))
