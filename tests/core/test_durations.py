"""Durations are exact: the mean to the microsecond, percentiles by nearest rank over whole minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from streams.core.durations import Durations, durations
from tests.core.installation import Installation, at, ticket

OPENED = at("2009-07-10 08:00")


def restored_after(*seconds: float, service: str = "broadband") -> list[dict[str, object]]:
    """Return tickets of one service that were restored so many seconds after their report."""
    return [
        ticket(
            f"{service}{number}", f"6{number:06}", OPENED, service=service, restored_at=OPENED + timedelta(seconds=took)
        )
        for number, took in enumerate(seconds)
    ]


def of_july(tickets: Sequence[dict[str, object]], *labels: str) -> dict[tuple[str, ...], Durations]:
    """Return the durations of July by labels."""
    installation = Installation(partitions=2)
    installation.send(tickets)
    installation.count(at("2009-08-05 00:00"))
    return durations(installation.tallies.month("2009-07"), labels)


def test_percentiles_are_of_nearest_rank_over_whole_minutes() -> None:
    """Of 1, 2, 3, 4 and 10.99 minutes: median 3, P80 4, P95 and maximum 10; the mean is of the exact seconds."""
    found = of_july(restored_after(60, 120, 180, 240, 659.4))[()]
    assert (found.restored, found.median_minutes, found.p80_minutes, found.p95_minutes, found.max_minutes) == (
        5,
        3,
        4,
        10,
        10,
    )
    assert found.mean_seconds == Fraction("1259.4") / 5


def test_durations_can_be_had_by_any_labels() -> None:
    """Each service has its own; an unrestored ticket has none."""
    tickets = [*restored_after(60), *restored_after(7200, 7320, service="mobile"), ticket("open", "6999999", OPENED)]
    found = of_july(tickets, "service")
    assert {values: (one.restored, one.median_minutes) for values, one in found.items()} == {
        ("broadband",): (1, 1),
        ("mobile",): (2, 120),
    }


def test_a_month_without_restorations_has_no_durations() -> None:
    """Nothing is said where nothing is restored."""
    assert of_july([ticket("T1", "6000001", OPENED)]) == {}


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=30))
def test_percentiles_equal_those_of_the_sorted_list(seconds: list[int]) -> None:
    """Nearest rank: the smallest value that at least so many percent do not exceed."""
    found = of_july(restored_after(*seconds))[()]
    minutes = sorted(took // 60 for took in seconds)
    for percent, value in (
        (50, found.median_minutes),
        (80, found.p80_minutes),
        (95, found.p95_minutes),
        (100, found.max_minutes),
    ):
        assert sum(one <= value for one in minutes) * 100 >= percent * len(minutes)
        assert sum(one < value for one in minutes) * 100 < percent * len(minutes)
    assert found.mean_seconds == Fraction(sum(seconds), len(seconds))
