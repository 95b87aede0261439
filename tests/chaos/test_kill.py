"""Workers that are killed while input flows."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.chaos import july
from tests.chaos.cluster import Installation, Worker, running
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher
from tests.conftest import Broker

KILLS = 6
SECONDS_BETWEEN_KILLS = (2.0, 5.0)


async def test_figures_are_true_after_six_kills_in_the_middle(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """Two workers, killed -9 in turn six times while input flows, leave snapshot = audit = oracle, and each bad message once."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    workers = Worker(installation, "a"), Worker(installation, "b")
    chance = random.Random(prefix)
    async with (
        Watcher(installation) as watcher,
        running(*workers),
        Feed(installation, july.lines(), rate=2_500, last_tick=july.AS_OF) as feed,
    ):
        await feed.reaches(2_000)
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(*SECONDS_BETWEEN_KILLS))
            killed = workers[number % 2]
            taken_in, published = await killed.taken_in(), watcher.applied()
            killed.kill()
            await killed.exited(number // 2 + 1)
            print(f"kill {number + 1}: {feed.sent} of {feed.total} sent, {published} published, {taken_in} taken in by it")
            assert feed.is_flowing()
            assert 0 < published < feed.sent
        await feed.reaches(feed.total)
        await watcher.until_all(feed, july.AS_OF)
        assert workers[0].exits == workers[1].exits == [-9] * (KILLS // 2)
        await july.assert_true(installation, watcher)
