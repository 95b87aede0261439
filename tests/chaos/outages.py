"""Made-up outages and complaints among the made-up tickets, and what has to come of their links."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec

from streams.core.contributions import MEASURES
from streams.core.events import Complaint, Outage
from streams.core.merged import MergedTallies
from streams.core.months import HOUR, MINUTE, datetime_of
from streams.core.outages.reports import reports_by_outage
from streams.core.without_outages import without_outages
from streams.samples.lines import Line
from tests import oracle
from tests.chaos.figures import indicators_of

SCOPES: tuple[dict[str, Any], ...] = (
    {"ranges": [["7000000", "7000149"]]},
    {"ranges": [["7001000", "7003999"]]},
    {"prefixes": ["700"]},
    {"prefixes": ["7000", "7005"]},
)


def lives_of_outages(count: int, start: int, end: int, seed: str) -> list[Line]:
    """Return what the NOC sends of `count` outages that begin evenly from `start` to `end`, in order of arrival.

    Each is declared late, told of again with another scope, restored; some are rejected in the end, or moved in time.
    """
    chance = random.Random(seed)
    lines: list[Line] = []
    for number in range(count):
        lines += _life(f"{seed} {number}", start + (end - start) * number // count, chance)
    return sorted(lines, key=lambda line: line.at)


def _life(identity: str, started: int, chance: random.Random) -> Iterator[Line]:
    outage: dict[str, Any] = {"id": identity, "started_at": datetime_of(started)}
    restored = started + chance.randrange(HOUR, 20 * HOUR)
    changes: list[dict[str, Any]] = [
        {"scope": chance.choice(SCOPES)},
        {"scope": chance.choice(SCOPES)},
        {"restored_at": datetime_of(restored)},
        chance.choice(
            ({}, {"scope": chance.choice(SCOPES)}, {"status": "rejected"}, {"started_at": datetime_of(started - HOUR)})
        ),
    ]
    at = started
    for revision, change in enumerate(changes):
        at += chance.randrange(10 * MINUTE, 8 * HOUR)
        outage |= {"revision": revision, "updated_at": datetime_of(at), **change}
        yield Line(Outage.topic, identity.encode(), msgspec.json.encode(outage), at)


def complaints(count: int, start: int, end: int, seed: str) -> list[Line]:
    """Return `count` complaints, evenly from `start` to `end`, of numbers that report faults again and again."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        at = start + (end - start) * number // count
        complaint = {
            "id": f"{seed} {number}",
            "revision": 0,
            "updated_at": datetime_of(at),
            "subscriber": str(7_000_000 + chance.randrange(300)),
            "received_at": datetime_of(at),
            "channel": "10000号",
            "network_fault": chance.random() < 0.5,
        }
        lines.append(Line(Complaint.topic, complaint["subscriber"].encode(), msgspec.json.encode(complaint), at))
    return lines


def assert_links_true(tallies: MergedTallies, figures: oracle.Figures, period: str) -> int:
    """Assert that outages have the oracle's reports, and figures without them are its own; return how many reports."""
    counts = tallies.month(period)
    found = {
        outage: (sum(of.fault_tickets.values()), sum(of.complaints.values()), of.reporters, of.symptoms)
        for outage, of in reports_by_outage(counts).items()
    }
    assert found == {
        outage: (of.reports.tickets, of.reports.complaints, of.reports.reporters, dict(of.reports.symptoms))
        for outage, of in figures.outages.items()
        if of.reports.total
    }
    of_reports = {indicator for indicator, _ in figures.without_outages.indicators}
    without = [entry for entry in indicators_of(without_outages(counts, MEASURES)) if entry["id"] in of_reports]
    oracle.assert_equal(figures.without_outages, without)
    return sum(tickets + complained for tickets, complained, _, _ in found.values())
