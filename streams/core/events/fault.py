"""A fault ticket (故障申告; TMF621 TroubleTicket): one subscriber reports one fault."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from streams.core.events.base import Holds, Label, Moment, check_holds, check_not_before
from streams.core.events.subscriber import SubscriberEvent

Service = Literal["fixed", "broadband", "mobile", "key_product"]
CauseClass = Literal["network", "customer", "unknown", "other"]


class FaultTicket(SubscriberEvent, kw_only=True, omit_defaults=True):
    """The whole state of one fault ticket at one revision."""

    topic: ClassVar[str] = "faults"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at", "opened_at", "due_at", "restored_at", "closed_at")

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
    held: Holds | None = None
    preprocessed: bool | None = None
    vip: bool | None = None
    site: Label | None = None

    def happened_at(self) -> datetime:
        """Return when the fault was reported."""
        return self.opened_at

    def reported_from(self) -> tuple[str, str | None]:
        """Return the subscriber's number, and the site where the ticket names one."""
        return self.subscriber, self.site

    def check(self) -> None:
        """Refuse times out of range, a restoration before the report, and holds that end before they begin."""
        super().check()
        check_not_before("restored_at", self.restored_at, "opened_at", self.opened_at)
        check_holds(self.held)
