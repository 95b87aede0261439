"""Workers that join and leave: who has which partition, and that nobody else is disturbed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from streams.core.months import DAY, instant_of
from streams.core.partition import READ_TOPICS
from streams.kafka import client, topics
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.conftest import Broker

JOINS = 3
MEMBERS = 5
"""Where the answer's description of a group holds its members; the assignment is the last field of each."""
START = instant_of(july.datetime_in_july(1))
LAST_TICK = START + 40 * DAY
LINES = tickets.months_of_tickets(20_000, START, START + 25 * DAY, "rebalance")


async def partitions_by_topic(installation: Installation) -> list[dict[str, set[int]]]:
    """Return what Kafka says that each member of the group has: topic → partitions."""
    async with client.running(client.new_admin(installation.connection)) as admin:
        (response,) = await admin.describe_consumer_groups([f"{installation.prefix}streams-worker"])
    members = []
    for group in response.groups:
        for *_, assignment in group[MEMBERS]:
            owned: dict[str, set[int]] = defaultdict(set)
            for topic, numbers in ConsumerProtocolMemberAssignment.decode(assignment).assignment:
                owned[topic].update(numbers)
            members.append(dict(owned))
    return members


async def test_joins_and_leaves_disturb_nobody(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """Three joins and leaves while input flows: partitions stay together and mostly stay put, and no worker ends."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    a, b, guest = (Worker(installation, name) for name in ("a", "b", "guest"))
    sources = {topics.real_name(prefix, topic) for topic in READ_TOPICS}
    async with Watcher(installation) as watcher, running(a, b):
        await shared_out(a, b)
        async with Feed(installation, LINES, rate=900, last_tick=LAST_TICK) as feed:
            for _ in range(JOINS):
                before = await shared_out(a, b)
                await guest.start()
                during = await shared_out(a, b, guest)
                members = await partitions_by_topic(installation)
                assert all(owned.keys() == sources for owned in members)
                assert all(len({frozenset(numbers) for numbers in owned.values()}) == 1 for owned in members)
                assert during[0] <= before[0], "who stays gives away, and swaps nothing"
                assert during[1] <= before[1]
                assert await guest.stop() == 0
                after = await shared_out(a, b)
                assert during[0] <= after[0]
                assert during[1] <= after[1]
                print(f"{feed.sent} of {feed.total} sent: {before} → {during} → {after}")
                assert feed.is_flowing()
            sent = await feed.cut()
            await watcher.until_all(feed, LAST_TICK)
        assert a.exits == b.exits == guest.exits == []
        await assert_true(installation, watcher, oracle_of(installation, sent, "2009-07", LAST_TICK), "2009-07")
