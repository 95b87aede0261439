"""Outages as the NOC sees them while they happen: July's evening of the 14th, stopped at instants and looked at."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from streams.core.months import SECOND, instant_of
from streams.kafka.topics import FAULTS
from streams.samples.outage_notices import TOPIC as OUTAGES
from tests.chaos import july
from tests.chaos.cluster import Installation, Serve, Worker, output_of, running
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher
from tests.conftest import Broker

OUTAGE = "QZ-20090714-1"
STARTED, RESTORED = july.datetime_in_july(14, 18).replace(minute=24), july.datetime_in_july(14, 21).replace(minute=54)
DURING, AFTER = july.datetime_in_july(14, 20).replace(minute=30), july.datetime_in_july(14, 23)
USERS, EARLIER_USER_SECONDS = 600, 127 * 2 * 3600
"""As printed; the other outage of the branch until then was that of 5 July."""

Metrics = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def values(metrics: Metrics, name: str, **labels: str) -> list[float]:
    """Return the values of the series of this name that have these labels."""
    return [
        value for (family, found), value in metrics.items() if family == name and labels.items() <= dict(found).items()
    ]


async def test_users_hours_and_reports_are_live_and_then_the_month_s(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """At 20:30 600 users are out, their time grows with the clock, the place has its reports; at 23:00 the outage has
    left the live figures, and the month's are those that the snapshot prints and the audit counts."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path, partitions=3)
    serve = Serve(installation)
    begin = instant_of(july.datetime_in_july(14, 6))
    lines = [line for line in july.lines() if line.topic == OUTAGES or (line.topic == FAULTS and line.at >= begin)]
    ends = None
    async with Watcher(installation) as watcher, running(Worker(installation, "worker"), serve):
        seen = []
        for moment in (DURING, AFTER):
            until, since = instant_of(moment), 0 if ends is None else instant_of(DURING)
            part = [line for line in lines if since < line.at <= until]
            async with Feed(installation, part, last_tick=until, ends=ends) as feed:
                await feed.finish()
                await watcher.until_all(feed, until)
                ends = feed.ends
            await wait_for_clock(serve, until)
            seen.append(await serve.metrics())
        during, after = seen
        assert values(during, "streams_active_outage_users", outage=OUTAGE, place="663") == [USERS]
        [growing] = values(during, "streams_active_outage_user_seconds", outage=OUTAGE)
        assert growing == USERS * (DURING - STARTED).total_seconds()
        [reports] = values(during, "streams_active_outage_reports", outage=OUTAGE)
        assert USERS / 2 < reports <= 612
        assert values(after, "streams_active_outage_users") == []
        [whole] = values(after, "streams_outage_user_seconds", branch="现业", state="restored")
        assert whole == USERS * (RESTORED - STARTED).total_seconds() + EARLIER_USER_SECONDS
        shown = json.loads(await output_of(installation, "outages", "--month", july.PERIOD, "--json"))
        [printed] = [one for one in shown["outages"] if one["id"] == OUTAGE]
        assert (printed["users"], printed["hours"], printed["user_hours"]) == (USERS, 3.5, 2100)
        assert json.loads(await output_of(installation, "audit", july.PERIOD, "--json"))["differences"] == []


async def wait_for_clock(serve: Serve, instant: int) -> None:
    """Wait until /metrics has come to the instant."""
    async with asyncio.timeout(30):
        while True:
            if values(await serve.metrics(), "streams_data_timestamp_seconds") == [instant / SECOND]:
                return
            await asyncio.sleep(0.1)
