"""The plan of a replay: what is sent where, when the clock ticks, and how far it goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.contributions import chapters_for
from streams.core.events.context import Tick, read_context
from streams.core.known_outages import read_copy
from streams.core.months import HOUR, MINUTE, NEVER, SECOND, datetime_of, instant_of
from streams.definitions import load
from streams.kafka.placing import partition_of
from streams.replay.lines import Message
from streams.replay.plan import Copy, Options, Send, Step, TickAll, Timed, plan, read, ticks, timed_by_updates
from streams.settings import Settings

PARTITIONS = 3
BEGIN = datetime(2009, 7, 1, 8, tzinfo=UTC)
SETTINGS = Settings.from_environment({})
CHAPTERS = chapters_for(load(SETTINGS.definitions_dir, timezone="Asia/Shanghai", ledger_months=2))


def ticket(minutes: int, subscriber: str = "6332827", **fields: object) -> Message:
    """A fault ticket that is opened and updated so many minutes after BEGIN."""
    at = (BEGIN + timedelta(minutes=minutes)).isoformat()
    value = {
        "id": f"N{minutes}",
        "revision": 1,
        "updated_at": at,
        "subscriber": subscriber,
        "opened_at": at,
        "restored_at": at,
        "service": "broadband",
    }
    return Message("faults", subscriber.encode(), json.dumps(value | fields, separators=(",", ":")).encode())


def steps_of(messages: Sequence[Message], options: Options | None = None) -> list[Step]:
    """The plan for messages of a file."""
    return list(
        plan(
            timed_by_updates(messages),
            options or Options(),
            CHAPTERS,
            lambda key: partition_of(key, PARTITIONS),
            PARTITIONS,
        )
    )


def at(minutes: int) -> int:
    """The instant so many minutes after BEGIN."""
    return instant_of(BEGIN) + minutes * MINUTE


minutes_of_messages = st.lists(st.integers(0, 5_000), min_size=1, max_size=30)


@given(minutes_of_messages)
def test_messages_keep_their_order_and_the_clock_never_goes_back(minutes: list[int]) -> None:
    """All messages are sent as they come; the time of a message is the latest so far, and ticks stand between them."""
    steps = steps_of([ticket(minute) for minute in minutes])
    sends = [step for step in steps if isinstance(step, Send)]
    assert [send.message for send in sends] == [ticket(minute) for minute in minutes]
    assert [send.at for send in sends] == [at(max(minutes[: place + 1])) for place in range(len(minutes))]
    assert [step.at for step in steps] == sorted(step.at for step in steps)


@given(minutes_of_messages)
def test_a_tick_comes_once_an_hour_and_at_the_end(minutes: list[int]) -> None:
    """Between two messages there is a tick if and only if a full hour lies between them; the last step is a tick."""
    steps = steps_of([ticket(minute) for minute in minutes])
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        if isinstance(step, TickAll):
            assert before.at < step.at <= after.at
            assert step.at == after.at // HOUR * HOUR
        elif isinstance(before, Send):
            assert before.at // HOUR == step.at // HOUR
    assert isinstance(steps[-1], TickAll)
    assert steps[-1].is_last


def test_the_last_tick_lies_past_every_deadline() -> None:
    """An open ticket's deadline, also that of a revision that is corrected later, lies before the last tick."""
    due = BEGIN + timedelta(days=9)
    messages = [ticket(0), ticket(5, restored_at=None, due_at=due.isoformat()), ticket(10)]
    assert steps_of(messages)[-1].at > instant_of(due)
    assert steps_of([ticket(0), ticket(10)])[-1].at == at(10) + MINUTE


def test_a_source_may_ask_for_a_later_last_tick() -> None:
    """A sample says until when its month has to be looked at, and the last tick lies past that."""
    assert steps_of([ticket(0)], Options(not_before=at(9_000)))[-1].at == at(9_001)


def test_only_what_comes_between_from_and_until_is_sent() -> None:
    """From is included, until is not; given an end, the clock stops there, whatever falls due later."""
    messages = [ticket(minutes, restored_at=None) for minutes in (0, 10, 20, 30)]
    steps = steps_of(messages, Options(begin=at(10), end=at(30)))
    assert [step.at for step in steps if isinstance(step, Send)] == [at(10), at(20)]
    assert steps[-1] == TickAll(at(30), is_last=True)


def test_shifted_times_keep_their_distances() -> None:
    """Every time in a value moves with the first message, offsets as written; ids, texts and key stay as they are."""
    first = ticket(0, opened_at="2009-07-01T15:59:59.5+08:00", symptom='at "2009-07-01T08:00:00Z"', site="2009-07-01")
    steps = steps_of([first, ticket(90)], Options(first_at=instant_of(BEGIN + timedelta(days=365))))
    sends = [step for step in steps if isinstance(step, Send)]
    assert [step.at for step in sends] == [at(365 * 1440), at(365 * 1440 + 90)]
    moved = json.loads(sends[0].message.value or b"")
    assert moved["updated_at"] == "2010-07-01T08:00:00+00:00"
    assert moved["opened_at"] == "2010-07-01T15:59:59.500000+08:00"
    assert (moved["symptom"], moved["site"]) == ('at "2009-07-01T08:00:00Z"', "2009-07-01")
    assert sends[0].message.key == b"6332827"


def test_a_message_that_cannot_be_read_keeps_the_time_before_it() -> None:
    """It does not move the clock; before the first that can be read, it has that one's time."""
    broken = Message("faults", None, b"112 TEST")
    timed = list(timed_by_updates([broken, ticket(0), broken, ticket(30), broken]))
    assert [each.at for each in timed] == [at(0), at(0), at(0), at(30), at(30)]
    assert [each.at for each in timed_by_updates([broken])] == [0]


def test_messages_go_where_their_keys_belong() -> None:
    """A key decides the partition as everywhere; messages without one are dealt out in turn."""
    keyed = [ticket(0, str(number)) for number in range(6330000, 6330010)]
    keyless = [Message("faults", None, b"x")] * PARTITIONS
    sends = [step for step in steps_of([*keyed, *keyless]) if isinstance(step, Send)]
    for send in sends[:10]:
        assert send.partition == partition_of(send.message.key or b"", PARTITIONS)
    assert {send.partition for send in sends[10:]} == set(range(PARTITIONS))


def test_every_partition_gets_an_outage_before_the_next_tick() -> None:
    """Its owner would copy it too late for a clock that closes months in seconds; without ticks it is left to that."""
    started = BEGIN.isoformat()
    outage = {"id": "O1", "revision": 1, "updated_at": started, "started_at": started, "scope": {"prefixes": ["63"]}}
    message = Message("outages", b"O1", json.dumps(outage).encode())
    misplaced, unreadable = message._replace(key=b"O2"), message._replace(value=b"{")
    steps = steps_of([message, misplaced, unreadable, ticket(30), ticket(90)], Options(first_at=at(60)))
    copies = [step for step in steps if isinstance(step, Copy)]
    assert [(copy.partition, copy.message.topic, copy.message.key) for copy in copies] == [
        (number, "outage-copies", b"O1") for number in range(PARTITIONS)
    ]
    assert {read_copy(copy.message.value).started_at for copy in copies} == {BEGIN + timedelta(hours=1)}
    assert isinstance(steps[0], Send)
    assert steps[1 : 1 + PARTITIONS] == copies
    assert not any(isinstance(step, Copy) for step in steps_of([message], Options(tick_every=None)))


def test_a_paced_replay_ticks_where_nothing_comes() -> None:
    """Live panels move on in a quiet night: the clock ticks at every interval, not only before messages."""
    steps = steps_of([ticket(0), ticket(2)], Options(tick_every=30 * SECOND, fill_gaps=True))
    assert [step.at - at(0) for step in steps if isinstance(step, TickAll)][:-1] == [
        30 * SECOND,
        60 * SECOND,
        90 * SECOND,
        120 * SECOND,
    ]


def test_without_ticks_there_are_none() -> None:
    """Under the wall's clock only messages are sent; nothing at all gives nothing at all."""
    assert not [
        step for step in steps_of([ticket(0), ticket(90)], Options(tick_every=None)) if isinstance(step, TickAll)
    ]
    assert steps_of([]) == []


@pytest.mark.parametrize("instant", [at(0), at(1) + 1])
def test_a_tick_names_what_it_comes_after(instant: int) -> None:
    """Each partition's tick has the instant, and where its own topics ended; a partition without messages, nothing."""
    ends = {("faults", 0): 7, ("orders", 0): 3, ("faults", 2): 1}
    found = [read_context(value) for value in ticks(instant, ends, PARTITIONS)]
    moment = datetime_of(instant)
    assert found == [
        Tick(at=moment, after={"faults": 7, "orders": 3}),
        Tick(at=moment, after={}),
        Tick(at=moment, after={"faults": 1}),
    ]


def test_a_samples_messages_come_when_they_arrived() -> None:
    """Times of arrival, not `updated_at`, decide where a source knows them."""
    message = ticket(0)
    arrivals = [Timed(at(50), message, read(message))]
    steps = list(plan(arrivals, Options(end=NEVER), CHAPTERS, lambda key: 0, 1))
    assert [step.at for step in steps] == [at(50), at(51)]
