"""The head of a partition: the record that ends every round and says what the tallies before it stand for."""

from __future__ import annotations

import msgspec

HEAD_KEY = b"head"
"""The key of the head's record on the topic `tallies`; a partition has one."""

Offsets = dict[str, int]
"""topic → the offset of the next record."""


class ClosedMonth(msgspec.Struct, frozen=True, array_like=True):
    """A closing: `month` and every earlier month; records at or past `upto` (per topic) do not count in them."""

    month: str
    upto: Offsets


class Head(msgspec.Struct, frozen=True):
    """Where a partition stands.

    applied: the tallies hold every record below these offsets, per topic.
    effects: the side effects of every record below these offsets are sent (ahead of `applied` while folding).
    horizon: a fold begun here finds all facts that can still matter.
    as_of: the clock, an instant in microseconds; 0 before the first tick.
    settled: False while no tallies stand behind this head yet.
    """

    applied: Offsets
    effects: Offsets
    horizon: Offsets
    as_of: int
    closed: list[ClosedMonth]
    definitions: str
    settled: bool


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Head).decode


def write_head(head: Head) -> bytes:
    """Return a head as bytes."""
    return _ENCODE(head)


def read_head(value: bytes) -> Head:
    """Return the head in a record's value; raises msgspec.DecodeError."""
    return _DECODE(value)


def vouches_for_tallies(head: Head, former: Head | None) -> bool:
    """Tell whether the tallies records before `head` count from now on; `former` is the head before it, if any.

    A head that has moved in its effects alone was sent while folding: its round had no tallies, and what stands before
    it can only be the torn end of a former owner's round, on a broker without transactions.
    """
    if former is None or head == former:
        return head.settled
    return msgspec.structs.replace(former, effects=head.effects) != head


def closing_for(closed: list[ClosedMonth], month: str) -> ClosedMonth | None:
    """Return the closing that closed `month` (the first that reaches it), None while it is open."""
    return next((closing for closing in closed if closing.month >= month), None)


def counts_at(closed: list[ClosedMonth], month: str, topic: str, offset: int) -> bool:
    """Tell whether a revision of `month` at `offset` counts: its month is open, or was when the record came."""
    closing = closing_for(closed, month)
    return closing is None or offset < closing.upto.get(topic, 0)
