"""Sets of numbers: the same as Python's sets, at the cost of their stretches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.core.outages.numbers import Numbers, number_at, place_of

LENGTHS = (2, 3)
WORDS = ("adsl1", "adsl2", "z", "宽带7", "1a")


def _all_of(first: str, last: str) -> set[str]:
    return {str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)}


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, str]:
    """Draw an inclusive range of short numbers, so that ranges meet."""
    length = draw(st.sampled_from(LENGTHS))
    first, last = sorted(draw(st.lists(st.integers(0, 10**length - 1), min_size=2, max_size=2)))
    return str(first).zfill(length), str(last).zfill(length)


@st.composite
def sets(draw: st.DrawFn) -> tuple[Numbers, set[str]]:
    """Draw a set of numbers, as ours and as Python's."""
    drawn = draw(st.lists(ranges(), max_size=4))
    single = draw(st.lists(st.sampled_from((*WORDS, "07", "7", "007", "008")), max_size=4))
    ours = Numbers.of_ranges(drawn) | Numbers.of_numbers(single)
    return ours, set(single).union(*(_all_of(first, last) for first, last in drawn))


def _listed(numbers: Numbers) -> set[str]:
    return {number_at(place) for first, last in numbers.stretches for place in range(first, last + 1)}


@given(sets(), sets())
def test_union_intersection_and_difference_are_those_of_sets(
    one: tuple[Numbers, set[str]], other: tuple[Numbers, set[str]]
) -> None:
    """What is in both, in either or in one alone is what Python says; the size is a count."""
    (ours, theirs), (more_ours, more_theirs) = one, other
    assert _listed(ours) == theirs
    assert _listed(ours | more_ours) == theirs | more_theirs
    assert _listed(ours & more_ours) == theirs & more_theirs
    assert _listed(ours - more_ours) == theirs - more_theirs
    assert ours.size == len(theirs)
    assert bool(ours) == bool(theirs)


@given(sets(), sets())
def test_equal_sets_are_equal_however_they_came_about(
    one: tuple[Numbers, set[str]], other: tuple[Numbers, set[str]]
) -> None:
    """Each set of numbers has one form: stretches in order that do not touch."""
    (ours, theirs), (more_ours, more_theirs) = one, other
    assert (ours == more_ours) == (theirs == more_theirs)
    assert (ours - more_ours) | (ours & more_ours) == ours
    assert ours | more_ours == more_ours | ours == Numbers.of_numbers(theirs | more_theirs)
    assert all(first > last + 1 for (_, last), (first, _) in zip(ours.stretches, ours.stretches[1:], strict=False))


@given(sets(), st.integers(0, 1_200))
def test_the_lowest_are_taken_away_first(drawn: tuple[Numbers, set[str]], count: int) -> None:
    """Shorter numbers are lower, among equally long ones the smaller; names come last."""
    ours, theirs = drawn
    assert _listed(ours.without_lowest(count)) == set(sorted(theirs, key=place_of)[count:])


@given(sets(), st.sampled_from((*WORDS, "07", "7", "007", "12", "0x", "")) | st.integers(0, 999).map(str))
def test_a_number_is_in_the_set_or_not(drawn: tuple[Numbers, set[str]], number: str) -> None:
    """Leading zeros matter; a name that begins with digits is no number."""
    ours, theirs = drawn
    assert ours.contains(number) == (number in theirs)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,50}", fullmatch=True))
def test_a_place_names_one_number(number: str) -> None:
    """The way to a place and back gives the same text, so no two numbers share one."""
    assert number_at(place_of(number)) == number


def test_a_range_is_inclusive() -> None:
    """The report's 6182560 to 6182687, "about 127 users", are 128 numbers."""
    numbers = Numbers.of_range("6182560", "6182687")
    assert numbers.size == 128
    assert list(numbers) == [("6182560", "6182687")]
    assert numbers.contains("6182560")
    assert numbers.contains("6182687")
    assert not numbers.contains("6182688")


def test_numbers_of_different_lengths_are_different() -> None:
    """0123 is not 123, and no range of one length holds a number of another."""
    assert Numbers.of_numbers(("0123", "123")).size == 2
    assert not Numbers.of_range("0000", "9999").contains("123")


def test_millions_cost_one_stretch() -> None:
    """A range of 10^32 numbers is not listed."""
    numbers = Numbers.of_range("0" * 32, "9" * 32)
    assert numbers.size == 10**32
    assert len((numbers - Numbers.of_range("5" * 32, "6" * 32)).stretches) == 2


@given(st.sampled_from(("6", "61", "0", "007")), st.integers(0, 10**9).map(str))
def test_a_prefix_holds_the_numbers_that_begin_with_it(prefix: str, rest: str) -> None:
    """Of every length, itself among them."""
    numbers = Numbers.of_prefix(prefix)
    assert numbers.contains(prefix)
    assert numbers.contains(prefix + rest)
    assert numbers.contains(rest) == rest.startswith(prefix)
    assert numbers.size == sum(10**digits for digits in range(33 - len(prefix)))
