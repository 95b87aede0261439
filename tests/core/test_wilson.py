"""The Wilson interval holds what textbooks say, and never more than all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.wilson import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.277533),
        (1, 29, 0.006113, 0.171755),
        (15, 20, 0.531299, 0.888138),
        (26, 26, 0.871271, 1.0),
    ],
)
def test_known_intervals(successes: int, trials: int, low: float, high: float) -> None:
    """The 95 % interval of 15 of 20 is 53.13 % to 88.81 %; of 0 of 10 it begins at 0, of 26 of 26 it ends at 1."""
    found = wilson_interval(successes, trials)
    assert [float(end) for end in found] == pytest.approx([low, high], abs=1e-6)


def test_nothing_asked_tells_nothing() -> None:
    """Of no answers any share may be true."""
    assert wilson_interval(0, 0) == (0, 1)


@given(st.integers(1, 500).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_share_lies_within(figure: tuple[int, int]) -> None:
    """The share itself is never outside its interval, nor the interval outside 0 to 1."""
    successes, trials = figure
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= high <= 1
    assert float(low) <= successes / trials + 1e-12
    assert float(high) >= successes / trials - 1e-12
