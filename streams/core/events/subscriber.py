"""What the events have in common that are kept under a subscriber's number, which may turn out to be another."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from streams.core.events.base import Event, Number, Status


class SubscriberEvent(Event, kw_only=True, omit_defaults=True):
    """The whole current state of one subscriber's ticket; its key is the number."""

    keyed_by: ClassVar[str] = "subscriber"

    subscriber: Number
    status: Status | None = None
    was_subscriber: Number | None = None

    def key(self) -> str:
        """Return the subscriber's number."""
        return self.subscriber

    def moved_from(self) -> str | None:
        """Return the number that an earlier revision had, if it was another."""
        return self.was_subscriber if self.was_subscriber != self.subscriber else None

    def cancelled_under(self, key: str) -> Self:
        """Return this revision as a cancelled ticket of the number `key`."""
        return msgspec.structs.replace(self, subscriber=key, status="cancelled", was_subscriber=None)
