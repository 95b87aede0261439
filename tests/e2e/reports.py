"""Tickets and complaints as bad as they can be: every figure of their branch that has a target misses it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec

from streams.core.events.complaint import Complaint
from streams.core.months import SECOND, datetime_of
from streams.samples.lines import Line
from streams.samples.storm import LINES_IN_EXCHANGE
from tests.chaos import tickets

KINDS = (
    ("broadband", "E6"),
    ("broadband", "E8"),
    ("broadband", "E8-2"),
    ("broadband", "普通ADSL"),
    ("mobile", "天翼"),
    ("key_product", None),
)
"""Services and brands that targets are for."""
CAUSES = ("unknown", "other")
COMPLAINTS = 25
"""More than the smallest sample that is held against a target."""
REPEATED_SHARE = 0.3


def bad_reports(branch: str, prefix: str, count: int, begin: int, end: int) -> list[Line]:
    """Return so many tickets and some complaints of an exchange, made from the instant `begin` to `end`, in order.

    Nobody's fault was pre-processed or restored in time, nobody knows why it was, and three in ten report again.
    """
    chance = random.Random(f"{branch} {prefix}")
    numbers = chance.sample(range(LINES_IN_EXCHANGE), round(count * (1 - REPEATED_SHARE)))
    lines = [f"{prefix}{number:04}" for number in numbers]
    lines += chance.sample(lines, count - len(lines))
    found = [*_tickets(branch, lines, begin, end), *_complaints(branch, lines[:COMPLAINTS], begin, end)]
    return sorted(found, key=lambda line: line.at)


def _tickets(branch: str, lines: list[str], begin: int, end: int) -> Iterator[Line]:
    for number, subscriber in enumerate(lines):
        at = begin + (end - begin) * number // len(lines)
        service, brand = KINDS[int(subscriber) % len(KINDS)]
        fields: dict[str, Any] = {
            "branch": branch,
            "service": service,
            "brand": brand,
            "symptom": "无法上网",
            "cause_class": CAUSES[number // len(KINDS) % len(CAUSES)],
            "preprocessed": False,
            "due_at": datetime_of(at + SECOND),
        }
        yield tickets.line(tickets.ticket(f"{branch} {number}", at, subscriber, **fields), at)


def _complaints(branch: str, lines: list[str], begin: int, end: int) -> Iterator[Line]:
    for number, subscriber in enumerate(lines):
        at = begin + (end - begin) * number // len(lines)
        times = {"updated_at": datetime_of(at), "received_at": datetime_of(at), "due_at": datetime_of(at + SECOND)}
        fields = {"id": f"C {branch} {number}", "revision": 0, "subscriber": subscriber, "branch": branch, **times}
        yield Line(Complaint.topic, subscriber.encode(), msgspec.json.encode(fields), at)
