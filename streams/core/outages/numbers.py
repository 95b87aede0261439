"""Sets of subscriber numbers, kept as stretches: a set of a million numbers in a row costs as much as one of two.

Every number has a place on one line of integers, on which the numbers of a range lie side by side: first the digit
strings, shorter before longer, then whatever else stands where a number should (a directory's account names).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

import msgspec

LONGEST_NUMBER = 32
"""No message carries a longer number; a prefix covers numbers up to this length."""

_FIRST_WORD = 1 << 128
_MOST_DIGITS = 38
"""Any place of so many digits lies below `_FIRST_WORD`; no message carries a number as long."""

Stretch = tuple[int, int]


def place_of(number: str) -> int:
    """Return the number's place: "0123" and "123" have different ones, "123" and "124" lie side by side."""
    if is_digits(number) and len(number) <= _MOST_DIGITS:
        return int(f"1{number}")
    return _FIRST_WORD + int.from_bytes(b"\x01" + number.encode())


def number_at(place: int) -> str:
    """Return the number whose place it is."""
    if place < _FIRST_WORD:
        return str(place)[1:]
    word = place - _FIRST_WORD
    return word.to_bytes((word.bit_length() + 7) // 8)[1:].decode()


def is_digits(number: str) -> bool:
    """Tell whether it is a number as ranges and prefixes mean them: plain digits and nothing else."""
    return number.isascii() and number.isdigit()


class Numbers(msgspec.Struct, frozen=True):
    """A set of numbers: the disjoint stretches of their places, inclusive, in order, never touching each other."""

    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of_range(cls, first: str, last: str) -> Numbers:
        """Return the numbers from `first` to `last`, both among them; they are equally long."""
        return cls(((place_of(first), place_of(last)),))

    @classmethod
    def of_ranges(cls, ranges: Iterable[tuple[str, str]]) -> Numbers:
        """Return the numbers that lie in any of the ranges."""
        return cls(_joined((place_of(first), place_of(last)) for first, last in ranges))

    @classmethod
    def of_prefix(cls, prefix: str) -> Numbers:
        """Return the numbers of every length that begin with the digits `prefix`."""
        place, longer = place_of(prefix), range(LONGEST_NUMBER - len(prefix) + 1)
        return cls(tuple((place * 10**digits, (place + 1) * 10**digits - 1) for digits in longer))

    @classmethod
    def of_numbers(cls, numbers: Iterable[str]) -> Numbers:
        """Return the set of these numbers, in whatever order and however often they are named."""
        return cls.of_places(map(place_of, numbers))

    @classmethod
    def of_places(cls, places: Iterable[int]) -> Numbers:
        """Return the set of the numbers at these places."""
        return cls(_joined((place, place) for place in places))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(last - first + 1 for first, last in self.stretches)

    def contains(self, number: str) -> bool:
        """Tell whether `number` is among them."""
        place = place_of(number)
        position = bisect_right(self.stretches, place, key=itemgetter(0))
        return position > 0 and place <= self.stretches[position - 1][1]

    def without_lowest(self, count: int) -> Numbers:
        """Return what is left when the `count` numbers with the lowest places are taken away."""
        left = count
        for position, (first, last) in enumerate(self.stretches):
            if left <= last - first:
                return Numbers(((first + left, last), *self.stretches[position + 1 :]))
            left -= last - first + 1
        return Numbers()

    def __or__(self, other: Numbers) -> Numbers:
        return Numbers(_joined((*self.stretches, *other.stretches)))

    def __and__(self, other: Numbers) -> Numbers:
        return Numbers(tuple(_common(self.stretches, other.stretches)))

    def __sub__(self, other: Numbers) -> Numbers:
        return Numbers(tuple(_left(self.stretches, other.stretches)))

    def __bool__(self) -> bool:
        return bool(self.stretches)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over the stretches, as their first and last numbers."""
        return ((number_at(first), number_at(last)) for first, last in self.stretches)


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return stretches that overlap, touch or repeat each other as disjoint ones in order."""
    joined: list[Stretch] = []
    reach = -1
    for first, last in sorted(stretches):
        if first > reach + 1 or not joined:
            joined.append((first, last))
        elif last > reach:
            joined[-1] = (joined[-1][0], last)
        reach = max(reach, last)
    return tuple(joined)


def _common(these: tuple[Stretch, ...], those: tuple[Stretch, ...]) -> Iterator[Stretch]:
    this, that = 0, 0
    while this < len(these) and that < len(those):
        first = max(these[this][0], those[that][0])
        last = min(these[this][1], those[that][1])
        if first <= last:
            yield first, last
        if these[this][1] == last:
            this += 1
        else:
            that += 1


def _left(these: tuple[Stretch, ...], those: tuple[Stretch, ...]) -> Iterator[Stretch]:
    that = 0
    for first, last in these:
        begin = first
        while that < len(those) and those[that][1] < begin:
            that += 1
        taken = that
        while taken < len(those) and those[taken][0] <= last:
            if begin < those[taken][0]:
                yield begin, those[taken][0] - 1
            begin = those[taken][1] + 1
            taken += 1
        if begin <= last:
            yield begin, last
