"""The workloads are what the figures say of them: right events, the sample's proportions, the same at every run."""

from __future__ import annotations

from collections import Counter

import pytest

from bench import workload
from bench.feeding import batches_of, feed, folding_partition, settled_partition
from streams.core.events import READERS
from streams.core.merged import EMPTY
from streams.core.months import DAY
from streams.core.rounds import Round
from streams.kafka.topics import DEAD_LETTERS, FAULTS, SOURCES

NOW = 1_790_000_000_000_000
EVENTS = 3_000


@pytest.mark.parametrize("topic", SOURCES)
def test_every_kind_alone_is_read_without_a_refusal(topic: str) -> None:
    """A workload of one kind has just so many events, all of that kind, under their own keys, none of the future."""
    records = workload.records_of(topic, EVENTS, until=NOW)
    events = [READERS[topic].read(record.value) for record in records]
    assert len(records) == EVENTS
    assert {record.topic for record in records} == {topic}
    assert [record.key for record in records] == [event.key().encode() for event in events]
    assert all(event.happened_at().timestamp() * 1e6 < NOW for event in events)


def test_mixed_topics_have_the_proportions_of_the_sample() -> None:
    """Every kind's share of the mixed events is its share of the sample's messages, to within one event."""
    counted = Counter(record.topic for record in workload.mixed(EVENTS, until=NOW))
    assert counted == workload.shares_of(EVENTS)
    assert counted.total() == EVENTS
    assert all(counted[topic] > 0 for topic in SOURCES)
    assert counted[FAULTS] == max(counted.values())


def test_same_arguments_give_the_same_records() -> None:
    """A workload is seeded: contenders that are told of the same one count the same."""
    assert workload.mixed(EVENTS, until=NOW) == workload.mixed(EVENTS, until=NOW)
    assert workload.records(10, until=NOW) != workload.records(10, until=NOW, first_id=10)


def test_counting_as_it_goes_and_folding_first_publish_the_same() -> None:
    """Both ways in which a partition is measured take every event in, and end with the same round."""
    batches = batches_of(workload.mixed(EVENTS, until=NOW), NOW)
    rounds = []
    for partition in (settled_partition(NOW), folding_partition(NOW, batches)):
        feed(partition, batches)
        rounds.append(partition.take_round())
        assert partition.facts() > EVENTS // 4
        assert partition.settled
    first, second = rounds
    assert isinstance(first, Round)
    assert isinstance(second, Round)
    assert _said(first) == _said(second)
    assert all(effect.topic != DEAD_LETTERS for effect in first.side_effects)


def test_events_lie_in_the_thirty_days_before() -> None:
    """No ticket is older than thirty-one days, so that all of them count in open months."""
    reader = READERS[FAULTS]
    begun = [reader.read(record.value).happened_at().timestamp() * 1e6 for record in workload.records(100, until=NOW)]
    assert NOW - 31 * DAY <= min(begun) <= max(begun) <= NOW - DAY


def _said(a_round: Round) -> dict[bytes | None, bytes | None]:
    """Return the records by key; that a bucket holds nothing any more is said only by who counted it before."""
    return {record.key: record.value for record in a_round.tallies if record.value != EMPTY}
