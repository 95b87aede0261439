"""Side effects of a message: the dead letter that keeps what cannot be counted, and the message sent again."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from streams.core.events import Event, Refused
from streams.core.rounds import Headers, Outgoing

DEAD_LETTERS_TOPIC = "dead-letters"
RESENT_HEADER = "streams-resent"
"""Marks a message that was sent again under its right key; it is never sent a third time."""

REASONS = {
    "empty": "the message has no value",
    "not_json": "the message is not JSON",
    "invalid": "a field is missing, of the wrong type, or out of its range",
    "too_large": "the message is larger than an event may be",
    "wrong_key": "key or partition do not belong to the event; it was sent again under its own key",
    "too_old": "the event belongs to a month that was closed when it came",
    "in_future": "the event lies more than a day (planned work: 92 days) after the broker received it",
    "clock_ahead": "the tick lies more than a minute ahead of the broker's clock",
}
"""Every class of refusal, with the sentence that explains it."""


class Message(NamedTuple):
    """One record as read: its offset, key, value, the broker's time stamp (milliseconds) and headers."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: Headers


def dead_letter(topic: str, partition: int, message: Message, refused: Refused, resolved: bool = False) -> Outgoing:
    """Return the dead letter of a message: its own bytes as value, all else in headers; its key is its place."""
    headers: list[tuple[str, bytes]] = [
        ("streams-topic", topic.encode()),
        ("streams-partition", str(partition).encode()),
        ("streams-offset", str(message.offset).encode()),
        ("streams-reason", refused.reason.encode()),
        ("streams-field", refused.field.encode()),
        ("streams-detail", refused.detail.encode()),
        ("streams-state", b"resolved" if resolved else b"open"),
    ]
    if message.key is not None:
        headers.append(("streams-key", message.key))
    place = f"{topic}/{partition}/{message.offset}".encode()
    return Outgoing(DEAD_LETTERS_TOPIC, partition, place, message.value, tuple(headers))


def resent(event: Event, key: str, value: bytes | None = None) -> Outgoing:
    """Return an event to be sent (again) under `key`; with `value` its own bytes are kept."""
    bytes_of_event = msgspec.json.encode(event) if value is None else value
    return Outgoing(event.topic, None, key.encode(), bytes_of_event, ((RESENT_HEADER, b"1"),))
