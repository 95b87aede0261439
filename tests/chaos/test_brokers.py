"""Brokers that go away in the middle: Apache Kafka comes back with what it held, the embedded one with nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from streams.core.months import DAY, instant_of
from streams.kafka.embedded import EmbeddedBroker
from streams.worker.ending import Ending
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, assert_true, oracle_of
from tests.kafka.apache import ApacheKafka, free_ports


async def test_figures_are_true_after_apache_kafka_was_killed(
    apache_node: ApacheKafka, prefix: str, tmp_path: Path
) -> None:
    """The broker is killed -9 while input flows and comes back: whatever the workers did, the result is the same."""
    installation = Installation(connection=apache_node.connection, prefix=prefix, folder=tmp_path)
    workers = Worker(installation, "a"), Worker(installation, "b")
    async with Watcher(installation) as watcher, running(*workers):
        await shared_out(*workers)
        async with Feed(installation, july.lines(), rate=5_000, last_tick=july.AS_OF) as feed:
            await feed.reaches(feed.total // 4)
            published = watcher.applied()
            assert feed.is_flowing()
            assert 0 < published < feed.sent
            await asyncio.to_thread(apache_node.kill)
            await asyncio.to_thread(apache_node.start)
            await feed.reaches(feed.total // 2)
            sent = await feed.cut()
            await watcher.until_all(feed, july.AS_OF)
        print(f"killed at {published} published; workers ended with {[worker.exits for worker in workers]}")
        await july.assert_all_true(installation, watcher, sent)


async def test_a_worker_does_not_take_an_embedded_broker_begun_anew_for_the_old_one(
    prefix: str, tmp_path: Path
) -> None:
    """The memory is gone: the worker ends by itself and folds anew; of what is sent then nothing is skipped."""
    address = f"127.0.0.1:{free_ports(1)[0]}"
    start = instant_of(july.datetime_in_july(1))
    first = tickets.months_of_tickets(2_000, start, start + 5 * DAY, "first")
    second = tickets.months_of_tickets(4_000, start, start + 20 * DAY, "second")
    last_tick = start + 40 * DAY
    with EmbeddedBroker(address) as broker:
        await broker.wait_until_ready()
        installation = Installation(connection=broker.connection, prefix=prefix, folder=tmp_path)
        worker = Worker(installation, "worker")
        await worker.start()
        try:
            await shared_out(worker)
            async with Watcher(installation, committed=False) as watcher, Feed(installation, first, rate=1_500) as feed:
                await feed.reaches(2_000)
                assert watcher.applied() > 0
                assert feed.is_flowing()
                feed.pause()
                await feed.give_up()
            broker.stop()
            with EmbeddedBroker(address) as empty:
                await empty.wait_until_ready()
                async with (
                    Watcher(installation, committed=False) as watcher,
                    Feed(installation, second, rate=4_000, last_tick=last_tick) as feed,
                ):
                    await feed.finish()
                    await watcher.until_all(feed, last_tick)
                assert Ending.LOG_CHANGED.code in worker.exits
                await assert_true(
                    installation, watcher, oracle_of(installation, second, "2009-07", last_tick), "2009-07"
                )
        finally:
            await worker.end_at_once()
