"""Detection while whoever watches is killed: the same is told, each revision once, as if nothing had happened."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
from aiokafka import TopicPartition

from streams.core.events.outage import Outage, Scope
from streams.core.months import HOUR, MINUTE, SECOND, datetime_of, instant_of
from streams.core.signals import SIGNALS_KEY
from streams.core.suspected import SuspectedOutage, read
from streams.kafka.placing import partition_of
from streams.kafka.reader import read_to_end
from streams.kafka.topics import SUSPECTED, real_name
from streams.samples.lines import Line
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher
from tests.conftest import Broker
from tests.core.july_signals import Detecting

START = instant_of(july.datetime_in_july(1))
ONSET = START + 26 * HOUR
END = ONSET + 50 * MINUTE
TICK_EVERY = 5 * MINUTE
USUAL, CALLS, NOTES = 1_100, 60, 2_400
SPREAD = 7_919
"""Numbers so far apart that no two neighbours report one after the other."""


def usual(chance: random.Random) -> list[Line]:
    """Return the usual tickets of the day and of the hour of the burst."""
    opened = sorted(chance.sample(range(START, END, SECOND), USUAL))
    return [
        _ticket(f"U{number}", at, f"{chance.choice('57')}{number * SPREAD % 10**6:06}")
        for number, at in enumerate(opened)
    ]


def calls(chance: random.Random) -> list[Line]:
    """Return the tickets of different lines of one block, within forty minutes."""
    opened = sorted(chance.sample(range(ONSET, ONSET + 40 * MINUTE), CALLS))
    return [_ticket(f"C{number}", at, f"6182{number:03}") for number, at in enumerate(opened)]


def notes(chance: random.Random, of: Sequence[Line]) -> list[Line]:
    """Return further revisions of tickets during the burst, which keep the input flowing and are nothing new."""
    found = []
    for revision, at in enumerate(sorted(chance.sample(range(ONSET, ONSET + 40 * MINUTE), NOTES)), start=1):
        fields = msgspec.json.decode(chance.choice(of).value or b"")
        found.append(tickets.line(fields | {"revision": revision, "updated_at": datetime_of(at)}, at))
    return found


def _ticket(identity: str, at: int, subscriber: str) -> Line:
    return tickets.line(tickets.ticket(identity, at, subscriber, branch=None, symptom="无法上网"), at)


def lines(seed: str) -> list[Line]:
    """Return a day of usual tickets and then a burst among notes; no two come at the same instant."""
    chance = random.Random(seed)
    tickets_of_day = usual(chance)
    before = [line for line in tickets_of_day if line.at < ONSET]
    return sorted([*tickets_of_day, *calls(chance), *notes(chance, before)], key=lambda line: line.at)


LINES = lines("detection")
BEFORE = sum(line.at < ONSET for line in LINES)
OUTAGE = Outage(
    id="QZ-1",
    revision=0,
    updated_at=datetime_of(END),
    started_at=datetime_of(ONSET),
    scope=Scope(ranges=[("6182000", "6182127")]),
)
DECLARATION = Line(Outage.topic, OUTAGE.id.encode(), msgspec.json.encode(OUTAGE), END)


async def test_the_same_is_suspected_when_whoever_watches_is_killed_twice_in_the_middle_of_a_burst(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """One id, revisions without gap or repeat, every word as of an undisturbed run; then the NOC declares it."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path, partitions=3)
    workers = Worker(installation, "a"), Worker(installation, "b")
    expected = undisturbed(installation)
    async with Watcher(installation) as watcher, running(*workers):
        await shared_out(*workers)
        async with Feed(installation, LINES[:BEFORE], tick_every=TICK_EVERY) as before:
            await before.finish()
        async with Feed(
            installation, LINES[BEFORE:], rate=140, tick_every=TICK_EVERY, last_tick=END, ends=before.ends
        ) as feed:
            await feed.reaches(feed.total // 5)
            for _ in range(2):
                killed = await watching(workers)
                killed.kill()
                print(f"{killed.name} killed, {feed.sent} of {feed.total} sent")
                assert feed.is_flowing()
                await killed.exited(len(killed.exits) + 1)
            await feed.finish()
            await watcher.until_all(feed, END)
        assert sorted(exit_code for worker in workers for exit_code in worker.exits) == [-9, -9]
        await told(installation, expected[:-1])
        async with Feed(installation, [DECLARATION], tick_every=None, ends=feed.ends) as declaring:
            await declaring.finish()
        await told(installation, expected)
    assert [suspected.revision for suspected in expected] == list(range(len(expected)))
    assert {suspected.state for suspected in expected[:-1]} == {"open"}
    assert (expected[-1].state, expected[-1].outage, expected[-1].lines) == ("declared", OUTAGE.id, CALLS)


def undisturbed(installation: Installation) -> list[SuspectedOutage]:
    """Return what is told of the same messages in memory, where nobody is killed."""
    detecting = Detecting(installation.definitions())
    found = []
    for line in LINES:
        detecting.take(line)
        found += detecting.tick(line.at)
    found += detecting.tick(END)
    detecting.take(DECLARATION)
    return [each.suspected for each in found + detecting.tick(END)]


async def watching(workers: Sequence[Worker], seconds: float = 30) -> Worker:
    """Wait until one of the workers owns the partition that watches, settled; return it."""
    async with asyncio.timeout(seconds):
        while True:
            for worker in workers:
                owned = await worker.partitions()
                if owned.get(partition_of(SIGNALS_KEY, worker.installation.partitions)):
                    return worker
            await asyncio.sleep(0.05)


async def told(installation: Installation, expected: Sequence[SuspectedOutage], seconds: float = 20) -> None:
    """Wait until so much was told of suspected outages, in rounds that ended; assert that it is what was expected."""
    name = real_name(installation.prefix, SUSPECTED)
    whole = dict.fromkeys((TopicPartition(name, number) for number in range(installation.partitions)), None)
    found: list[SuspectedOutage] = []
    async with asyncio.timeout(seconds):
        while len(found) < len(expected):
            found = [
                read(record.value)
                async for _, records in read_to_end(installation.connection, whole)
                for record in records
            ]
            await asyncio.sleep(0.2)
    assert found == list(expected)
