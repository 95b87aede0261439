"""Verdicts come from exact fractions and the target in force; what cannot be judged is never "met"."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from streams.core.catalogue import repeat_report_rate, timely_restoration_rate
from streams.core.definitions import Target
from streams.core.targets import target_for, verdict, verdicts

LOWER = repeat_report_rate.ENTRY
HIGHER = timely_restoration_rate.ENTRY
JULY_31 = date(2009, 7, 31)


def target(ratio: str = "0.05", tier: str = "city", **fields: object) -> Target:
    """Return a target of the repeat-report rate of brand E8 since 2009."""
    return Target(
        **{
            "indicator": LOWER.id,
            "labels": {"brand": "E8"},
            "tier": tier,
            "ratio": ratio,
            "valid_from": date(2009, 1, 1),
        }
        | fields
    )


def test_equality_meets_a_target() -> None:
    """5 of 100 meets 5 % where lower is better, 95 of 100 meets 95 % where higher is."""
    assert verdict(LOWER, 5, 100, target("0.05")) == "met"
    assert verdict(HIGHER, 95, 100, target("0.95")) == "met"


@pytest.mark.parametrize(("numerator", "expected"), [(333_333, "met"), (333_334, "missed")])
def test_no_rounding_enters_a_verdict(numerator: int, expected: str) -> None:
    """One in a million on the wrong side is missed, although both print as 33.33 %."""
    assert verdict(LOWER, numerator, 1_000_000, target("0.333333")) == expected


def test_higher_and_lower_are_told_apart() -> None:
    """The same figure above its target is good for one indicator and bad for the other."""
    assert verdict(HIGHER, 96, 100, target("0.95")) == "met"
    assert verdict(LOWER, 96, 100, target("0.95")) == "missed"


def test_what_cannot_be_judged_has_a_word_of_its_own() -> None:
    """Nothing to divide by, no target in force, too small a sample: none of them is met or missed."""
    few = msgspec.structs.replace(LOWER, smallest_sample=30)
    assert verdict(LOWER, 0, 0, target()) == "no_data"
    assert verdict(LOWER, 0, 10, None) == "no_target"
    assert verdict(few, 0, 29, target()) == "too_few"
    assert verdict(few, 0, 30, target()) == "met"


def test_a_target_is_in_force_from_its_first_day_until_the_day_before_its_end() -> None:
    """valid_from counts, valid_to does not."""
    dated = [target(valid_from=date(2009, 7, 1), valid_to=date(2009, 8, 1))]
    labels = {"brand": "E8"}
    days = [date(2009, 6, 30), date(2009, 7, 1), JULY_31, date(2009, 8, 1)]
    assert [target_for(dated, LOWER.id, labels, "city", day) is not None for day in days] == [False, True, True, False]


def test_a_target_judges_every_figure_that_fixes_its_labels() -> None:
    """The target of E8 judges E8 in 简阳, not E6 and not the total."""
    one = target()
    found = [
        target_for([one], LOWER.id, labels, "city", JULY_31)
        for labels in ({"brand": "E8", "branch": "简阳"}, {"brand": "E6"}, {})
    ]
    assert found == [one, None, None]


def test_the_target_with_most_labels_counts() -> None:
    """A target for E8 in 简阳 goes before that of E8 everywhere, whatever their order."""
    everywhere, here = target("0.05"), target("0.07", labels={"brand": "E8", "branch": "简阳"})
    for targets in ([everywhere, here], [here, everywhere]):
        assert target_for(targets, LOWER.id, {"brand": "E8", "branch": "简阳"}, "city", JULY_31) is here
        assert target_for(targets, LOWER.id, {"brand": "E8", "branch": "现业"}, "city", JULY_31) is everywhere


def test_every_tier_has_its_verdict() -> None:
    """7 % misses the city's 5 % and meets the province's 8 %; a tier without target says so."""
    labels = {"brand": "E8"}
    both = [target("0.05", "city"), target("0.08", "province")]
    assert verdicts(both, LOWER, labels, (7, 100), JULY_31) == {"province": "met", "city": "missed"}
    assert verdicts(both[:1], LOWER, labels, (7, 100), JULY_31) == {"province": "no_target", "city": "missed"}
