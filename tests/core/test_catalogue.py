"""The catalogue's entries fit together, whichever they are: a new one is tested by being listed."""

from __future__ import annotations

import re

import pytest

from streams.core.catalogue import COUNTS, INDICATORS, LEVELS, TOP_LISTS, Entry, Indicator
from streams.core.contributions import MEASURES
from streams.core.rollups import counts_every_subset
from streams.core.windows import LENGTHS

ENTRIES: tuple[Entry, ...] = (*INDICATORS, *COUNTS, *LEVELS, *TOP_LISTS)

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
each_indicator = pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)


def measures_of(entry: Entry) -> list[str]:
    """Return the names of the measures that an entry shows."""
    return [entry.numerator, entry.denominator] if isinstance(entry, Indicator) else [entry.measure]


def test_ids_name_one_entry_each() -> None:
    """No two entries have one id, and an id can be part of a metric's name."""
    ids = [entry.id for entry in ENTRIES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", identity) for identity in ids)


@each_entry
def test_measures_exist_and_have_the_labels(entry: Entry) -> None:
    """An entry shows measures that are tallied, by labels that these have."""
    for name in measures_of(entry):
        assert set(entry.labels) <= set(MEASURES[name].labels)


@each_entry
def test_names_stand_in_both_languages(entry: Entry) -> None:
    """An entry has a Chinese and an English name."""
    assert set(entry.names) == {"zh", "en"}
    assert all(entry.names.values())


@each_entry
def test_roll_ups_are_subsets_of_the_labels(entry: Entry) -> None:
    """A roll-up names labels of the entry in their order, none stands twice, and the total is one of them."""
    assert () in entry.roll_ups
    assert len(set(entry.roll_ups)) == len(entry.roll_ups)
    for roll_up in entry.roll_ups:
        assert roll_up == tuple(label for label in entry.labels if label in roll_up)


@each_indicator
def test_users_have_whole_months_alone(indicator: Indicator) -> None:
    """Distinct users do not add up over time, so an indicator of users has no window shorter than a month."""
    if any(counts_every_subset(MEASURES[name]) for name in measures_of(indicator)):
        assert not set(indicator.windows) & set(LENGTHS)
        assert all(indicator.labels == MEASURES[name].labels for name in measures_of(indicator))


@each_indicator
def test_runbooks_say_what_to_do_in_both_languages(indicator: Indicator) -> None:
    """Who is on duty finds a text in their language."""
    assert set(indicator.runbook) == {"zh", "en"}
    assert all(len(text) > 20 for text in indicator.runbook.values())
