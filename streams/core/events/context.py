"""The messages of the topic `context`, which every partition has its own of: ticks of the clock, closings of months."""

from __future__ import annotations

from typing import Annotated

import msgspec

from streams.core.events.base import Moment, Month, Refused, check_year
from streams.core.events.reading import refusal_of

CONTEXT_TOPIC = "context"

Offset = Annotated[int, msgspec.Meta(ge=0)]


class Tick(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="tick"):
    """Time, as a message: it is `at`, once the partition's events below the offsets `after` (per topic) are applied."""

    at: Moment
    after: dict[str, Offset] = {}


class Closing(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="closing"):
    """A month is closed: a revision at or past the offset `upto` (per topic) that belongs to it does not count."""

    month: Month
    upto: dict[str, Offset]


ContextMessage = Tick | Closing

_DECODE = msgspec.json.Decoder(ContextMessage).decode
_ENCODE = msgspec.json.Encoder().encode


def read_context(value: bytes | None) -> ContextMessage:
    """Return the message in a context record's value; raises Refused."""
    if not value:
        raise Refused("empty", "", "the message has no value")
    try:
        message: ContextMessage = _DECODE(value)
    except msgspec.ValidationError as error:
        raise refusal_of(error) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("not_json", "", str(error)) from None
    if isinstance(message, Tick):
        check_year("at", message.at)
    return message


def write_context(message: ContextMessage) -> bytes:
    """Return a context message as JSON bytes."""
    return _ENCODE(message)
