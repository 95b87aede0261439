"""Messages that cannot be counted, end to end: kept whole, counted, listed once, and in nobody's way."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import msgspec

from streams.core.months import DAY, HOUR, Calendar
from streams.kafka import dead_letters
from streams.kafka.topics import FAULTS
from streams.samples.lines import Line
from tests.chaos import tickets
from tests.chaos.cluster import Installation, Worker, running, shared_out
from tests.chaos.feed import Feed
from tests.chaos.figures import Watcher, assert_each_once, assert_true, oracle_of, read_letters
from tests.conftest import Broker

CALENDAR = Calendar("Asia/Shanghai")
MARCH, JUNE = CALENDAR.month_start("2009-03"), CALENDAR.month_start("2009-06")
LAST_TICK = JUNE + 40 * DAY
GOOD = tickets.months_of_tickets(1_500, JUNE, JUNE + 20 * DAY, "good")
SUBSCRIBER = "7123456"
REASONS = {
    "not JSON": "not_json",
    "wrong type": "invalid",
    "no time zone": "invalid",
    "unknown service": "invalid",
    "2 MB": "too_large",
    "empty": "empty",
    "null": "empty",
    "wrong key": "wrong_key",
    "too old": "too_old",
}


def bad_lines(at: int) -> dict[str, Line]:
    """Return one message of each kind that cannot be counted where it stands."""
    whole = tickets.ticket("bad", at, SUBSCRIBER, symptom="无拨号音")
    values = {
        "not JSON": "障碍申告".encode("gb18030") + b"{",
        "wrong type": msgspec.json.encode({**whole, "revision": "three"}),
        "no time zone": msgspec.json.encode({**whole, "opened_at": "2009-06-08T09:15:00"}),
        "unknown service": msgspec.json.encode({**whole, "service": "telex"}),
        "2 MB": msgspec.json.encode({**whole, "remark": "x" * 2 * 1024 * 1024}),
        "empty": b"",
        "null": None,
        "wrong key": msgspec.json.encode({**whole, "id": "misplaced"}),
        "too old": msgspec.json.encode(tickets.ticket("late", MARCH + 3 * DAY, SUBSCRIBER)),
    }
    keys = {"wrong key": b"7654321"}
    return {kind: Line(FAULTS, keys.get(kind, SUBSCRIBER.encode()), value, at) for kind, value in values.items()}


def is_whole(letter: dead_letters.Letter, bad: Line) -> bool:
    """Tell whether a letter holds a message's own bytes."""
    return (letter.key, letter.value) == (bad.key, bad.value)


async def test_every_kind_of_bad_message_is_kept_once_and_the_good_ones_count(
    apache_kafka: Broker, prefix: str, tmp_path: Path
) -> None:
    """Each bad message has its one dead letter with its own bytes and reason, also after two restarts from nothing."""
    installation = Installation(connection=apache_kafka.connection, prefix=prefix, folder=tmp_path)
    worker = Worker(installation, "worker")
    early = tickets.months_of_tickets(200, MARCH, MARCH + 9 * DAY, "early")
    bad = bad_lines(JUNE + 8 * DAY)
    places = range(100, len(GOOD), (len(GOOD) - 200) // len(bad))
    lines = list(GOOD)
    for place, line in zip(places, bad.values(), strict=False):
        lines.insert(place, line._replace(at=lines[place].at))
    async with Watcher(installation) as watcher, running(worker):
        await shared_out(worker)
        async with Feed(installation, early, last_tick=JUNE) as opening:
            await opening.finish()
        await watcher.until_all(opening, JUNE)
        assert all(head.closed[-1].month == "2009-03" for head in watcher.heads.values())
        async with Feed(installation, lines, rate=400, tick_every=HOUR, last_tick=LAST_TICK, ends=opening.ends) as feed:
            await feed.reaches(places[len(bad) // 2])
            worker.kill()
            await worker.exited(1)
            assert feed.is_flowing()
            await feed.finish()
        await watcher.until_all(feed, LAST_TICK)
        shutil.rmtree(worker.data, ignore_errors=True)
        worker.kill()
        await worker.exited(2)
        await shared_out(worker)

        records = await read_letters(installation)
        letters = await dead_letters.read_letters(
            installation.connection, prefix, installation.partitions, with_values_of={r.place for r in records}
        )
        assert_each_once(records, {letter.id for letter in letters})
        found = {kind: [letter for letter in letters if is_whole(letter, line)] for kind, line in bad.items()}
        assert {kind: [letter.reason for letter in same] for kind, same in found.items()} == {
            kind: [reason] for kind, reason in REASONS.items()
        }
        assert len(letters) == len(bad)
        assert [letter.reason for letter in letters if letter.is_resolved] == ["wrong_key"]
        metrics = await worker.metrics()
        counted = {
            dict(labels)["outcome"]: n for (name, labels), n in metrics.items() if name == "streams_events_total"
        }
        reasons = Counter(REASONS.values())
        assert {reason: counted.get(reason) for reason in reasons} == reasons
        true = [*early, *(line for line in lines if line.value != bad["too old"].value)]
        await assert_true(installation, watcher, oracle_of(installation, true, "2009-06", LAST_TICK), "2009-06")
