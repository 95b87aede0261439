"""A call-back (回访): somebody is called and asked how a fault, a complaint or an order was dealt with."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from streams.core.events.base import Event, Label, Moment

Subject = Literal["fault", "complaint", "order", "vip"]
Caller = Literal["province", "local"]


class Callback(Event, kw_only=True, omit_defaults=True):
    """The whole state of one call-back at one revision.

    `ref` is the id of what the call is about. `timely`, `attitude` and `satisfied` say how a question was answered;
    absent is not asked.
    """

    topic: ClassVar[str] = "callbacks"
    keyed_by: ClassVar[str] = "id"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at", "called_at")

    called_at: Moment
    subject: Subject
    ref: Label | None = None
    caller: Caller | None = None
    reached: bool | None = None
    timely: bool | None = None
    attitude: bool | None = None
    satisfied: bool | None = None

    def key(self) -> str:
        """Return the call-back's id."""
        return self.id

    def happened_at(self) -> datetime:
        """Return when the call was made."""
        return self.called_at
