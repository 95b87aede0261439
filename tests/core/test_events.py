"""Messages: what is read, how it is kept, and that every refusal names its reason and its field."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events import MAX_EVENT_BYTES, READERS, SOURCE_TOPICS, FaultTicket, Refused
from streams.core.events.base import canonical
from streams.core.events.context import Closing, Tick, read_context
from streams.core.letters import REASONS
from tests.core.strategies import nearly

READER = READERS["faults"]
TICKET: dict[str, Any] = {
    "id": "T1",
    "revision": 3,
    "updated_at": "2009-07-02T08:00:00+08:00",
    "subscriber": "6630001",
    "opened_at": "2009-07-01T10:00:00+08:00",
    "service": "broadband",
}


def written(**changes: Any) -> bytes:
    """Return the ticket as JSON with some fields changed, or left out where the change is `...`."""
    return msgspec.json.encode({name: value for name, value in {**TICKET, **changes}.items() if value is not ...})


def read(**changes: Any) -> FaultTicket:
    """Return the ticket as it is read, with some fields changed."""
    ticket = READER.read(written(**changes))
    assert isinstance(ticket, FaultTicket)
    return ticket


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (None, "empty", ""),
        (b"", "empty", ""),
        (b"{", "not_json", ""),
        (b"no", "not_json", ""),
        (b"\xff\xfe", "not_json", ""),
        (written() + b",", "not_json", ""),
        (written().replace(b"T1", b"\xff"), "not_json", ""),
        (written().replace(b"T1", b"\\ud800"), "not_json", ""),
        (written().replace(b"3", b"NaN", 1), "not_json", ""),
        (b"x" * (MAX_EVENT_BYTES + 1), "too_large", ""),
        (b"[]", "invalid", ""),
        (b"null", "invalid", ""),
        (b"[" * 100_000, "invalid", ""),
        (b"{}", "invalid", "id"),
        *((written(**{name: ...}), "invalid", name) for name in TICKET),
        *((written(**{name: None}), "invalid", name) for name in TICKET),
        (written(id=7), "invalid", "id"),
        (written(id=""), "invalid", "id"),
        (written(id="T" * 129), "invalid", "id"),
        (written(revision=-1), "invalid", "revision"),
        (written(revision=True), "invalid", "revision"),
        (written(revision=1.0), "invalid", "revision"),
        (written(revision="1"), "invalid", "revision"),
        (written(revision=2**53 + 1), "invalid", "revision"),
        (written(opened_at="2009-07-01T10:00:00"), "invalid", "opened_at"),
        (written(opened_at="2009-07-01"), "invalid", "opened_at"),
        (written(opened_at="2009-02-29T10:00:00Z"), "invalid", "opened_at"),
        (written(opened_at="2009-07-01T24:00:00Z"), "invalid", "opened_at"),
        (written(opened_at=1_246_406_400), "invalid", "opened_at"),
        (written(opened_at="1989-12-31T23:59:59Z"), "invalid", "opened_at"),
        (written(updated_at="2101-01-01T00:00:00Z"), "invalid", "updated_at"),
        (written(service="telegraph"), "invalid", "service"),
        (written(status="lost"), "invalid", "status"),
        (written(cause_class=""), "invalid", "cause_class"),
        (written(brand=["E8"]), "invalid", "brand"),
        (written(brand="E" * 121), "invalid", "brand"),
        (written(preprocessed=1), "invalid", "preprocessed"),
        (written(was_subscriber=""), "invalid", "was_subscriber"),
        (written(restored_at="2009-07-01T09:59:59.999+08:00"), "invalid", "restored_at"),
        (written(held={}), "invalid", "held"),
        (written(held=[{}]), "invalid", "held[0].from"),
        (written(held=[{"from": "2009-07-01T00:00:00Z"}] * 101), "invalid", "held"),
        (
            written(held=[{"from": "2009-07-02T00:00:00Z", "to": "2009-07-01T00:00:00Z"}]),
            "invalid",
            "held[0].to",
        ),
        (written(held=[{"from": "0001-01-01T00:00:00+08:00"}]), "invalid", "held[0].from"),
        (
            written(held=[{"from": "2009-07-02T00:00:00Z", "to": "9999-12-31T23:59:59-08:00"}]),
            "invalid",
            "held[0].to",
        ),
    ],
)
def test_a_refusal_names_its_reason_and_its_field(value: bytes | None, reason: str, field: str) -> None:
    """Whoever finds the message among the dead letters is told what to mend."""
    with pytest.raises(Refused) as refused:
        READER.read(value)
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert refused.value.detail
    assert reason in REASONS


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (None, "empty", ""),
        (b"\xff", "not_json", ""),
        (b"{}", "invalid", "kind"),
        (b'{"kind": "rumour"}', "invalid", "kind"),
        (b'{"kind": "tick"}', "invalid", "at"),
        (b'{"kind": "tick", "at": "2009-07-01T00:00:00"}', "invalid", "at"),
        (b'{"kind": "tick", "at": "9999-12-31T23:59:59-08:00"}', "invalid", "at"),
        (b'{"kind": "tick", "at": "2009-07-01T00:00:00Z", "after": 5}', "invalid", "after"),
        (b'{"kind": "tick", "at": "2009-07-01T00:00:00Z", "after": {"faults": -1}}', "invalid", "after[...]"),
        (b'{"kind": "closing", "month": "2009-13", "upto": {}}', "invalid", "month"),
        (b'{"kind": "closing", "month": "2009-07"}', "invalid", "upto"),
    ],
)
def test_a_context_message_is_refused_in_the_same_way(value: bytes | None, reason: str, field: str) -> None:
    """The clock, too, says what is wrong with a message that it does not follow."""
    with pytest.raises(Refused) as refused:
        read_context(value)
    assert (refused.value.reason, refused.value.field) == (reason, field)


def test_context_messages_are_told_apart_by_their_kind() -> None:
    """A tick without `after` waits for nothing; a closing names its month and offsets."""
    tick = read_context(b'{"kind": "tick", "at": "2009-07-01T08:00:00+08:00"}')
    closing = read_context(b'{"kind": "closing", "month": "2009-07", "upto": {"faults": 9}}')
    assert isinstance(tick, Tick)
    assert tick.after == {}
    assert closing == Closing(month="2009-07", upto={"faults": 9})


def test_optional_fields_may_be_absent_or_null_and_unknown_ones_are_passed_over() -> None:
    """Absent, null, and a field that nobody knows: the same ticket, and the same bytes in the ledger."""
    optional = [name for name in FaultTicket.__struct_fields__ if name not in TICKET]
    nulls = dict.fromkeys(optional)
    assert read(**nulls) == read() == read(colour="red", mood={"deep": [1]})
    assert canonical(read(**nulls)) == canonical(read(colour="red"))


def test_an_instant_is_one_however_it_is_written() -> None:
    """Another offset, another number of decimals: no other ticket, so such a repeat wins over nothing."""
    assert canonical(read(opened_at="2009-07-01T02:00:00.000Z")) == canonical(read())
    assert canonical(read(opened_at="2009-07-01T02:00:00.000001Z")) != canonical(read())


def test_a_ticket_that_changed_its_number_is_cancelled_under_the_former_one() -> None:
    """The twin has the same id and revision, counts nowhere, and cancels nothing in turn."""
    moved = read(was_subscriber="6620009")
    assert moved.moved_from() == "6620009"
    twin = moved.cancelled_under("6620009")
    assert (twin.key(), twin.id, twin.revision, twin.status) == ("6620009", "T1", 3, "cancelled")
    assert twin.moved_from() is None
    assert read(was_subscriber="6630001").moved_from() is None


def test_every_topic_of_events_has_a_reader_of_its_kind() -> None:
    """A new kind of event needs no other place to be known in."""
    assert set(READERS) == set(SOURCE_TOPICS)
    assert all(reader.kind.topic == topic for topic, reader in READERS.items())


@given(st.dictionaries(st.sampled_from(FaultTicket.__struct_fields__), nearly(), max_size=3))
def test_what_is_read_can_be_kept_and_read_again(changes: dict[str, Any]) -> None:
    """Whatever is sent is refused, or comes back from the ledger as the same event: nothing else is ever raised."""
    try:
        event = READER.read(written(**changes))
    except Refused:
        return
    kept = READER.kept(canonical(event))
    assert kept == event
    assert canonical(kept) == canonical(event)


@given(st.binary(max_size=40))
def test_no_bytes_are_too_odd_to_be_refused(value: bytes) -> None:
    """Bytes that are no ticket are refused; nothing else is ever raised."""
    with pytest.raises(Refused):
        READER.read(value)
