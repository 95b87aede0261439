"""Reads fault messages as the contract words them and keeps the newest revision of every ticket.

A ticket is a plain dict of the contract's fields: absent and null are both None, an instant is an integer number
of microseconds since the epoch, `held` is a tuple of (from, to) instants where an open end is `NEVER`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar

Instant = int | float
Message = tuple[str, bytes | None, bytes | None]
Ticket = dict[str, Any]
T = TypeVar("T")

NEVER: Final = math.inf
VALUE_LIMIT_BYTES: Final = 1024 * 1024
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
RFC_3339: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


class Unreadable(Exception):
    """A message that is no fault ticket; its only argument is the reason class."""


@dataclass
class Collected:
    """What a log of fault messages holds: the newest revision per (subscriber, id), and counts of the odd messages."""

    tickets: dict[tuple[str, str], Ticket] = field(default_factory=dict)
    unreadable: Counter[str] = field(default_factory=Counter)
    wrong_key: int = 0
    too_old: int = 0


def collect(messages: Iterable[Message], is_too_old: Callable[[int, Ticket], bool], skip: Collection[int]) -> Collected:
    """Fold the messages of topic `faults` into the newest revision of every ticket.

    Args:
        messages: (topic, key, value); those of other topics are passed over.
        is_too_old: whether the ticket read at a position of `messages` belongs to a month that was closed by then.
        skip: positions of readable messages that do not exist for this count.
    """
    collected = Collected()
    for position, (topic, key, value) in enumerate(messages):
        if topic != "faults":
            continue
        try:
            ticket = read(value)
        except Unreadable as error:
            collected.unreadable[str(error)] += 1
            continue
        collected.wrong_key += key != ticket["subscriber"].encode()
        if is_too_old(position, ticket):
            collected.too_old += 1
        elif position not in skip:
            for revision in (ticket, *cancellation_under_former_number(ticket)):
                keep_newest(collected.tickets, revision)
    return collected


def cancellation_under_former_number(ticket: Ticket) -> tuple[Ticket, ...]:
    """The cancelled twin, under the number that an earlier revision had; none where the number never changed."""
    former = ticket["was_subscriber"]
    if former is None or former == ticket["subscriber"]:
        return ()
    return ({**ticket, "subscriber": former, "was_subscriber": None, "status": "cancelled"},)


def keep_newest(tickets: dict[tuple[str, str], Ticket], ticket: Ticket) -> None:
    """Put the ticket in the place of an older revision; AssertionError if two of one revision differ.

    Which of two different messages of one revision wins is a matter of their encoding, which the oracle does not know.
    """
    identity = (ticket["subscriber"], ticket["id"])
    known = tickets.get(identity)
    if known is None or ticket["revision"] > known["revision"]:
        tickets[identity] = ticket
    elif ticket["revision"] == known["revision"]:
        assert ticket == known, f"ticket {ticket['id']}: two different messages carry revision {ticket['revision']}"


def read(value: bytes | None) -> Ticket:
    """The ticket in a message's value; `Unreadable` with the reason class if there is none."""
    document = parse(value)
    if any(document.get(name) is None for name in REQUIRED):
        raise Unreadable("missing_field")
    ticket: Ticket = {}
    for name, read_field in FIELDS.items():
        raw = document.get(name)
        ticket[name] = None if raw is None else read_field(raw)
    if ticket["restored_at"] is not None and ticket["restored_at"] < ticket["opened_at"]:
        raise Unreadable("contradiction")
    return ticket


def parse(value: bytes | None) -> dict[str, Any]:
    """The JSON object in a message's value."""
    if not value:
        raise Unreadable("empty")
    if len(value) > VALUE_LIMIT_BYTES:
        raise Unreadable("too_large")
    try:
        document = DECODER.decode(value.decode())
        if b"\\u" in value:
            # Half a surrogate pair passes Python's reader but is no character, so it cannot be written as UTF-8.
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None
    return of_type(dict, document)


def refuse_constant(name: str) -> None:
    """NaN and Infinity, which Python reads, are not JSON."""
    raise ValueError(name)


DECODER: Final = json.JSONDecoder(parse_constant=refuse_constant)


def of_type(kind: type[T], raw: object) -> T:
    """The value if it is of exactly this type (a bool is no int)."""
    if type(raw) is not kind:
        raise Unreadable("wrong_type")
    return raw


def text(raw: object) -> str:
    return of_type(str, raw)


def flag(raw: object) -> bool:
    return of_type(bool, raw)


def natural_number(raw: object) -> int:
    number = of_type(int, raw)
    if number < 0:
        raise Unreadable("unknown_value")
    return number


def instant(raw: object) -> int:
    return instant_of_text(text(raw))


@cache  # the revisions of a ticket repeat their times
def instant_of_text(written: str) -> int:
    """Microseconds since the epoch; digits below a microsecond are cut off, so that no instant crosses a limit."""
    match = RFC_3339.fullmatch(written)
    if match is None:
        raise Unreadable("bad_time")
    day, time, fraction, offset = match.groups()
    if offset is None:
        raise Unreadable("no_time_zone")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{fraction or ''}{offset.upper()}")
    except ValueError:
        raise Unreadable("bad_time") from None
    return microseconds(moment)


def microseconds(moment: datetime) -> int:
    """An aware datetime as microseconds since the epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def holds(raw: object) -> tuple[tuple[int, Instant], ...]:
    return tuple(hold(item) for item in of_type(list, raw))


def hold(raw: object) -> tuple[int, Instant]:
    document = of_type(dict, raw)
    if document.get("from") is None:
        raise Unreadable("missing_field")
    begin = instant(document["from"])
    end = NEVER if document.get("to") is None else instant(document["to"])
    if end < begin:
        raise Unreadable("contradiction")
    return begin, end


def one_of(*choices: str) -> Callable[[object], str]:
    """A reader that knows only these words."""

    def read_choice(raw: object) -> str:
        if text(raw) not in choices:
            raise Unreadable("unknown_value")
        return str(raw)

    return read_choice


REQUIRED: Final = ("id", "revision", "updated_at", "subscriber", "opened_at", "service")
FIELDS: Final[dict[str, Callable[[object], object]]] = {
    "id": text,
    "revision": natural_number,
    "updated_at": instant,
    "branch": text,
    "source": text,
    "subscriber": text,
    "opened_at": instant,
    "service": one_of("fixed", "broadband", "mobile", "key_product"),
    "brand": text,
    "product": text,
    "category": text,
    "symptom": text,
    "cause": text,
    "cause_class": one_of("network", "customer", "unknown", "other"),
    "due_at": instant,
    "restored_at": instant,
    "closed_at": instant,
    "held": holds,
    "preprocessed": flag,
    "vip": flag,
    "site": text,
    "status": one_of("acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected"),
    "was_subscriber": text,
}
