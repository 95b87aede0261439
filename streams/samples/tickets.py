"""The words of the sample: a subscriber, a hold, a mass outage and a fault ticket with its whole course."""

from typing import NamedTuple

import msgspec

FIXED = "fixed"
BROADBAND = "broadband"
MOBILE = "mobile"
KEY_PRODUCT = "key_product"


class Subscriber(msgspec.Struct, eq=False):
    """A line: it belongs to one branch and one brand (key products have none) for its whole life."""

    branch: str
    brand: str | None
    number: str = ""


class Hold(NamedTuple):
    """A time in which the clock of a ticket stands still: [start, end), microseconds since the epoch."""

    start: int
    end: int


class Outage(msgspec.Struct, frozen=True, eq=False):
    """A mass outage of the month: when, how many lines reported it, and what those tickets say."""

    branch: str
    started_at: int
    restored_at: int
    reporters: int
    services: tuple[str, ...]
    symptoms: dict[str, str]
    cause: str
    prefixes: tuple[str, ...]
    first_number: str | None
    last_number: str | None
    site: str | None


class Ticket(msgspec.Struct, eq=False):
    """A fault ticket with all that will ever be known of it; its revisions tell it bit by bit."""

    subscriber: Subscriber
    service: str
    product: str | None = None
    opened_at: int = 0
    outage: Outage | None = None
    symptom: str = ""
    cause: str = ""
    cause_class: str = ""
    in_time: bool = True
    preprocessed: bool = False
    due_at: int | None = None
    holds: tuple[Hold, ...] = ()
    restored_at: int = 0
    final_status: str = "closed"
    vip: bool = False
    source: str = ""
    id: str = ""
