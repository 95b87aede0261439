"""What facts moved between two counts: all of it and nothing else, each part under those that made it so."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from streams.core.fact_changes import Change, changes_between
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head
from streams.core.recount import Recounter
from tests.core.installation import Installation, at, generated, outage, ticket


def recounter(made: Installation, partition: int, head: Head) -> Recounter:
    """Return a count of all months that are open at a head."""
    counting = Recounter(partition, head, None, made.definitions, made.chapters, made.partition_of)
    for topic in FOLDED_TOPICS:
        counting.take(topic, made.logs[topic, partition])
    return counting


def placed(counting: Recounter) -> Counter[Any]:
    """Return everything that a count has, by bucket and cell."""
    buckets = counting.result().buckets
    return Counter({(bucket, cell): number for bucket, cells in buckets.items() for cell, number in cells.items()})


def moved(changes: list[Change]) -> Counter[Any]:
    """Return everything that changes moved."""
    total: Counter[Any] = Counter()
    for change in changes:
        total.update(change.moved)
    return total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("later", ["2009-07-31 12:00", "2009-08-20 00:00", "2009-09-02 00:00"])
def test_changes_add_up_to_the_difference_of_the_counts(seed: int, later: str) -> None:
    """Late, revised and cancelled tickets, an outage that comes and one that moves, the clock, a month that closes."""
    made = Installation()
    messages = generated(seed, 120, at("2009-06-10 00:00"), 45)
    made.send(messages[:150])
    made.send([outage("O1", at("2009-07-02 09:00"), prefixes=["6"])], topic="outages")
    made.count(at("2009-07-31 12:00"))
    earlier = dict(made.tallies.heads)
    made.send(messages[150:])
    made.send([outage("O1", at("2009-07-09 09:00"), 1, prefixes=["6"])], topic="outages")
    made.send([outage("O2", at("2009-07-12 09:00"), prefixes=["7"])], topic="outages")
    made.count(at(later))
    for partition, head in made.tallies.heads.items():
        before, after = recounter(made, partition, earlier[partition]), recounter(made, partition, head)
        changes = changes_between(before, after)
        open_before = Counter(
            {
                (bucket, cell): number
                for (bucket, cell), number in placed(before).items()
                if after.counts(bucket.name[:7])
            }
        )
        open_before.subtract(placed(after))
        expected = {spot: -number for spot, number in open_before.items() if number}
        assert {spot: number for spot, number in moved(changes).items() if number} == expected
        assert all(change.causes for change in changes)


def test_nothing_changes_between_a_count_and_itself() -> None:
    """Nor by repeats, nor by what comes for another month's ticket under another key."""
    made = Installation(partitions=1)
    made.send([ticket("T1", "6000001", at("2009-07-14 10:00"))])
    made.count(at("2009-07-31 12:00"))
    earlier = made.tallies.heads[0]
    made.send([ticket("T1", "6000001", at("2009-07-14 10:00"))])
    made.count(at("2009-07-31 12:00"))
    later = made.tallies.heads[0]
    assert later.applied != earlier.applied
    assert changes_between(recounter(made, 0, earlier), recounter(made, 0, later)) == []
