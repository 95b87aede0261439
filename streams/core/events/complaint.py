"""A complaint (投诉): one subscriber complains, a department answers, another one may be found responsible."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from streams.core.events.base import MAX_LISTED, Label, Moment, check_not_before
from streams.core.events.subscriber import SubscriberEvent

PenaltyKind = Literal["overdue", "irregular_note", "keying_error", "justified"]
MAX_FEN = 10**12


class Penalty(msgspec.Struct, frozen=True, kw_only=True):
    """What a department pays for one complaint: the kind of failing, and the amount in fen (1/100 yuan)."""

    department: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    kind: PenaltyKind
    amount_fen: Annotated[int, msgspec.Meta(ge=0, le=MAX_FEN)]


class Complaint(SubscriberEvent, kw_only=True, omit_defaults=True):
    """The whole state of one complaint at one revision.

    `department` handles it, `responsible` was found to have caused it, and penalties name their own departments.
    `conduct` says where the conduct complained of happened; `subcategory` divides a category.
    """

    topic: ClassVar[str] = "complaints"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at", "received_at", "due_at", "answered_at")

    received_at: Moment
    channel: Label | None = None
    category: Label | None = None
    subcategory: Label | None = None
    network_fault: bool | None = None
    department: Label | None = None
    due_at: Moment | None = None
    answered_at: Moment | None = None
    justified: bool | None = None
    responsible: Label | None = None
    escalated: bool | None = None
    conduct: Label | None = None
    penalties: Annotated[list[Penalty], msgspec.Meta(max_length=MAX_LISTED)] | None = None

    def happened_at(self) -> datetime:
        """Return when the complaint was received."""
        return self.received_at

    def reported_from(self) -> tuple[str, None]:
        """Return the subscriber's number; a complaint names no site."""
        return self.subscriber, None

    def check(self) -> None:
        """Refuse times out of range, and an answer before the complaint."""
        super().check()
        check_not_before("answered_at", self.answered_at, "received_at", self.received_at)
