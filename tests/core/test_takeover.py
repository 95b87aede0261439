"""Taking a partition over, in the cases that are rare in random histories: what the successor must not get wrong."""

from __future__ import annotations

import msgspec
import pytest

from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.events.context import CONTEXT_TOPIC
from streams.core.head import ClosedMonth, Head
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import Message
from streams.core.partition import READ_TOPICS
from streams.core.signals import read_signals
from streams.core.takeover import Kept, Takeover
from tests.core.model import FAULTS, OUTAGES, copy_of, letters_by_place
from tests.core.story import encode, instant, written
from tests.core.strategies import AS_OF, Document, Single

MAY, JUNE, JULY = (instant(f"2009-{month}-10T12:00:00+08:00") for month in ("05", "06", "07"))
AFTER_MAY_CLOSES = instant("2009-08-02T00:00:00+08:00")
BEFORE = instant("2009-07-20T00:00:00+08:00")


def ticket(revision: int, opened_at: int, identity: str = "T") -> Document:
    """Return a revision of a ticket with nothing but its report."""
    return {"id": identity, "revision": revision, "subscriber": "6620001", "opened_at": opened_at, "service": "fixed"}


def days(single: Single) -> set[str]:
    """Return the days in which a reader sees something counted."""
    return {bucket.name for bucket in single.picture() if bucket.grain == "day"}


def test_a_correction_that_empties_a_bucket_is_published_though_its_worker_was_killed() -> None:
    """The ticket moved to another day, its worker died before saying so: the successor empties the former day."""
    single = Single()
    single.write([ticket(0, JULY)])
    single.tick(BEFORE)
    single.work()
    single.write([ticket(1, JULY + 3 * 86_400_000_000)])
    single.owner.deliver(FAULTS, 10)
    single.take_over()
    single.work()
    assert days(single) == {"2009-07-13"}


@pytest.mark.parametrize("with_kept_state", [False, True])
def test_what_follows_from_a_record_is_sent_by_a_successor_that_knows_it_already(*, with_kept_state: bool) -> None:
    """A ticket and an outage are folded and kept, their round is never sent: signal and copy leave all the same."""
    single = Single()
    single.tick(BEFORE)
    single.work()
    single.write([ticket(0, BEFORE)])
    started = written(BEFORE)
    outage = {"id": "O", "revision": 0, "updated_at": started, "started_at": started, "scope": {"sites": ["S1"]}}
    single.broker.logs[OUTAGES, 0].append(b"O", msgspec.json.encode(outage), single.broker.timestamp_ms)
    for topic in READ_TOPICS:
        single.owner.deliver(topic, 10)
    kept = copy_of(single.owner.partition.keep())
    single.take_over(kept if with_kept_state else None)
    single.work()
    records = [read_signals(message.value) for message in single.broker.logs[SIGNALS_TOPIC, 0].messages]
    assert [signal.id for record in records for signal in record.signals] == ["faults/T"]
    assert len(single.broker.logs[COPIES_TOPIC, 0].messages) == 1


def test_a_month_that_closes_at_the_take_over_is_corrected_before_it_is_final() -> None:
    """The successor's first tick closes the month: what nobody counts any more is emptied all the same."""
    single = Single()
    single.write([ticket(0, MAY)])
    single.tick(BEFORE)
    single.work()
    single.write([ticket(1, JUNE)])
    single.tick(AFTER_MAY_CLOSES)
    single.take_over()
    single.work()
    assert single.head().closed[-1].month == "2009-05"
    assert days(single) == {"2009-06-10"}


@pytest.mark.parametrize("revisions", [[(1, MAY), (0, JULY)], [(0, JULY), (1, MAY)]])
def test_an_older_revision_never_comes_back_when_the_newer_ones_month_is_closed(
    revisions: list[tuple[int, int]],
) -> None:
    """A ticket that was corrected into a month since closed: neither a repeat nor a new fold counts it elsewhere."""
    single = Single()
    single.write([ticket(0, JULY, "other")])
    single.tick(BEFORE)
    single.work()
    single.write([ticket(revision, opened_at) for revision, opened_at in revisions])
    single.tick(AFTER_MAY_CLOSES)
    single.work()
    final = single.picture()
    single.write([ticket(0, JULY)])
    single.work()
    assert single.picture() == final
    single.take_over()
    single.work()
    assert single.picture() == final
    assert days(single) == {"2009-05-10", "2009-07-10"}


def test_a_refused_context_message_behind_a_waiting_tick_is_a_dead_letter_once() -> None:
    """The tick is read again by the successor; what was refused behind it is not sent to the dead letters again."""
    single = Single()
    single.write([ticket(0, JULY)])
    single.tick_after(2, BEFORE)
    single.broker.logs[CONTEXT_TOPIC, 0].append(None, b"{}", AS_OF // 1_000)
    single.work()
    single.take_over()
    single.work()
    single.write([ticket(1, JULY)])
    single.work()
    assert list(letters_by_place(single.broker.dead_letters).values()) == [1]
    assert single.head().as_of == BEFORE


def test_a_kept_state_does_not_carry_the_clock() -> None:
    """A tick that a worker had taken, in a round nobody saw, is read again by whoever goes on with its state."""
    single = Single()
    single.write([ticket(0, JULY)])
    single.tick_after(2, BEFORE)
    single.broker.logs[CONTEXT_TOPIC, 0].append(None, b"{}", AS_OF // 1_000)
    single.work()
    single.write([ticket(1, JULY)])
    for topic in (FAULTS, CONTEXT_TOPIC):
        single.owner.deliver(topic, 10)
    assert single.owner.partition.as_of == BEFORE
    single.take_over(copy_of(single.owner.partition.keep()))
    single.work()
    assert single.head().as_of == BEFORE


def head_with(closed: list[ClosedMonth]) -> Head:
    """Return the head of a partition that has applied a hundred messages and closed some months."""
    offsets = {FAULTS: 100, CONTEXT_TOPIC: 9}
    return Head(offsets, offsets, {FAULTS: 40, CONTEXT_TOPIC: 9}, AS_OF, closed, "", settled=True)


CLOSED = [ClosedMonth("2009-04", {FAULTS: 50}), ClosedMonth("2009-05", {FAULTS: 80})]


@pytest.mark.parametrize(
    ("position", "closed", "start"),
    [
        pytest.param(70, CLOSED[:1], 70, id="from before the last closing"),
        pytest.param(80, CLOSED[:1], 80, id="up to the last closing"),
        pytest.param(81, CLOSED[:1], 40, id="has read past a closing that it did not know"),
        pytest.param(90, CLOSED, 90, id="knows all closings"),
        pytest.param(120, CLOSED, 100, id="has read more than was sent"),
        pytest.param(90, [CLOSED[0], ClosedMonth("2009-05", {FAULTS: 85})], 40, id="closed in a round nobody saw"),
        pytest.param(90, [*CLOSED, ClosedMonth("2009-06", {FAULTS: 90})], 40, id="closed more than was seen"),
    ],
)
def test_a_kept_state_is_used_only_if_it_agrees_about_closed_months(
    position: int, closed: list[ClosedMonth], start: int
) -> None:
    """A usable state goes on where it stands, yet not past what was sent; without one the horizon is the place."""
    kept = Kept(folds={}, positions={FAULTS: position, CONTEXT_TOPIC: 9}, closed=closed)
    takeover = Takeover(head=head_with(CLOSED), kept=kept)
    assert takeover.start(FAULTS) == start
    assert takeover.start(CONTEXT_TOPIC) == 9


def test_only_so_many_ticks_wait_and_the_last_is_never_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticks that come long before their events take no room without bound, and time still ends where it should."""
    monkeypatch.setattr("streams.core.clock.TICKS_LIMIT", 4)
    for waiting in range(1, 20):
        single = Single()
        for number in range(waiting):
            single.tick_after(1, BEFORE + number)
        single.work()
        single.write([ticket(0, JULY)])
        single.work()
        assert single.head().as_of == BEFORE + waiting - 1


def test_a_date_of_long_ago_does_not_close_every_month_since() -> None:
    """One ticket of 1990 closes its own month and the last one due, not two hundred between them."""
    single = Single()
    single.write([ticket(0, instant("1990-02-01T00:00:00+08:00"), "old"), ticket(0, JULY)])
    single.tick(BEFORE)
    single.work()
    assert [closing.month for closing in single.head().closed] == ["1990-02", "2009-04"]


def test_messages_that_were_taken_in_already_are_passed_over() -> None:
    """A batch that overlaps the position is counted from the position on."""
    single = Single()
    single.write([ticket(0, JULY)])
    single.tick(BEFORE)
    single.work()
    final = single.picture()
    repeat = Message(0, b"6620001", encode(ticket(7, MAY), AS_OF), AS_OF // 1_000, ())
    single.owner.partition.receive(FAULTS, [repeat], 1, 1)
    single.work()
    assert single.picture() == final
