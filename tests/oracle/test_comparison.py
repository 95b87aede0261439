"""How the oracle's figures are held against others: exactly, in both directions, with every difference named."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.oracle import Figures, assert_counts_equal, assert_equal
from tests.oracle.town import NOON, complaint, count, fault


def entries(figures: Figures) -> list[dict[str, Any]]:
    """The figures in a snapshot's words."""
    return [
        {"id": indicator, "labels": dict(cell), "numerator": numerator, "denominator": denominator}
        for (indicator, cell), (numerator, denominator) in figures.indicators.items()
    ]


def differences(figures: Figures, snapshot: Iterable[dict[str, Any]]) -> list[str]:
    with pytest.raises(AssertionError) as failure:
        assert_equal(figures, snapshot)
    return str(failure.value).splitlines()[1:]


def test_a_snapshot_is_compared_in_both_directions() -> None:
    """Equal passes, an entry with denominator 0 says nothing; a wrong, missing, surplus or repeated entry is named."""
    figures = count(fault("a", brand="E6", restored_at=NOON))
    snapshot = entries(figures)
    nothing = {"id": "appointment_rate", "labels": {}, "numerator": 0, "denominator": 0}
    assert_equal(figures, [*reversed(snapshot), nothing])
    where = f"{snapshot[0]['id']}{{}}"
    assert differences(figures, snapshot[1:]) == [f"{where}: oracle 0/1, snapshot nothing"]
    wrong = {**snapshot[0], "numerator": 1}
    assert differences(figures, [wrong, *snapshot[1:]]) == [f"{where}: oracle 0/1, snapshot 1/1"]
    assert differences(figures, [*snapshot, snapshot[0]]) == [f"{where}: stated more than once"]
    surplus = {"id": "appointment_rate", "labels": {"brand": "E6"}, "numerator": 1, "denominator": 2}
    assert differences(figures, [*snapshot, surplus]) == ["appointment_rate{brand=E6}: oracle nothing, snapshot 1/2"]


def test_counts_are_compared_in_both_directions() -> None:
    """Equal passes, a 0 says nothing; a wrong, missing or surplus count is named."""
    figures = count(complaint("a", channel="10000号"))
    assert_counts_equal(figures, {**figures.counts, ("orders", frozenset()): 0})
    surplus = ("orders", frozenset({("brand", "E6")}))
    with pytest.raises(AssertionError) as failure:
        assert_counts_equal(figures, {**figures.counts, surplus: 1, ("complaints", frozenset()): 0})
    assert str(failure.value).splitlines()[1:] == [
        "complaints{}: oracle 1, counted 0",
        "orders{brand=E6}: oracle 0, counted 1",
    ]
