"""Writes ratios of whole numbers as decimals, rounded half up once, from the exact fraction."""

from __future__ import annotations

from fractions import Fraction

import msgspec

RATIO_PLACES = 6
PERCENT_PLACES = 2


def decimal_text(value: Fraction, places: int) -> str:
    """Return `value` with `places` decimals, half up (by amount below 0)."""
    if value < 0:
        return f"-{decimal_text(-value, places)}"
    scaled = (2 * value.numerator * 10**places + value.denominator) // (2 * value.denominator)
    digits = str(scaled).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def ratio_text(numerator: int, denominator: int) -> str | None:
    """Return the ratio as a decimal fraction of 1, None when there is nothing to divide by."""
    return decimal_text(Fraction(numerator, denominator), RATIO_PLACES) if denominator else None


def percent(numerator: int, denominator: int) -> float | None:
    """Return the ratio in percent as printed tables have it, to two decimals; None when the denominator is 0."""
    return float(decimal_text(Fraction(100 * numerator, denominator), PERCENT_PLACES)) if denominator else None


def change_in_points(now: tuple[int, int], before: tuple[int, int]) -> str | None:
    """Return how many percentage points (two decimals) one ratio (numerator, denominator) lies above an earlier one.

    None where either has nothing to divide by.
    """
    if not (now[1] and before[1]):
        return None
    text = decimal_text(100 * (Fraction(*now) - Fraction(*before)), PERCENT_PLACES)
    return text if text.strip("-0.") else text.removeprefix("-")


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """So many of so many; `ratio` is a decimal fraction of 1, None where the denominator is 0."""

    numerator: int
    denominator: int
    ratio: str | None

    @classmethod
    def of(cls, figure: tuple[int, int]) -> Ratio:
        """Return the ratio of a figure (numerator, denominator)."""
        return cls(numerator=figure[0], denominator=figure[1], ratio=ratio_text(*figure))
