"""A program for test_adding: counts some faults and visits in memory, and prints as JSON what shows of them."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from streams.core.catalogue import INDICATORS
from streams.core.events import SOURCE_TOPICS
from streams.core.snapshot import build_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, ticket
from tests.serve.standin import StandIn, samples

TOPIC = "visits"
NEW = ("vip_fault_share", "punctual_visit_rate")
NOW = at("2009-07-20 12:00")

FAULTS = (
    ticket("T1", "6000001", at("2009-07-02 10:00"), vip=True),
    ticket("T2", "6000002", at("2009-07-03 10:00"), vip=False),
    ticket("T3", "7000001", at("2009-07-20 11:00"), vip=True),
    ticket("T4", "7000002", at("2009-07-04 10:00"), vip=True, status="cancelled"),
    ticket("T5", "6000003", at("2009-06-30 23:59"), vip=True),
)


def visit(identity: str, revision: int, subscriber: str, arrived_at: datetime, **fields: Any) -> dict[str, Any]:
    """Return a visit as a message says it."""
    content = {"id": identity, "revision": revision, "updated_at": arrived_at, "subscriber": subscriber}
    content |= {"arrived_at": arrived_at, **fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def visits() -> list[dict[str, Any]]:
    """Return visits with one too late, one corrected into time, one sent twice, one without an hour, one cancelled."""
    on_time = visit("V1", 0, "6000001", at("2009-07-02 09:00"), agreed_for=at("2009-07-02 09:00"))
    return [
        on_time,
        visit("V2", 1, "6000002", at("2009-07-03 09:50"), agreed_for=at("2009-07-03 10:00")),
        visit("V2", 0, "6000002", at("2009-07-03 10:50"), agreed_for=at("2009-07-03 10:00")),
        visit("V3", 0, "7000001", at("2009-07-04 10:01"), agreed_for=at("2009-07-04 10:00")),
        visit("V4", 0, "7000001", at("2009-07-05 10:00")),
        visit("V5", 0, "7000002", at("2009-07-06 10:01"), agreed_for=at("2009-07-06 10:00"), status="cancelled"),
        on_time,
    ]


def main() -> None:
    """Print the indicators and topics of this copy, and its figures of NEW in snapshot and metrics."""
    installation = Installation()
    installation.send(FAULTS)
    if TOPIC in SOURCE_TOPICS:
        installation.send(visits(), topic=TOPIC)
    installation.count(NOW)
    snapshot = build_snapshot("2009-07", installation.tallies, DEFINITIONS)
    found = {
        "topics": SOURCE_TOPICS,
        "indicators": [indicator.id for indicator in INDICATORS],
        "snapshot": [
            [figure.id, figure.labels, figure.numerator, figure.denominator]
            for figure in snapshot.indicators
            if figure.id in NEW
        ],
        "metrics": [
            [name, dict(labels), value]
            for (name, labels), value in samples(StandIn(installation), DEFINITIONS).items()
            if dict(labels).get("indicator") in NEW
        ],
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
