"""What every event has: identity, revision, times that are refused without an offset, and how one is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec

MAX_EVENT_BYTES = 1 << 20
"""A larger message is no event: it goes to the dead letters as `too_large`."""

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100

Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 date-time with an offset")]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=32, description="A subscriber's number")]
Label = Annotated[str, msgspec.Meta(max_length=120)]
AT_END = r"(?!\n)$"
"""The end of a pattern: `$` alone lets a line feed pass."""
Month = Annotated[str, msgspec.Meta(pattern=f"^[0-9]{{4}}-(0[1-9]|1[0-2]){AT_END}")]
Status = Literal["acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected"]

INVALID_STATUSES = frozenset(("cancelled", "rejected"))
"""What is in one of these states never was, and counts nowhere."""

MAX_LISTED = 100
"""A list within an event (holds, penalties) has at most this many entries."""


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


Holds = Annotated[list[Period], msgspec.Meta(max_length=MAX_LISTED)]


class Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The whole current state of one thing, with the revision that it is.

    A subclass names its `topic`, what its key is, the time that places it in a month, and its own checks.
    """

    topic: ClassVar[str]
    keyed_by: ClassVar[str]
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

    def reported_from(self) -> tuple[str, str | None] | None:
        """Return the number and the site that report trouble, None for a kind that belongs to no outage."""
        return None

    def days_ahead(self) -> int:
        """Return how many days after its receipt an event may lie: clocks differ, and some things are announced."""
        return 1

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


def check_not_before(field: str, moment: datetime | None, earliest_field: str, earliest: datetime) -> None:
    """Refuse a time that lies before the one it must follow."""
    if moment is not None and moment < earliest:
        raise Refused("invalid", field, f"is before {earliest_field}")


def check_holds(held: list[Period] | None) -> None:
    """Refuse holds with a time out of range, and those that end before they begin."""
    for number, hold in enumerate(held or ()):
        check_year(f"held[{number}].from", hold.start)
        check_year(f"held[{number}].to", hold.end)
        check_not_before(f"held[{number}].to", hold.end, "its from", hold.start)


_ENCODER = msgspec.msgpack.Encoder()


def canonical(event: Event) -> bytes:
    """Return the encoding that decides between equal revisions and that the ledger keeps (times as UTC instants)."""
    return _ENCODER.encode(event)
