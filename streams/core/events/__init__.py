"""The events, one file per kind; adding a kind is one new file and one line in EVENT_TYPES."""

from __future__ import annotations

from streams.core.events.assessment import Assessment
from streams.core.events.base import MAX_EVENT_BYTES, Event, Refused
from streams.core.events.callback import Callback
from streams.core.events.complaint import Complaint
from streams.core.events.fault import FaultTicket
from streams.core.events.order import WorkOrder
from streams.core.events.outage import Outage
from streams.core.events.reading import Reader

EVENT_TYPES: tuple[type[Event], ...] = (
    FaultTicket,
    Outage,
    Complaint,
    WorkOrder,
    Callback,
    Assessment,
)
"""Every kind of event that has a source topic of its own."""

SOURCE_TOPICS: tuple[str, ...] = tuple(kind.topic for kind in EVENT_TYPES)

READERS: dict[str, Reader] = {kind.topic: Reader(kind) for kind in EVENT_TYPES}
"""topic → what turns its messages into events."""

__all__ = [
    "EVENT_TYPES",
    "MAX_EVENT_BYTES",
    "READERS",
    "SOURCE_TOPICS",
    "Assessment",
    "Callback",
    "Complaint",
    "Event",
    "FaultTicket",
    "Outage",
    "Reader",
    "Refused",
    "WorkOrder",
]
