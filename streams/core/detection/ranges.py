"""Names the tightest number ranges, or the prefixes, that hold the lines of a burst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import msgspec

WIDEST = 4
"""A place has at most so many digits left open (10,000 numbers): more numbers than that are no place."""
MOST_RANGES = 3
FILLED = 0.6
"""A range that covers this share of a prefix is called by the prefix."""
_STRAYS = 0.1
_LEAST = 3.0


class Numbers(msgspec.Struct, frozen=True):
    """Ranges (first, last), both included, and prefixes."""

    ranges: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()


def tightest(lines: Iterable[str]) -> Numbers:
    """Return the numbers that explain these lines; none where they are no digits, or lie far apart.

    A few lines outside are taken for strays: the usual tickets of the same cell.
    """
    numbers = _of_one_length(lines)
    place = _place(numbers)
    if place is None:
        return Numbers()
    inside = sorted(int(number) for number in numbers if number.startswith(place))
    digits = len(numbers[0])
    extent = 10 ** (digits - len(place))
    ranges: list[tuple[str, str]] = []
    prefixes: list[str] = []
    rest = inside
    while len(rest) >= _LEAST and len(rest) > _STRAYS * len(inside) and len(ranges) + len(prefixes) < MOST_RANGES:
        found = _interval(rest, extent)
        if found is None:
            if rest is inside:
                prefixes.append(place)
            break
        first, last = (f"{number:0{digits}}" for number in found)
        prefix = _filled(first, last)
        if prefix is None:
            ranges.append((first, last))
        else:
            prefixes.append(prefix)
        rest = [number for number in rest if not found[0] <= number <= found[1]]
    return Numbers(tuple(sorted(ranges)), tuple(sorted(prefixes)))


def _of_one_length(lines: Iterable[str]) -> list[str]:
    """Return the lines of the commonest length among those that are digits."""
    digits = sorted({line for line in lines if line.isascii() and line.isdigit()})
    if not digits:
        return []
    length = max(Counter(map(len, digits)).items(), key=lambda item: (item[1], item[0]))[0]
    return [line for line in digits if len(line) == length]


def _place(numbers: Sequence[str]) -> str | None:
    """Return the longest prefix that holds all numbers but strays, None if it leaves too many digits open."""
    if len(numbers) < _LEAST:
        return None
    strays = int(_STRAYS * len(numbers))
    digits = len(numbers[0])
    for length in range(digits - 1, max(0, digits - WIDEST) - 1, -1):
        prefix, count = max(Counter(number[:length] for number in numbers).items(), key=lambda item: (item[1], item[0]))
        if count >= len(numbers) - strays:
            return prefix
    return None


def _interval(numbers: Sequence[int], extent: int) -> tuple[int, int] | None:
    """Return the interval that holds far more of the numbers than its width would, None if they lie evenly."""
    total = len(numbers)
    best, found = _LEAST + 2 * log(total), None
    for low in range(total):
        for high in range(low + 2, total):
            share = min(1.0, (numbers[high] - numbers[low] + 1) / extent)
            gain = _gain(high - low + 1, total, share)
            if gain > best:
                best, found = gain, (numbers[low], numbers[high])
    return found


def _gain(inside: int, total: int, share: float) -> float:
    """Return the log-likelihood by which an interval with this share of the width explains `inside` of `total`."""
    if inside <= total * share:
        return 0.0
    gain = inside * log(inside / (total * share))
    outside = total - inside
    if outside:
        gain += outside * log(outside / (total * (1 - share)))
    return gain


def _filled(first: str, last: str) -> str | None:
    differing = next(place for place, digit in enumerate(first) if digit != last[place])
    prefix = first[:differing]
    open_digits = len(first) - len(prefix)
    if 0 < open_digits <= WIDEST and int(last) - int(first) + 1 >= FILLED * 10**open_digits:
        return prefix
    return None
