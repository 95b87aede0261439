"""A fault ticket (故障申告; TMF621 TroubleTicket): one subscriber reports one fault."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from streams.core.events.base import Event, Label, Moment, Number, Period, Refused, check_year

Service = Literal["fixed", "broadband", "mobile", "key_product"]
CauseClass = Literal["network", "customer", "unknown", "other"]
Status = Literal["acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected"]

INVALID_STATUSES = frozenset(("cancelled", "rejected"))
"""A ticket in one of these states was never a fault and counts nowhere."""

MAX_HOLDS = 100


class FaultTicket(Event, kw_only=True, omit_defaults=True):
    """The whole state of one fault ticket at one revision."""

    topic: ClassVar[str] = "faults"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at", "opened_at", "due_at", "restored_at", "closed_at")

    subscriber: Number
    opened_at: Moment
    service: Service
    brand: Label | None = None
    product: Label | None = None
    category: Label | None = None
    symptom: Label | None = None
    cause: Label | None = None
    cause_class: CauseClass | None = None
    due_at: Moment | None = None
    restored_at: Moment | None = None
    closed_at: Moment | None = None
    held: Annotated[list[Period], msgspec.Meta(max_length=MAX_HOLDS)] | None = None
    preprocessed: bool | None = None
    vip: bool | None = None
    site: Label | None = None
    status: Status | None = None
    was_subscriber: Number | None = None

    def key(self) -> str:
        """Return the subscriber's number."""
        return self.subscriber

    def happened_at(self) -> datetime:
        """Return when the fault was reported."""
        return self.opened_at

    def moved_from(self) -> str | None:
        """Return the number that an earlier revision had, if it was another."""
        return self.was_subscriber if self.was_subscriber != self.subscriber else None

    def cancelled_under(self, key: str) -> FaultTicket:
        """Return this revision as a cancelled ticket of the number `key`."""
        return msgspec.structs.replace(self, subscriber=key, status="cancelled", was_subscriber=None)

    def check(self) -> None:
        """Refuse times out of range, a restoration before the report, and holds that end before they begin."""
        super().check()
        if self.restored_at is not None and self.restored_at < self.opened_at:
            raise Refused("invalid", "restored_at", "is before opened_at")
        for number, hold in enumerate(self.held or ()):
            check_year(f"held[{number}].from", hold.start)
            check_year(f"held[{number}].to", hold.end)
            if hold.end is not None and hold.end < hold.start:
                raise Refused("invalid", f"held[{number}].to", "is before its from")
