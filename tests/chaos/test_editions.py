"""Months frozen on Apache Kafka: in the middle of traffic and of a crash, and in two installations at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from streams.core.months import instant_of
from streams.core.snapshot import Snapshot
from streams.kafka.edition_log import read_editions
from streams.reports.freezing import Freezing, Frozen
from streams.samples.lines import Line
from tests import oracle
from tests.chaos import july
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, oracle_of, read_messages
from tests.conftest import Broker
from tests.oracle.log import key_of

LINES = 24_000
"""About the first week of July: enough of every kind."""
LATE_SHARE = 5
"""One of so many messages comes after the month has ended."""
RATE = 250


def first_of_july() -> list[Line]:
    """Return the first messages of the month."""
    begun = instant_of(july.datetime_in_july(1, 0))
    return [line for line in july.lines() if line.at >= begun][:LINES]


def freezing(installation: Installation) -> Freezing:
    """Return what freezes months of an installation."""
    return Freezing(installation.connection, installation.settings(), installation.definitions())


def below(messages: Mapping[str, oracle.Message], offsets: Mapping[str, Mapping[str, int]]) -> list[oracle.Message]:
    """Return the messages below the offsets that count where they stand, none with a key that is not its own.

    What the workers send again counts once it is in the log: so nothing here stands for another message.
    """
    found = []
    for place, (topic, key, value) in messages.items():
        _, partition, offset = place.split("/")
        if int(offset) >= offsets[topic][partition]:
            continue
        try:
            record = oracle.read(topic, value)
        except oracle.Unreadable:
            continue
        if key == key_of(record).encode():
            content = json.loads(value or b"") | {"was_subscriber": None}
            found.append((topic, key, json.dumps(content, ensure_ascii=False).encode()))
    return found


def figures_of(installation: Installation, messages: Iterable[oracle.Message], as_of: int) -> oracle.Figures:
    """Return the oracle's figures of July."""
    return oracle_of(installation, messages, july.PERIOD, as_of)  # type: ignore[arg-type]


def indicators(frozen: Frozen) -> list[dict[str, Any]]:
    """Return the indicators of an edition."""
    return list(msgspec.json.decode(frozen.document)["indicators"])


async def test_a_month_frozen_while_messages_flow_and_a_worker_dies_is_the_log_up_to_its_offsets(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """A fifth of July's messages comes late; in the middle of them a worker is killed and the month is frozen.

    The edition equals the oracle over the messages below its offsets, not that over all; what comes after them is in
    a restatement, and the frozen document stays as it was.
    """
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    workers = [Worker(installation, "killed"), Worker(installation, "other")]
    lines = first_of_july()
    early = [line for number, line in enumerate(lines) if number % LATE_SHARE]
    late = [line for number, line in enumerate(lines) if not number % LATE_SHARE]
    async with Watcher(installation) as watcher, running(*workers):
        await shared_out(*workers)
        async with Feed(installation, early, last_tick=july.AS_OF) as feed:
            await feed.finish()
        await watcher.until(feed.ends, july.AS_OF)
        async with Feed(installation, late, rate=RATE, tick_every=None, last_tick=july.AS_OF, ends=feed.ends) as rest:
            await rest.reaches(RATE)
            workers[0].kill()
            begun = time.monotonic()
            frozen = await freezing(installation).freeze(july.PERIOD)
            assert rest.is_flowing()
            print(f"frozen in {time.monotonic() - begun:.1f} s, when {rest.sent} of {rest.total} late ones were sent")
            await rest.finish()
        messages = await read_messages(installation)
        cut = below(messages, frozen.edition.offsets)
        assert len(early) // 2 < len(cut) < len(messages)
        then = figures_of(installation, cut, july.AS_OF)
        oracle.assert_equal(then, indicators(frozen))
        await watcher.until_all(rest, july.AS_OF)
        restated = await freezing(installation).freeze(july.PERIOD, "the rest has come")
    editions = await read_editions(installation.connection, prefix, installation.partitions)
    assert [(one.number, one.state) for one in editions.all()] == [(1, "frozen"), (2, "restated")]
    assert editions.document(editions.all()[0]) == frozen.document
    now = below(await read_messages(installation), restated.edition.offsets)
    assert figures_of(installation, now, july.AS_OF).indicators != then.indicators
    oracle.assert_equal(figures_of(installation, now, july.AS_OF), indicators(restated))


async def test_two_installations_that_replay_july_freeze_the_same_bytes(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """One has a worker and all at once, the other two workers and a pace: rounds fall otherwise, bytes do not."""
    one, other = (
        Installation(connection=apache_kafka.connection, prefix=f"{prefix}{name}-", folder=tmp_path)
        for name in ("one", "other")
    )
    workers = [Worker(one, "a"), Worker(other, "b"), Worker(other, "c")]
    lines = first_of_july()
    async with Watcher(one) as watcher, Watcher(other) as other_watcher, running(*workers):
        feeds = [Feed(one, lines, last_tick=july.AS_OF), Feed(other, lines, rate=8_000, last_tick=july.AS_OF)]
        await asyncio.gather(*(feed.send_all() for feed in feeds))
        await watcher.until_all(feeds[0], july.AS_OF)
        await other_watcher.until_all(feeds[1], july.AS_OF)
        frozen, twin = await asyncio.gather(*(freezing(each).freeze(july.PERIOD) for each in (one, other)))
    assert frozen.document == twin.document
    assert frozen.edition.offsets != twin.edition.offsets
    assert msgspec.json.decode(frozen.document, type=Snapshot).records["faults"]
