"""Signals: what each partition tells of its tickets and complaints, when, with what time and clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.detection.signals import SITE, Signal
from streams.core.events import READERS
from streams.core.letters import Message
from streams.core.months import MINUTE, instant_of
from streams.core.outages.directory import Directory, Row
from streams.core.signals import LATEST, SIGNALS_A_RECORD, SIGNALS_LIMIT, SignalRecord, Signals, read_signals
from tests.core.installation import DEFINITIONS, FAULTS, Installation, at, ticket

NOON = at("2009-07-15 12:00")
NOW = instant_of(NOON)


def signals(definitions: Any = DEFINITIONS) -> Signals:
    """Return what partition 1 of three has to tell; partition 0 watches."""
    return Signals(1, definitions, lambda _: 0)


def collected(now: int = NOW, definitions: Any = DEFINITIONS, topic: str = FAULTS, **fields: Any) -> list[Signal]:
    """Return the signals of one ticket, or of an event of another topic, that comes while the clock stands at `now`."""
    content = ticket("T1", "6182560", NOON) | fields
    waiting = signals(definitions)
    waiting.collect(READERS[topic].read(msgspec.json.encode(content)), now)
    return [signal for record in taken(waiting, now) for signal in record.signals]


def taken(waiting: Signals, now: int) -> list[SignalRecord]:
    """Return the records that are to be sent now."""
    return [read_signals(outgoing.value) for outgoing in waiting.take_records(now)]


def test_a_ticket_tells_when_where_and_what() -> None:
    """Its time, its line, the cells from branch to block, its symptom."""
    (signal,) = collected(now=NOW - MINUTE, symptom="无拨号音")
    assert signal == Signal(
        id="faults/T1", at=NOW, line="6182560", leaves=(("现业", "618", "6182"),), kind="fault", symptom="无拨号音"
    )


def test_a_site_is_a_cell_of_its_own_stated_or_by_the_directory() -> None:
    """Box and block may each be what is out; the directory knows the box where the ticket does not say it."""
    (stated,) = collected(site="媒体箱")
    assert stated.leaves == (("现业", f"{SITE}媒体箱"), ("现业", "618", "6182"))
    known = msgspec.structs.replace(DEFINITIONS, directory=Directory((Row("6182560", "机房", None),)))
    (looked_up,) = collected(definitions=known)
    assert looked_up.leaves[0] == ("现业", f"{SITE}机房")


def test_the_number_says_the_branch_and_a_mistaken_ticket_does_not() -> None:
    """A burst is not torn apart by clerks who pick different branches; only without a number theirs is believed."""
    assert collected(branch="简阳")[0].leaves == (("现业", "618", "6182"),)
    assert collected(subscriber="无", branch="简阳")[0].leaves == (("简阳", "none"),)
    assert collected(subscriber="王先生")[0].leaves == (("none", "none"),)


def test_a_placeholder_is_nobodys_line() -> None:
    """Tickets without a number count as reports, not as lines."""
    assert [signal.line for signal in collected(subscriber="无")] == [""]


def test_a_late_ticket_comes_just_after_the_clock_and_a_very_late_one_not_at_all() -> None:
    """No signal lies before what was told to be known; what was keyed in hours later is no burst of now."""
    assert [signal.at for signal in collected(now=NOW)] == [NOW + 1]
    assert [signal.at for signal in collected(now=NOW + LATEST - 1)] == [NOW + LATEST]
    assert collected(now=NOW + LATEST) == []


def test_orders_cancelled_tickets_and_changed_numbers_are_no_signals() -> None:
    """A ticket that moved here was told of under its former number."""
    assert collected(status="cancelled") == []
    assert collected(was_subscriber="6182561") == []
    assert collected(topic="orders", created_at=NOON.isoformat()) == []


def test_complaints_are_signals_of_their_own_kind() -> None:
    """Faults and complaints are watched apart."""
    (signal,) = collected(topic="complaints", received_at=NOON.isoformat())
    assert (signal.id, signal.kind) == ("complaints/T1", "complaint")


def test_the_clock_is_told_even_when_nothing_happens_and_once() -> None:
    """Whoever watches must know that a partition has nothing to tell."""
    waiting = signals()
    assert taken(waiting, NOW) == [SignalRecord(1, NOW, [])]
    assert taken(waiting, NOW) == []
    assert taken(waiting, NOW + 1) == [SignalRecord(1, NOW + 1, [])]


def test_only_the_last_of_many_records_moves_the_clock() -> None:
    """Between them whoever watches may conclude nothing from signals that are still to come."""
    waiting = signals()
    taken(waiting, NOW)
    for number in range(SIGNALS_LIMIT):
        assert not waiting.are_full()
        content = ticket(f"T{number}", f"{6_000_000 + number}", NOON)
        waiting.collect(READERS[FAULTS].read(msgspec.json.encode(content)), NOW)
    assert waiting.are_full()
    records = taken(waiting, NOW + MINUTE)
    assert [len(record.signals) for record in records] == [SIGNALS_A_RECORD] * 4
    assert [record.upto for record in records] == [NOW] * 3 + [NOW + MINUTE]
    assert not waiting.are_full()


def told_in(installation: Installation) -> list[Signal]:
    """Return the signals on the topic."""
    return [
        signal
        for (topic, _), log in installation.logs.items()
        if topic == SIGNALS_TOPIC
        for message in log
        for signal in read_signals(message.value).signals
    ]


def test_a_ticket_is_told_of_once_whatever_becomes_of_it() -> None:
    """Revised, repeated, sent under a wrong key, moved to another number: the line reported once."""
    installation = Installation()
    first = ticket("T1", "6182560", NOON)
    moved = ticket("T1", "7220001", NOON, revision=2, was_subscriber="6182560")
    installation.send([first, first, first | {"revision": 1, "site": "机房"}])
    installation.send([ticket("T2", "6182561", NOON)], key="T2")
    installation.count(NOON + timedelta(minutes=1))
    installation.send([moved])
    installation.count(NOON + timedelta(minutes=2))
    installation.count()
    assert sorted(signal.id for signal in told_in(installation)) == ["faults/T1", "faults/T2"]


def test_every_partition_tells_its_clock_to_the_one_that_watches() -> None:
    """All signals lie in one partition, and the last clock of each sender is the last tick."""
    installation = Installation()
    installation.send([ticket(f"T{number}", f"618256{number}", NOON) for number in range(10)])
    for minutes in (1, 2):
        installation.count(NOON + timedelta(minutes=minutes))
    installation.count()
    logs = {number: log for (topic, number), log in installation.logs.items() if topic == SIGNALS_TOPIC and log}
    assert len(logs) == 1
    ((watcher, log),) = logs.items()
    assert watcher == installation.partition_of(b"city")
    clocks = {record.partition: record.upto for record in map(_record, log)}
    assert clocks == dict.fromkeys(range(installation.partitions), NOW + 2 * MINUTE)


def _record(message: Message) -> SignalRecord:
    return read_signals(message.value)


def test_signals_never_lie_below_a_clock_that_was_told_before() -> None:
    """Whatever comes, late or in disorder: what a partition said it knew up to, stays so."""
    random, installation = Random(11), Installation()
    for minute in range(0, 120, 5):
        moment: datetime = NOON + timedelta(minutes=minute)
        opened = [moment - timedelta(minutes=random.choice((0, 1, 7, 80, 600))) for _ in range(5)]
        installation.send(
            ticket(f"T{minute}-{number}", f"{random.choice('67')}{random.randrange(10**6):06}", one)
            for number, one in enumerate(opened)
        )
        installation.count(moment)
    clocks: dict[int, int] = {}
    for (topic, _), log in installation.logs.items():
        for record in map(_record, log) if topic == SIGNALS_TOPIC else ():
            assert all(signal.at > clocks.get(record.partition, 0) for signal in record.signals)
            assert record.upto >= clocks.get(record.partition, 0)
            clocks[record.partition] = record.upto
    assert len(clocks) == installation.partitions
