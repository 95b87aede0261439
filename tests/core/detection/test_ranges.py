"""The tightest numbers that explain a burst's lines."""

from __future__ import annotations

from random import Random

from streams.core.detection.ranges import Numbers, tightest


def _some(first: int, last: int, count: int) -> list[str]:
    return [str(number) for number in Random(7).sample(range(first, last + 1), count)]


def test_neighbouring_numbers_are_a_range() -> None:
    """Lines from 128 of a thousand numbers are named by the lowest and the highest of them."""
    lines = _some(6182560, 6182687, 40)
    assert tightest(lines) == Numbers(ranges=((min(lines), max(lines)),))


def test_a_stray_line_widens_no_range() -> None:
    """One usual ticket of the same block is not taken for part of the burst."""
    lines = _some(6182560, 6182687, 40)
    assert tightest([*lines, "6182011"]) == tightest(lines)


def test_lines_all_over_a_block_are_its_prefix() -> None:
    """Where numbers lie evenly, the prefix says it better than a range."""
    assert tightest(_some(7651000, 7651999, 60)) == Numbers(prefixes=("7651",))


def test_two_ranges_are_named_apart() -> None:
    """A burst in two places of one exchange has two ranges, in their order."""
    found = tightest([*_some(6632010, 6632050, 30), *_some(6638510, 6638550, 30)])
    assert [first[:4] for first, _ in found.ranges] == ["6632", "6638"]


def test_a_range_that_fills_a_prefix_is_called_by_it() -> None:
    """The hundred numbers of 66320 are that prefix."""
    assert tightest(_some(6632000, 6632099, 60)) == Numbers(prefixes=("66320",))


def test_numbers_that_lie_far_apart_name_nothing() -> None:
    """A site's lines may have any numbers; nothing is made of them."""
    assert tightest(_some(6000000, 6999999, 60)) == Numbers()


def test_lines_that_are_no_numbers_name_nothing() -> None:
    """Lines may be called anything; only digits of one length are numbers."""
    assert tightest(["a", "b", "c", "d"]) == Numbers()
    assert tightest([]) == Numbers()


def test_numbers_of_the_commonest_length_count() -> None:
    """Mobile numbers among local ones are left out, and leading zeros stay."""
    assert tightest([*(f"0{number}" for number in _some(182560, 182687, 40)), "13506912345"]).ranges[0][0][0] == "0"
