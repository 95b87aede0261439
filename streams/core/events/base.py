"""What every event has: identity, revision, times that are refused without an offset, and how one is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

MAX_EVENT_BYTES = 1 << 20
"""A larger message is no event: it goes to the dead letters as `too_large`."""

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100

Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 date-time with an offset")]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=32, description="A subscriber's number")]
Label = Annotated[str, msgspec.Meta(max_length=120)]


class Refused(Exception):
    """A message that cannot be counted: `reason` (a dead letter's class), `field` and `detail` say why."""

    def __init__(self, reason: str, field: str, detail: str) -> None:
        """Take the class of refusal, the field it lies in ("" for the whole message), and words for a person."""
        super().__init__(f"{reason}: {field or 'message'}: {detail}")
        self.reason, self.field, self.detail = reason, field, detail


class Period(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """A half-open stretch of time [from, to); without `to` it is still running."""

    start: Moment
    end: Moment | None = None


class Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The whole current state of one thing, with the revision that it is.

    A subclass names its `topic`, its key field, the time that places it in a month, and its own checks.
    """

    topic: ClassVar[str]
    time_fields: ClassVar[tuple[str, ...]]

    id: Identifier
    revision: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    updated_at: Moment
    branch: Label | None = None
    source: Label | None = None

    def key(self) -> str:
        """Return the record key that this event belongs under."""
        raise NotImplementedError

    def happened_at(self) -> datetime:
        """Return the time that decides which month the event belongs to."""
        raise NotImplementedError

    def moved_from(self) -> str | None:
        """Return the key that an earlier revision had, where the event names one."""
        return None

    def cancelled_under(self, key: str) -> Event:
        """Return this revision as a cancellation under an earlier key (see `moved_from`)."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise Refused for what the types cannot express; subclasses extend it."""
        for name in self.time_fields:
            check_year(name, getattr(self, name))


def check_year(field: str, moment: datetime | None) -> None:
    """Refuse a time in a year that is surely a mistake; near both ends of the calendar it could not even be kept."""
    if moment is not None and not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise Refused("invalid", field, f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")


_ENCODER = msgspec.msgpack.Encoder()


def canonical(event: Event) -> bytes:
    """Return the encoding that decides between equal revisions and that the ledger keeps (times as UTC instants)."""
    return _ENCODER.encode(event)
