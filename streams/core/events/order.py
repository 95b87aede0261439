"""A work order (装移机工单): to install or relocate a line, from its creation to its completion."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from streams.core.events.base import (
    Event,
    Holds,
    Identifier,
    Label,
    Moment,
    Number,
    Status,
    check_holds,
    check_not_before,
)

MAX_REMINDERS = 1_000


class WorkOrder(Event, kw_only=True, omit_defaults=True):
    """The whole state of one work order at one revision.

    Its key is the subscriber's number, or its own id while no number is known. `was_subscriber` names the key that an
    earlier revision had: that id, or another number.
    """

    topic: ClassVar[str] = "orders"
    keyed_by: ClassVar[str] = "subscriber, or id while there is none"
    time_fields: ClassVar[tuple[str, ...]] = (
        "updated_at",
        "created_at",
        "appointed_at",
        "promised_for",
        "completed_at",
    )

    created_at: Moment
    subscriber: Number | None = None
    brand: Label | None = None
    appointed_at: Moment | None = None
    promised_for: Moment | None = None
    completed_at: Moment | None = None
    reminders: Annotated[int, msgspec.Meta(ge=0, le=MAX_REMINDERS)] | None = None
    held: Holds | None = None
    status: Status | None = None
    was_subscriber: Identifier | None = None

    def key(self) -> str:
        """Return the subscriber's number, or the order's id while there is none."""
        return self.id if self.subscriber is None else self.subscriber

    def happened_at(self) -> datetime:
        """Return when the order was created."""
        return self.created_at

    def moved_from(self) -> str | None:
        """Return the key that an earlier revision had, if it was another."""
        return self.was_subscriber if self.was_subscriber != self.key() else None

    def cancelled_under(self, key: str) -> WorkOrder:
        """Return this revision as a cancelled order under `key`."""
        subscriber = None if key == self.id else key
        return msgspec.structs.replace(self, subscriber=subscriber, status="cancelled", was_subscriber=None)

    def check(self) -> None:
        """Refuse times out of range, a completion before the creation, and holds that end before they begin."""
        super().check()
        check_not_before("completed_at", self.completed_at, "created_at", self.created_at)
        check_holds(self.held)
