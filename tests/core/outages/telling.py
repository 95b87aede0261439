"""Messages about outages as the network centre sends them, and what the detector tells of a suspicion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from streams.core.contributions.detection import SIGNALS_TOPIC, SUSPICIONS
from streams.core.events.outage import Scope
from streams.core.months import Calendar, instant_of
from streams.core.publication import TALLIES_TOPIC
from streams.core.rounds import Outgoing, Round
from streams.core.suspected import SuspectedOutage, write
from streams.core.tallies import Bucket, write_cells
from tests.core.installation import DEFINITIONS, at

SUSPECTED = SuspectedOutage(
    id="suspected-0a1b2c3d4e5f",
    revision=3,
    kind="outage",
    state="open",
    reported_as="fault",
    branch="现业",
    place="6182xxx",
    scope=Scope(ranges=[("6182560", "6182687")]),
    first_report_at=at("2009-07-14 19:02"),
    raised_at=at("2009-07-14 19:10"),
    updated_at=at("2009-07-14 19:20"),
    reports=23,
    lines=21,
    confidence=97,
    reason={"zh": "突增", "en": "a burst"},
    symptoms=[("无拨号音", 20)],
)


def outage(
    identity: str,
    started_at: datetime,
    *,
    revision: int = 0,
    ranges: Sequence[tuple[str, str]] = (),
    prefixes: Sequence[str] = (),
    sites: Sequence[str] = (),
    **fields: Any,
) -> dict[str, Any]:
    """Return an outage as a message says it; times may be given as date-times."""
    scope = {"ranges": ranges, "prefixes": prefixes, "sites": sites}
    content = {"id": identity, "revision": revision, "updated_at": started_at, "started_at": started_at} | fields
    content["scope"] = {name: list(places) for name, places in scope.items() if places}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def round_with(last: Round, *suspected: SuspectedOutage) -> Round:
    """Return a round that tells of suspicions of one day, with the head of the partition's `last` round."""
    day = Calendar(DEFINITIONS.timezone).day_of(instant_of(suspected[0].first_report_at))
    cells = {(SUSPICIONS.name, (write(one).decode(),)): 1 for one in suspected}
    key = Bucket(SIGNALS_TOPIC, "day", day).record_key()
    record = Outgoing(TALLIES_TOPIC, last.partition, key, write_cells(cells))
    return Round(partition=last.partition, side_effects=[], tallies=[record], head=last.head)
