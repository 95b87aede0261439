"""Messages and settings of a small town, for the oracle's own tests: each message says only what its test is about."""

import json
from datetime import datetime
from typing import Any, Final

from tests.oracle import Figures, Message, ReportFigures, recount

AFTERWARDS: Final = datetime.fromisoformat("2009-08-20T00:00:00+08:00")
NOON: Final = "2009-07-10T12:00:00+08:00"
LINE: Final = "6631111"


def at(day_and_time: str) -> str:
    """An instant of July 2009 in local time: "10 12:30" is the tenth, half past twelve."""
    day, time = day_and_time.split()
    return f"2009-07-{day}T{time}:00+08:00"


def fault(ticket_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """A fault message; unless told otherwise a broadband ticket of line 6631111, opened at noon on 10 July."""
    return event(
        "faults", key, id=ticket_id, **{"subscriber": LINE, "opened_at": NOON, "service": "broadband", **fields}
    )


def outage(outage_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """An outage message; unless told otherwise the 128 numbers 6182560 to 6182687 are out from noon on 10 July."""
    scope = {"ranges": [["6182560", "6182687"]]}
    return event("outages", key, id=outage_id, **{"started_at": NOON, "scope": scope, **fields})


def complaint(complaint_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """A complaint message; unless told otherwise line 6631111 complained at noon on 10 July."""
    return event("complaints", key, id=complaint_id, **{"subscriber": LINE, "received_at": NOON, **fields})


def order(order_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """A work order; unless told otherwise created for line 6631111 at noon on 10 July."""
    return event("orders", key, id=order_id, **{"subscriber": LINE, "created_at": NOON, **fields})


def callback(call_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """A call-back; unless told otherwise about a complaint, at noon on 10 July."""
    return event("callbacks", key, id=call_id, **{"subject": "complaint", "called_at": NOON, **fields})


def assessment(assessment_id: str, *, key: str | None = None, **fields: Any) -> Message:
    """An assessment; unless told otherwise of the hotline's ranking in July."""
    return event(
        "assessments", key, id=assessment_id, **{"month": "2009-07", "subject": "hotline", "item": "all", **fields}
    )


def event(topic: str, key: str | None, **fields: Any) -> Message:
    """A message of revision 1 under its own key; a field that is given as `...` is left out."""
    document = {"revision": 1, "updated_at": NOON, **fields}
    present = {name: value for name, value in document.items() if value is not ...}
    own_key = present.get("subscriber") or present.get("id")
    value = json.dumps(present, ensure_ascii=False).encode()
    return topic, (str(own_key) if key is None else key).encode(), value


def count(*messages: Message, period: str = "2009-07", as_of: datetime = AFTERWARDS, **more: Any) -> Figures:
    """Recount with the town's small settings."""
    return recount(
        messages,
        period=period,
        as_of=as_of,
        families={"我的E家": ("E6", "E8", "E8-2")},
        prefixes={"6": "现业", "7": "简阳", "765": "乐至"},
        placeholders={"无", "0", "10000"},
        aliases={"现业增值业务中心": "现业增值中心"},
        escalated_channels={"工信部申诉", "省公司"},
        **more,
    )


def rate(figures: ReportFigures, indicator: str, **labels: str) -> tuple[int, int] | None:
    """One figure; None where the denominator is 0."""
    return figures.indicators.get((indicator, frozenset(labels.items())))


def number(figures: ReportFigures, measure: str, **labels: str) -> int:
    """One count."""
    return figures.counts.get((measure, frozenset(labels.items())), 0)


def total_tickets(figures: ReportFigures) -> int:
    """All valid fault tickets of the month."""
    return figures.tickets.get(frozenset(), 0)
