"""Makes up what the NOC sends: mass outages, often declared late, then widened, narrowed, moved, restored, rejected."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from streams.core.months import DAY, HOUR, MINUTE, Calendar

MARGIN = 30 * MINUTE
LONGEST = 62 * DAY
ZONE = "Asia/Shanghai"
STRETCH = 2 * HOUR

Document = dict[str, Any]


def declared(random: Random, identity: str, now: int) -> Document:
    """Return a new outage, times as instants: mostly of the last days, some of long ago, some around midnight."""
    started = now - random.choice((random.randrange(2 * HOUR), random.randrange(3 * DAY), random.randrange(75 * DAY)))
    if random.random() < 0.3:
        started = min(now, _month_start(started) + random.choice((-1, 0, 10 * MINUTE, -10 * MINUTE, -2 * HOUR)))
    outage: Document = {"id": identity, "revision": random.choice((0, 0, 1)), "started_at": started}
    outage["scope"] = scope(random)
    if random.random() < 0.4:
        outage["restored_at"] = started + random.choice((0, random.randrange(DAY), random.randrange(70 * DAY)))
    if random.random() < 0.3:
        outage["users"] = random.randrange(1_000)
    return outage


def scope(random: Random) -> Document:
    """Return a scope that has some of the story's numbers in it, or their sites."""
    kinds = random.choice((("ranges",), ("ranges",), ("prefixes",), ("sites",), ("ranges", "sites")))
    drawn: Document = {
        "ranges": [random.choice((["6620001", "6620001"], ["6620001", "6630003"], ["6600000", "6629999"]))],
        "prefixes": [random.choice(("6", "662", "6630004"))],
        "sites": [random.choice(("S1", "S2"))],
    }
    return {kind: drawn[kind] for kind in kinds}


def change(random: Random, outage: Document, now: int) -> None:
    """Let the NOC know better: in place, times as instants."""
    outage["revision"] += 1
    what = random.choice(("scope", "scope", "restore", "restore", "open", "reject", "status", "move", "move", "users"))
    started = outage["started_at"]
    if what == "scope":
        outage["scope"] = scope(random)
    elif what == "restore":
        outage["restored_at"] = started + random.choice((0, random.randrange(DAY), random.randrange(70 * DAY)))
    elif what == "open":
        outage["restored_at"] = None
    elif what in ("reject", "status"):
        outage["status"] = "rejected" if what == "reject" else random.choice(("suspected", "confirmed"))
    elif what == "users":
        outage["users"] = random.randrange(1_000)
    else:
        distance = random.choice((MINUTE, random.randrange(random.choice((2, 40)) * DAY)))
        outage["started_at"] = min(now, started + random.choice((-1, 1)) * distance)
        if outage.get("restored_at") is not None:
            outage["restored_at"] = max(outage["restored_at"], outage["started_at"])


def report_time(random: Random, outages: Sequence[Document], now: int) -> int | None:
    """Return when somebody reports one of the outages: within its time, or right at or beyond one of its edges."""
    if not outages:
        return None
    outage = random.choice(outages)
    started = outage["started_at"]
    ended = min(outage.get("restored_at") or now, started + LONGEST)
    edges = (started - MARGIN, ended + MARGIN, _month_start(started), started)
    edge = random.choice(edges) + random.choice((-1, 0, 1))
    within = random.randrange(started - MARGIN, max(started, ended) + MARGIN)
    return min(now, random.choice((edge, within, started + random.randrange(STRETCH))))


def _month_start(instant: int) -> int:
    calendar = Calendar(ZONE)
    return calendar.month_start(calendar.month_of(instant))
