"""A plain count of a sample's messages, with none of the pipeline's code: dicts, the newest revision, and no more."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from streams.samples.lines import Line

Ticket = Mapping[str, Any]
TOWN_TIME = timezone(timedelta(hours=8))
TIMES = ("updated_at", "opened_at", "due_at", "restored_at", "closed_at")
REQUIRED = {
    "id": str,
    "revision": int,
    "subscriber": str,
    "service": str,
    "opened_at": datetime,
    "updated_at": datetime,
}
SERVICES = {"fixed", "broadband", "mobile", "key_product"}
LONGEST_BYTES = 1024 * 1024


def read(value: bytes | None) -> dict[str, Any] | None:
    """Return a message's ticket, its times as datetimes, or None where it is no readable ticket."""
    try:
        ticket = json.loads(value or b"")
        ticket = {name: field for name, field in ticket.items() if field is not None}
        ticket |= {name: moment(ticket[name]) for name in TIMES if name in ticket}
        ticket["held"] = [(moment(hold["from"]), moment(hold["to"] or "9999-01-01T00:00Z")) for hold in held(ticket)]
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
    sound = all(type(ticket.get(name)) is kind for name, kind in REQUIRED.items()) and ticket["revision"] >= 0
    sound = sound and ticket["service"] in SERVICES and type(ticket.get("preprocessed", False)) is bool
    sound = sound and ticket["status"] != "lost" and ticket.get("cause_class") != "weather"
    sound = sound and ticket.get("restored_at", ticket["opened_at"]) >= ticket["opened_at"]
    return ticket if sound and len(value or b"") <= LONGEST_BYTES else None


def moment(text: str) -> datetime:
    """Return an instant; a text without an offset is an error."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("no offset")
    return parsed


def held(ticket: Ticket) -> list[dict[str, Any]]:
    """Return the holds as they stand in the message."""
    return ticket.get("held") or []


def newest(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the newest revision of every ticket, under its last number."""
    tickets: dict[tuple[str, str], dict[str, Any]] = {}
    former = set()
    for line in lines:
        ticket = read(line.value)
        if ticket is None:
            continue
        key = ticket["subscriber"], ticket["id"]
        if key not in tickets or ticket["revision"] > tickets[key]["revision"]:
            tickets[key] = ticket
        if "was_subscriber" in ticket:
            former.add((ticket["was_subscriber"], ticket["id"]))
    return [ticket for key, ticket in tickets.items() if key not in former]


def opened_in(tickets: Iterable[Ticket], year: int, month: int) -> list[Ticket]:
    """Return the valid tickets opened in a month of town time."""
    valid = [ticket for ticket in tickets if ticket["status"] not in ("cancelled", "rejected")]
    openings = [ticket["opened_at"].astimezone(TOWN_TIME) for ticket in valid]
    return [t for t, at in zip(valid, openings, strict=True) if (at.year, at.month) == (year, month)]


def effective_due(ticket: Ticket) -> datetime:
    """Return the instant up to which a restoration is in time: explicit, else promised; pushed by each hold."""
    opened_at = ticket["opened_at"].astimezone(TOWN_TIME)
    midnight = opened_at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    due: datetime = ticket.get("due_at") or (midnight if opened_at.hour < 16 else opened_at + timedelta(days=1))
    for start, end in ticket["held"]:
        if start < due:
            due += end - start
    return due


def restored_in_time(tickets: Iterable[Ticket]) -> list[int]:
    """Return [tickets, restored in time], of tickets that must all be restored."""
    in_time = [ticket["restored_at"] <= effective_due(ticket) for ticket in tickets]
    return [len(in_time), sum(in_time)]


def reporters(tickets: Iterable[Ticket]) -> list[int]:
    """Return [lines that reported, lines that reported again]."""
    per_line = Counter(ticket["subscriber"] for ticket in tickets)
    return [len(per_line), sum(count > 1 for count in per_line.values())]


def having(tickets: Iterable[Ticket], **wanted: object) -> list[Ticket]:
    """Return the tickets whose fields have the wanted values; a wanted function decides by itself."""
    return [ticket for ticket in tickets if all(_fits(ticket.get(name), value) for name, value in wanted.items())]


def _fits(field: object, wanted: object) -> bool:
    return bool(wanted(field)) if callable(wanted) else field == wanted
