"""From a message's bytes to an event, or to a refusal that names field and reason."""

from __future__ import annotations

import re

import msgspec

from streams.core.events.base import MAX_EVENT_BYTES, Event, Refused

_PLACE = re.compile(r" - at `(?:key in )?\$\.?(?P<field>[^`]*)`$")


class Reader:
    """Reads the messages and the kept facts of one kind of event."""

    def __init__(self, kind: type[Event]) -> None:
        """Take the Struct of the kind; its decoders are built once."""
        self.kind = kind
        self._decode_json = msgspec.json.Decoder(kind).decode
        self._decode_kept = msgspec.msgpack.Decoder(kind).decode

    def read(self, value: bytes | None) -> Event:
        """Return the event in a message's value; raises Refused (too_large, empty, not_json, invalid)."""
        if not value:
            raise Refused("empty", "", "the message has no value")
        if len(value) > MAX_EVENT_BYTES:
            raise Refused("too_large", "", f"{len(value):,} bytes, at most {MAX_EVENT_BYTES:,}")
        try:
            event = self._decode_json(value)
        except msgspec.ValidationError as error:
            raise refusal_of(error) from None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise Refused("not_json", "", str(error)) from None
        event.check()
        return event

    def kept(self, fact: bytes) -> Event:
        """Return the event in a fact that the ledger keeps."""
        return self._decode_kept(fact)


def refusal_of(error: msgspec.ValidationError) -> Refused:
    """Return msgspec's message as field and detail: "Expected `str`, got `int` - at `$.id`"."""
    place = _PLACE.search(str(error))
    detail, field = (str(error)[: place.start()], place["field"]) if place else (str(error), "")
    missing = re.match(r"Object missing required field `(?P<name>[^`]+)`", detail)
    if missing is not None:
        field = f"{field}.{missing['name']}".lstrip(".")
        detail = "is required"
    return Refused("invalid", field, detail)
