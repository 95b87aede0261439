"""The transport: what a fetch says about a partition, when the log is another one, and what may be committed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from streams.kafka.client import BrokerUnreachable
from streams.worker.ending import Ending
from streams.worker.transport import Batch, BatchConsumer
from tests.worker.conftest import Ended

PLACE = TP("faults", 3)


class Assignment:
    """What aiokafka knows of the partitions of one assignment."""

    def __init__(self) -> None:
        self.states: dict[TP, Any] = {}

    @property
    def tps(self) -> set[TP]:
        """The partitions of the assignment."""
        return set(self.states)

    def state_value(self, place: TP) -> Any:
        """Return what is known of a partition."""
        return self.states[place]


class Fetching:
    """A consumer that sought to offset 100 of one partition; `polls` says what a fetch brought."""

    def __init__(self) -> None:
        self.assignment = Assignment()
        self.consumer = BatchConsumer.__new__(BatchConsumer)
        consumer: Any = self.consumer
        consumer._assignment = lambda: self.assignment
        consumer._sought = self.assignment
        consumer._stands_at, consumer._told_end = {PLACE: 100}, {}
        consumer.check_log = self._check_log
        self.checks = 0
        self.check_raises: BaseException | None = None

    async def _check_log(self) -> None:
        self.checks += 1
        if self.check_raises is not None:
            raise self.check_raises

    def polls(self, position: int | None, end: int | None, *offsets: int) -> list[Batch] | None:
        """Return the batches after a fetch, None where it cannot be told whether the log is the same."""
        self.assignment.states[PLACE] = SimpleNamespace(
            position=position, highwater=end, has_valid_position=position is not None
        )
        if not asyncio.run(self.consumer._is_same_log()):
            return None
        fetched: Any = {PLACE: [SimpleNamespace(offset=offset) for offset in offsets]} if offsets else {}
        return [batch for _, batch in self.consumer._batches(fetched)]

    def offsets(self, batches: list[Batch] | None) -> list[tuple[int, list[int], int, int]]:
        """Return batches with their records as offsets."""
        return [(b.previous, [r.offset for r in b.records], b.position, b.end) for b in batches or []]


@pytest.fixture
def fetching() -> Fetching:
    """A consumer that sought to offset 100."""
    return Fetching()


def test_records_come_with_where_reading_stood_stands_and_ends(fetching: Fetching) -> None:
    """Each batch begins where the one before it ended, whatever offsets its records have."""
    assert fetching.offsets(fetching.polls(103, 110, 100, 102)) == [(100, [100, 102], 103, 110)]
    assert fetching.offsets(fetching.polls(110, 110, 104)) == [(103, [104], 110, 110)]


def test_an_empty_partition_tells_its_end_once(fetching: Fetching) -> None:
    """Who takes a partition over has to learn that there is nothing more; after that silence is enough."""
    assert fetching.offsets(fetching.polls(100, 100)) == [(100, [], 100, 100)]
    assert fetching.polls(100, 100) == []


def test_a_hole_is_passed_without_records(fetching: Fetching) -> None:
    """Markers of transactions move the position on, and that is told."""
    fetching.polls(100, 100)
    assert fetching.offsets(fetching.polls(104, 104)) == [(100, [], 104, 104)]


def test_nothing_is_said_before_the_broker_has_told_the_end(fetching: Fetching) -> None:
    """Neither a partition without a position nor one without an end says anything."""
    assert fetching.polls(None, None) == []
    assert fetching.polls(100, None) == []


def test_an_end_a_little_older_than_its_records_is_no_other_log(fetching: Fetching) -> None:
    """Apache Kafka notes the end before it reads the records: the position may be past it for a moment."""
    assert fetching.offsets(fetching.polls(102, 101, 100, 101)) == [(100, [100, 101], 102, 102)]
    assert fetching.polls(102, 101) == []
    assert fetching.checks == 0


def test_an_assignment_in_which_nobody_sought_is_not_believed(fetching: Fetching) -> None:
    """In a newer assignment aiokafka starts where the group committed: that is no news of the log."""
    fetching.assignment = Assignment()
    assert fetching.polls(40, 110, 38, 39) == []


def test_records_below_where_reading_stood_end_the_process(fetching: Fetching) -> None:
    """An offset that was out of range made aiokafka begin anew: the log is not the one that is folded."""
    with pytest.raises(Ended) as ended:
        fetching.polls(2, 110, 0, 1)
    assert ended.value.reason is Ending.LOG_CHANGED


def test_an_end_that_went_back_makes_us_look_at_the_log(fetching: Fetching) -> None:
    """The same log may do so after a restart: then we wait until it reaches our position, and say nothing before."""
    fetching.polls(110, 110, *range(100, 110))
    assert fetching.polls(110, 90) == []
    assert fetching.checks == 1
    assert fetching.offsets(fetching.polls(112, 112, 110, 111)) == [(110, [110, 111], 112, 112)]
    assert fetching.checks == 1


def test_a_log_shorter_than_our_state_is_looked_at_from_the_first_fetch(fetching: Fetching) -> None:
    """A state taken from a checkpoint may stand past the end of a log begun anew; if it is another, we end."""
    fetching.check_raises = Ended(Ending.LOG_CHANGED)
    with pytest.raises(Ended):
        fetching.polls(100, 7)


def test_while_nobody_answers_nothing_is_believed(fetching: Fetching) -> None:
    """If it cannot be told whether the log is the same, its records wait."""
    fetching.polls(110, 110, *range(100, 110))
    fetching.check_raises = BrokerUnreachable("nobody there")
    assert fetching.polls(110, 90) is None


async def test_records_fetched_while_nobody_answers_are_read_again(fetching: Fetching) -> None:
    """A fetch moves the position; where its records are not handed on, reading goes back to before them."""
    consumer, sought = fetching.consumer, []

    class Polled(BatchConsumer):
        should_stop = False

        async def _getmany(self, **_: Any) -> Any:
            return {PLACE: [SimpleNamespace(offset=100), SimpleNamespace(offset=101)]}

    consumer.__class__ = Polled
    consumer.flow_active, consumer._fetching, consumer._seeks = True, asyncio.Lock(), 0
    consumer._get_active_partitions = lambda: {PLACE}  # type: ignore[method-assign]
    consumer._thread = SimpleNamespace(seek=lambda place, offset: sought.append((place, offset)))  # type: ignore[assignment]
    fetching.assignment.states[PLACE] = SimpleNamespace(position=102, highwater=90, has_valid_position=True)
    fetching.check_raises = BrokerUnreachable("nobody there")
    assert [message async for message in consumer.getmany(timeout=1.0)] == []
    assert sought == [(PLACE, 100)]
    fetching.check_raises = None
    fetching.assignment.states[PLACE].highwater = 110
    ((_, message),) = [one async for one in _messages(consumer)]
    assert (message.previous, message.position) == (100, 102)


async def _messages(consumer: BatchConsumer) -> Any:
    consumer._message = lambda _, batch: batch  # type: ignore[method-assign]
    async for message in consumer.getmany(timeout=1.0):
        yield message


def acknowledging() -> Any:
    """Return a consumer in generation 5 of its group, to acknowledge messages to."""
    consumer: Any = BatchConsumer.__new__(BatchConsumer)
    consumer.app = SimpleNamespace(consumer_generation_id=5)
    consumer._unacked_messages = set()
    consumer._acknowledged = {}
    return consumer


class Message:
    """A batch on its way through Faust, after which reading stood at `position`."""

    def __init__(self, position: int, generation: int = 5) -> None:
        self.acked, self.tp, self.offset, self.generation_id = False, PLACE, position - 1, generation


def test_what_is_committed_is_where_reading_stood_after_the_last_batch() -> None:
    """Also when the first batch held one record, and when a batch ended in a hole."""
    consumer = acknowledging()
    for position in (1, 8):
        assert consumer.ack(Message(position))
        assert consumer._new_offset(PLACE) == position
    assert consumer._filter_tps_with_pending_acks() == [PLACE]
    assert consumer._filter_tps_with_pending_acks({"context"}) == []


def test_a_batch_of_an_older_generation_commits_nothing() -> None:
    """A late acknowledgement may speak of records that the next owner has not read."""
    consumer = acknowledging()
    assert not consumer.ack(Message(900, generation=4))
    assert consumer._new_offset(PLACE) is None


def test_a_batch_is_acknowledged_once() -> None:
    """A second acknowledgement says nothing new, even after a later batch."""
    consumer = acknowledging()
    first = Message(10)
    consumer.ack(first)
    consumer.ack(Message(20))
    assert not consumer.ack(first)
    assert consumer._new_offset(PLACE) == 20
