"""What makes up a change or a miss adds up to it exactly, whatever the figures; mix and rate are told apart."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from streams.core.decomposition import Figure, PartOfChange, parts_of_change, parts_of_miss
from streams.samples import printed

FIGURES = st.integers(0, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
BY_PART = st.dictionaries(st.sampled_from("abcd"), FIGURES, max_size=4)


def summed(parts: dict[str, Figure]) -> Figure:
    """Return the figure of all parts together."""
    return sum(figure[0] for figure in parts.values()), sum(figure[1] for figure in parts.values())


@given(BY_PART, BY_PART)
def test_parts_that_are_the_whole_explain_all_of_its_change(now: dict[str, Figure], before: dict[str, Figure]) -> None:
    """No rest, to the last digit; and where a month has nothing to divide by there is nothing to explain."""
    whole = summed(now), summed(before)
    change = parts_of_change(whole, now, before)
    if not (whole[0][1] and whole[1][1]):
        assert change is None
        return
    assert change is not None
    assert change.rest == 0
    assert change.whole == Fraction(*whole[0]) - Fraction(*whole[1])
    assert sum(part.mix + part.rate for part in change.parts.values()) == change.whole


@given(BY_PART, BY_PART, st.tuples(FIGURES, FIGURES))
def test_what_parts_do_not_explain_is_the_rest(
    now: dict[str, Figure], before: dict[str, Figure], whole: tuple[Figure, Figure]
) -> None:
    """A whole that is not the sum of its parts (users of two brands) leaves the difference, and hides none of it."""
    change = parts_of_change(whole, now, before)
    if change is not None:
        explained = sum((part.mix + part.rate for part in change.parts.values()), Fraction())
        assert explained == Fraction(*summed(now)) - Fraction(*summed(before))
        assert explained + change.rest == Fraction(*whole[0]) - Fraction(*whole[1])


def test_mix_and_rate_are_told_apart() -> None:
    """The rates stay and the worse part grows: all mix. The weights stay and one rate rises: all its rate."""
    mix = parts_of_change(((28, 100), (20, 100)), {"a": (1, 10), "b": (27, 90)}, {"a": (5, 50), "b": (15, 50)})
    assert mix is not None
    assert mix.parts == {
        "a": PartOfChange(Fraction(14, 250), Fraction()),
        "b": PartOfChange(Fraction(6, 250), Fraction()),
    }
    rate = parts_of_change(((30, 100), (20, 100)), {"a": (15, 50), "b": (15, 50)}, {"a": (5, 50), "b": (15, 50)})
    assert rate is not None
    assert rate.parts == {"a": PartOfChange(Fraction(), Fraction(1, 10)), "b": PartOfChange(Fraction(), Fraction())}


def test_a_part_that_is_new_adds_mix_alone() -> None:
    """It has no rate that could have changed; a part with nothing in either month is no part."""
    change = parts_of_change(((6, 20), (1, 10)), {"a": (1, 10), "new": (5, 10), "none": (0, 0)}, {"a": (1, 10)})
    assert change is not None
    assert change.parts.keys() == {"a", "new"}
    assert [part.rate for part in change.parts.values()] == [0, 0]
    assert change.parts["new"].mix > 0


@given(BY_PART, FIGURES, st.fractions(0, 1))
def test_the_parts_of_a_miss_and_its_rest_are_the_miss(
    parts: dict[str, Figure], whole: Figure, target: Fraction
) -> None:
    """Exactly, for any target; without a rest where the parts are the whole."""
    miss = parts_of_miss(whole, parts, target)
    assert sum(miss.parts.values(), Fraction()) + miss.rest == miss.whole == whole[0] - target * whole[1]
    assert parts_of_miss(summed(parts), parts, target).rest == 0


def test_july_s_e8_misses_the_city_s_target_in_every_branch() -> None:
    """156.5 repeating users more than 5 % allow, 77.35 of them in 现业, whose 246 of 502 are the most."""
    table = printed.report()["repeat_reports"]["E8"]
    figures = {branch: (row[1], row[0]) for branch, row in table.items()}
    whole = figures.pop(printed.TOTAL)
    miss = parts_of_miss(whole, figures, Fraction(5, 100))
    assert (miss.whole, miss.rest) == (Fraction("156.5"), 0)
    assert {branch: float(cases) for branch, cases in miss.parts.items()} == {
        "安岳": 44.4,
        "简阳": 29.15,
        "乐至": 5.6,
        "现业": 77.35,
    }
