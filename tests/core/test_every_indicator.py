"""What holds for every indicator and count of the catalogue, found by being listed there: the batch formula, sums."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.catalogue import INDICATORS, Indicator
from streams.core.contributions import MEASURES
from streams.core.contributions.linked import SUFFIX
from streams.core.definitions import Target
from streams.core.events import SOURCE_TOPICS, Complaint, Outage
from streams.core.months import datetime_of
from streams.core.rollups import Counts, counts_every_subset, rolled_up, subsets
from streams.core.targets import verdict
from streams.core.without_outages import without_outages
from tests.core.installation import FAULTS
from tests.core.kinds import Sent, counted, logs
from tests.core.strategies import AS_OF, DEFINITIONS, JULY
from tests.oracle import assert_counts_equal, recount

MONTHS = ("2009-06", "2009-07", "2009-08")
OTHER_TOPICS = tuple(topic for topic in SOURCE_TOPICS if topic not in (FAULTS, Outage.topic))
"""Those whose counts the oracle gives measure by measure."""

TOPIC_OF = {indicator.id: MEASURES[indicator.denominator].topic for indicator in INDICATORS}

Cell = frozenset[tuple[str, str]]
Figures = dict[tuple[str, Cell], tuple[int, int]]

each_indicator = pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)


@settings(max_examples=150)
@given(logs(moves=False, max_size=16), st.sampled_from(MONTHS), st.integers(JULY, AS_OF))
def test_the_stream_is_the_batch_formula(sent: list[Sent], month: str, as_of: int) -> None:
    """Each figure of the catalogue in each subset of its labels, and each count, is what the definitions alone give.

    So it is without the reports that belong to outages.
    """
    counts = counted(sent, as_of).tallies.month(month)
    oracle = recount(
        [(one.topic, one.event().key().encode(), msgspec.json.encode(one.document)) for one in sent],
        period=month,
        as_of=datetime_of(as_of),
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
        aliases=DEFINITIONS.aliases,
        escalated_channels=DEFINITIONS.escalated_channels,
    )
    assert _figures(counts) == oracle.indicators
    assert_counts_equal(oracle, _numbers(counts))
    without = without_outages(counts, MEASURES)
    assert _of_reports(_figures(without)) == oracle.without_outages.indicators
    assert_counts_equal(oracle.without_outages, _numbers(without, (Complaint.topic,)))


def _figures(counts: Counts) -> Figures:
    """Return every figure of the catalogue."""
    return {
        (indicator.id, frozenset(zip(labels, values, strict=True))): figure
        for indicator in INDICATORS
        for labels in subsets(indicator.labels)
        for values, figure in indicator.figures(counts, labels).items()
    }


def _of_reports(figures: Figures) -> Figures:
    """Return the figures of fault tickets and complaints."""
    return {where: figure for where, figure in figures.items() if TOPIC_OF[where[0]] in (FAULTS, Complaint.topic)}


def _numbers(counts: Counts, topics: Collection[str] = OTHER_TOPICS) -> dict[tuple[str, Cell], int]:
    """Return every number of every measure of these topics, by every subset of its labels.

    What is told of outages, and what they add, is left out.
    """
    return {
        (name, frozenset(zip(labels, values, strict=True))): number
        for name, measure in MEASURES.items()
        if measure.topic in topics and "outage" not in measure.labels and not name.endswith(SUFFIX)
        for labels in subsets(measure.labels)
        for values, number in rolled_up(counts, name, labels).items()
        if number
    }


@settings(max_examples=150)
@given(logs(max_size=16))
def test_roll_ups_agree(sent: list[Sent]) -> None:
    """Parts add up to their whole, of users to no less than it; a numerator is never more than its denominator."""
    counts = counted(sent).tallies.month("2009-07")
    for indicator in INDICATORS:
        users = counts_every_subset(MEASURES[indicator.denominator])
        whole = indicator.figures(counts, ()).get((), (0, 0))
        for labels in subsets(indicator.labels):
            figures = indicator.figures(counts, labels).values()
            assert all(0 <= numerator <= denominator for numerator, denominator in figures)
            numerators, denominators = (sum(figure[place] for figure in figures) for place in (0, 1))
            if users:
                assert denominators >= whole[1]
                continue
            assert numerators == whole[0]
            if not set(labels) & set(indicator.undivided):
                assert denominators == whole[1]


@each_indicator
def test_what_cannot_be_judged_is_never_met(indicator: Indicator) -> None:
    """No data, too few and no target are states of their own, even where the figure would meet any target."""
    best = "0" if indicator.better == "higher" else "1"
    easy = Target(indicator=indicator.id, labels={}, tier="city", ratio=best, valid_from=date(2009, 1, 1))
    enough = max(indicator.smallest_sample, 1)
    assert verdict(indicator, 0, 0, easy) == "no_data"
    assert verdict(indicator, enough, enough, None) == "no_target"
    assert verdict(indicator, enough, enough, easy) == "met"
    if indicator.smallest_sample:
        few = indicator.smallest_sample - 1
        assert verdict(indicator, few, few, easy) == "too_few"


@each_indicator
@pytest.mark.parametrize("counted_in", [599, 600, 601])
def test_equality_meets_a_target(indicator: Indicator, counted_in: int) -> None:
    """At 60 %, 600 of 1,000 is met on both sides; one more or less is met on the better side alone."""
    target = Target(indicator=indicator.id, labels={}, tier="city", ratio="0.6", valid_from=date(2009, 1, 1))
    distance = Fraction(counted_in, 1_000) - Fraction("0.6")
    is_met = distance >= 0 if indicator.better == "higher" else distance <= 0
    assert verdict(indicator, counted_in, 1_000, target) == ("met" if is_met else "missed")
