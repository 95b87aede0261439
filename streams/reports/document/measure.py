"""How much room text takes, without a type face at hand: Chinese characters are square, others narrower."""

from __future__ import annotations

import math
import unicodedata
from itertools import pairwise

CAPITAL, NARROW = 0.72, 0.56
"""Widths of a capital, and of any other Latin letter, digit or sign, as parts of the type size."""
BOLD = 1.12
"""How much wider a Latin letter, digit or sign is in bold; Chinese characters are as wide."""
BETWEEN_SCRIPTS = 0.25
"""What office programs put between a Chinese character and a Latin one beside it."""


def text_width(text: str, *, is_bold: bool = False) -> float:
    """Return the width of a text's widest line, as a multiple of its type size."""
    return max(_line_width(line) + (_bold_adds(line) if is_bold else 0) for line in text.split("\n"))


def _bold_adds(line: str) -> float:
    return (BOLD - 1) * sum(_letter_width(letter) for letter in line if not _is_wide(letter))


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a column `width` times as wide as its type size."""
    if width <= 1:
        return max(1, len(text))
    return sum(max(1, math.ceil(_line_width(line) / width)) for line in text.split("\n"))


def _line_width(line: str) -> float:
    joints = sum(_is_wide(one) != _is_wide(other) and not f"{one}{other}".count(" ") for one, other in pairwise(line))
    return sum(map(_letter_width, line)) + BETWEEN_SCRIPTS * joints


def _letter_width(letter: str) -> float:
    if _is_wide(letter):
        return 1.0
    return CAPITAL if letter.isupper() else NARROW


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WFA"
