"""Whatever happens to a partition's workers, readers see true counts: thousands of seeded histories."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.core.histories import History
from tests.core.model import Faults

HISTORIES = int(os.environ.get("STREAMS_TEST_HISTORIES", "1000"))
"""How many histories one run lives through; 2,000 take about 50 s."""
PARTS = 8
CONTROL_HISTORIES = 100


@pytest.fixture(autouse=True)
def few_effects_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that short histories, too, have rounds that are sent while folding."""
    monkeypatch.setattr("streams.core.intake.EFFECTS_LIMIT", 2)


@pytest.mark.parametrize("part", range(PARTS))
def test_readers_see_true_counts_whatever_happens(part: int) -> None:
    """At every head and at the end the tallies are the recount of the log; effects happen once; the clock goes on.

    And the histories are no idle ones: each kind of mishap happens in them.
    """
    happened: Counter[str] = Counter()
    seeds = range(part, HISTORIES, PARTS)
    for seed in seeds:
        history = History(seed)
        try:
            history.run()
        except Exception as error:
            error.add_note(f"this is the history with the seed {seed}: History({seed}).run()")
            raise
        happened += history.happened
    for what, at_least in MISHAPS.items():
        assert happened[what] >= at_least * len(seeds), (
            f"{what} happened {happened[what]} times in {len(seeds)} histories"
        )


MISHAPS = {
    "head": 5,
    "crash": 1,
    "closing": 1,
    "dead letter": 1,
    "sent again": 1,
    "too old": 1,
    "take-over with a kept state": 0.5,
    "fenced": 0.2,
    "round while folding": 0.03,
    "aborted record": 0.03,
    "copy": 3,
    "linked ticket": 1,
    "linked complaint": 0.3,
}
"""What has to happen in the histories, and how often in each of them on average, at least."""


@pytest.mark.parametrize(
    ("faults", "transactional"),
    [
        pytest.param(Faults(no_explicit_empties=True), None, id="a take-over without explicit empties"),
        pytest.param(Faults(resumes_at_applied=True), None, id="resuming at the applied offsets, not at the horizon"),
        pytest.param(Faults(no_fencing=True), True, id="transactions without fencing"),
        pytest.param(Faults(ticks_without_after=True), None, id="a clock that does not wait for its events"),
        pytest.param(
            Faults(looks_beside_at_a_take_over_alone=True), None, id="orders that learn of faults at a take-over alone"
        ),
        pytest.param(Faults(links_at_a_take_over_alone=True), None, id="links that outages make at a take-over alone"),
        pytest.param(Faults(copies_to_itself_alone=True), None, id="outages known to one partition alone"),
        pytest.param(Faults(links_to_rejected_outages=True), None, id="rejected outages that go on taking reports"),
        pytest.param(
            Faults(believes_copies_of_closed_months=True), None, id="outages told of when their month was closed"
        ),
    ],
)
def test_the_model_finds_what_is_broken_on_purpose(faults: Faults, transactional: bool | None) -> None:
    """A world without one of the rules that the promises rest on is found out: the harness can fail."""
    found = 0
    for seed in range(CONTROL_HISTORIES):
        try:
            History(seed, faults, transactional).run()
        except AssertionError:
            found += 1
    assert found >= CONTROL_HISTORIES // 20
