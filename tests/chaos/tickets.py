"""Made-up fault tickets for tests that need others than July's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec

from streams.core.months import HOUR, MINUTE, datetime_of
from streams.kafka.topics import FAULTS
from streams.samples.lines import Line

BRANDS = {"broadband": ("E6", "E8", "E8-2", "普通ADSL"), "fixed": ("E6", "E8", "E8-2"), "mobile": ("天翼",)}
BRANCHES = ("安岳", "简阳", "乐至", "现业")
CAUSE_CLASSES = ("network", "customer", "unknown", "other")


def ticket(identity: str, opened_at: int, subscriber: str, **fields: Any) -> dict[str, Any]:
    """Return the fields of an open ticket at revision 0; `opened_at` in microseconds."""
    return {
        "id": identity,
        "revision": 0,
        "updated_at": datetime_of(opened_at),
        "subscriber": subscriber,
        "opened_at": datetime_of(opened_at),
        "service": "broadband",
        "brand": "E8",
        "branch": "简阳",
        **fields,
    }


def line(fields: dict[str, Any], at: int) -> Line:
    """Return the message of a ticket that arrives at the instant `at`."""
    return Line(FAULTS, fields["subscriber"].encode(), msgspec.json.encode(fields), at)


def months_of_tickets(count: int, start: int, end: int, seed: str) -> list[Line]:
    """Return two revisions each of `count` tickets opened evenly from `start` to `end`, in order of arrival.

    One in four numbers reports again and again; one ticket in ten is late, some are restored weeks later, none ever
    so late that its month would be closed.
    """
    return sorted(_lines(count, start, end, seed), key=lambda one: one.at)


def _lines(count: int, start: int, end: int, seed: str) -> Iterator[Line]:
    chance = random.Random(seed)
    for number in range(count):
        opened_at = start + (end - start) * number // count
        repeater = chance.random() < 0.25
        subscriber = str(7_000_000 + (chance.randrange(300) if repeater else 1_000 + number))
        service = chance.choice(tuple(BRANDS))
        opened = ticket(
            f"{seed} {number}",
            opened_at,
            subscriber,
            service=service,
            brand=chance.choice(BRANDS[service]),
            branch=chance.choice(BRANCHES),
            symptom=f"symptom {chance.randrange(6)}",
        )
        yield line(opened, opened_at + chance.randrange(MINUTE))
        hours = 500 if chance.random() < 0.01 else 30 if chance.random() < 0.1 else 8
        restored_at = min(opened_at + chance.randrange(MINUTE, hours * HOUR), end)
        restored = {
            **opened,
            "revision": 1,
            "updated_at": datetime_of(restored_at),
            "restored_at": datetime_of(restored_at),
            "cause_class": chance.choice(CAUSE_CLASSES),
            "preprocessed": chance.random() < 0.5,
            "status": "closed",
        }
        yield line(restored, restored_at + chance.randrange(MINUTE))
