"""Workers that are killed while input flows: no figure is lost, doubled or left behind."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from streams.core.months import DAY, HOUR, datetime_of, instant_of
from streams.core.tallies import Bucket
from streams.kafka.topics import FAULTS
from tests.chaos import july, tickets
from tests.chaos.cluster import Installation, Serve, Worker, running, shared_out
from tests.chaos.feed import Feed, wait_for
from tests.chaos.figures import Watcher, assert_live, assert_true, oracle_of
from tests.conftest import Broker
from tests.printed_report import differences

# Worker by worker, and twice one right after the other, so that a successor is hit before it has taken over.
KILLS = ("a", "b", "ab", "ba")


async def test_figures_are_true_after_six_kills_in_the_middle(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Two workers, killed -9 six times while input flows, leave live = snapshot = audit = oracle."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    workers = {name: Worker(installation, name) for name in "ab"}
    serve = Serve(installation)
    chance = random.Random(prefix)
    async with (
        Watcher(installation) as watcher,
        running(serve, *workers.values()),
        Feed(installation, july.lines(), rate=1_800, last_tick=july.AS_OF) as feed,
    ):
        for names in KILLS:
            published = watcher.applied()
            await wait_for(lambda published=published: watcher.applied() > published, "published again")
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            for name in names:
                await asyncio.sleep(chance.uniform(0.0, 0.5))
                taken_in, published = await workers[name].taken_in(), watcher.applied()
                workers[name].kill()
                print(f"{name} killed: {feed.sent} of {feed.total} sent, {published} published, {taken_in} taken in")
                assert feed.is_flowing()
                assert 0 < published < feed.sent
        await feed.finish()
        await watcher.until_all(feed, july.AS_OF)
        assert [worker.exits for worker in workers.values()] == [[-9] * 3] * 2
        figures = await july.assert_all_true(installation, watcher, july.lines())
        await assert_live(serve, figures, "last_month")
        await july.assert_as_printed(installation)


async def test_the_printed_figures_come_out_of_the_embedded_broker_after_a_kill(
    embedded_broker: Broker, prefix: str, tmp_path: Path
) -> None:
    """A worker is killed -9 and comes back while July flows; with one message held back the comparison notices."""
    installation = Installation(connection=embedded_broker.connection, prefix=prefix, folder=tmp_path)
    killed, other = Worker(installation, "killed"), Worker(installation, "other")
    late = july.only_message()
    lines = [line for line in july.lines() if line is not late]
    async with Watcher(installation, committed=False) as watcher, running(killed, other):
        await shared_out(killed, other)
        async with Feed(installation, lines, rate=2_500, last_tick=july.AS_OF) as feed:
            await feed.reaches(feed.total // 8)
            published = watcher.applied()
            killed.kill()
            assert 0 < published < feed.sent
            await killed.exited()
            await shared_out(killed, other)
            assert feed.is_flowing()
            print(f"killed at {published} published, back when {feed.sent} of {feed.total} were sent")
            await feed.finish()
            await watcher.until_all(feed, july.AS_OF)
        wrong = differences((await july.written_snapshot(installation)).tables)
        assert wrong["satisfaction.local_callback.called"] == (1275, 1274)
        async with Feed(installation, [late], last_tick=july.AS_OF, ends=feed.ends) as rest:
            await rest.finish()
            await watcher.until_all(rest, july.AS_OF)
        await july.assert_as_printed(installation)
    assert killed.exits == [-9]
    assert other.exits == []


async def test_a_correction_that_empties_a_bucket_survives_a_kill(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """The only ticket of a day moves to another one, the worker is killed before it can say so: the day ends empty."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    start = instant_of(july.datetime_in_july(10))
    lonely = tickets.ticket("lonely", start, "7999999")
    moved = {**lonely, "revision": 1, "opened_at": datetime_of(start + DAY), "updated_at": datetime_of(start + DAY)}
    others = tickets.months_of_tickets(1_500, start + DAY, start + 2 * DAY, "others")
    half = len(others) // 2
    lines = [tickets.line(lonely, start), *others[:half], tickets.line(moved, start + 2 * DAY), *others[half:]]
    worker = Worker(installation, "worker", f"die_before_round={half + 2}")
    day = Bucket(FAULTS, "day", "2009-07-10")
    as_of = start + 3 * DAY
    async with Watcher(installation) as watcher, running(worker):
        await shared_out(worker)
        async with Feed(installation, lines, rate=500, tick_every=HOUR, last_tick=as_of) as feed:
            await worker.exited()
            assert feed.is_flowing()
            assert feed.sent >= half + 2, "the correction is sent"
            assert any(watcher.tallies.cells("2009-07", number).get(day) for number in feed.ends), "and not published"
            sent = await feed.cut()
            await watcher.until_all(feed, as_of)
        assert worker.exits == [-9]
        assert not any(watcher.tallies.cells("2009-07", number).get(day) for number in feed.ends)
        await assert_true(installation, watcher, oracle_of(installation, sent, "2009-07", as_of), "2009-07")
