"""What an installation says: heads as they come, figures of a month by every way there is, dead letters."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.core.catalogue import INDICATORS
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import HEAD_KEY, Head, read_head
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, datetime_of
from streams.core.rollups import Counts, subsets
from streams.kafka import client, topics
from streams.kafka.reader import log_ends, read_to_end
from streams.reports.audit import audit
from streams.reports.snapshot_files import take_snapshot
from streams.samples.lines import Line
from tests import oracle
from tests.chaos.cluster import Installation, Serve
from tests.chaos.feed import Ends, Feed, wait_for
from tests.oracle import Message
from tests.oracle.log import key_of


class Watcher:
    """Follows the tallies as `serve` does, and holds every head against the one before it.

    `backwards` lists what no reader should ever see: a head that says less than an earlier one.
    """

    def __init__(self, installation: Installation, *, committed: bool = True) -> None:
        self.tallies = MergedTallies(Calendar("Asia/Shanghai"))
        self.backwards: list[str] = []
        self.seen_at: dict[int, float] = {}
        """partition → when its last head was seen (event loop's time)."""
        self._installation, self._committed = installation, committed
        self._task: asyncio.Task[None] | None = None

    @property
    def heads(self) -> dict[int, Head]:
        """The last head of each partition."""
        return self.tallies.heads

    def applied(self) -> int:
        """Return how many records the heads stand for, over all partitions."""
        return sum(head.applied.get(topic, 0) for head in self.heads.values() for topic in topics.SOURCES)

    def covers(self, ends: Ends, as_of: int = 0) -> bool:
        """Tell whether every partition has published all records below `ends` and counted up to `as_of`."""
        return all(
            partition in self.heads
            and all(self.heads[partition].applied.get(topic, 0) >= end for topic, end in of_partition.items())
            and self.heads[partition].as_of >= as_of
            for partition, of_partition in ends.items()
        )

    async def until(self, ends: Ends, as_of: int = 0, seconds: float = 90) -> None:
        """Wait until `covers` holds."""
        try:
            await wait_for(lambda: self.covers(ends, as_of), "all published", seconds)
        except AssertionError as error:
            behind = {
                p: (head.applied, head.as_of) for p, head in self.heads.items() if not self.covers({p: ends[p]}, as_of)
            }
            raise AssertionError(f"{error}; wanted {ends} at {as_of}, behind: {behind}") from None

    async def until_all(self, feed: Feed, as_of: int = 0, seconds: float = 90) -> None:
        """Wait until everything that was fed is published, and what the workers sent because of it as well."""
        await self.until(feed.ends, as_of, seconds)
        ends: Ends = {number: {} for number in feed.ends}
        for topic in FOLDED_TOPICS:
            places = _whole(self._installation, topic)
            for place, log_end in (await log_ends(self._installation.connection, places, committed=False)).items():
                ends[place.partition][topic] = log_end
        await self.until(ends, as_of, seconds)

    async def _follow(self) -> None:
        places = {
            TopicPartition(topics.real_name(self._installation.prefix, topics.TALLIES), number)
            for number in range(self._installation.partitions)
        }
        async with client.running(
            client.new_consumer(self._installation.connection, committed=self._committed)
        ) as consumer:
            consumer.assign(list(places))
            await consumer.seek_to_beginning(*places)
            while True:
                try:
                    fetched = await consumer.getmany(timeout_ms=50)
                except KafkaError:  # the broker is away for a while
                    await asyncio.sleep(0.1)
                    continue
                for place, records in fetched.items():
                    for record in records:
                        self._take(place.partition, record.key, record.value)

    def _take(self, partition: int, key: bytes, value: bytes | None) -> None:
        if key == HEAD_KEY and value is not None:
            self._judge(partition, read_head(value))
            self.seen_at[partition] = asyncio.get_running_loop().time()
        self.tallies.read(partition, key, value)

    def _judge(self, partition: int, head: Head) -> None:
        before = self.heads.get(partition)
        if before is None:
            return
        for topic, offset in before.applied.items():
            if head.applied.get(topic, 0) < offset:
                self.backwards.append(f"partition {partition}: {topic} {offset} → {head.applied.get(topic, 0)}")
        if head.as_of < before.as_of:
            self.backwards.append(f"partition {partition}: as of {before.as_of} → {head.as_of}")
        if head.closed[: len(before.closed)] != before.closed:
            self.backwards.append(f"partition {partition}: closed {before.closed} → {head.closed}")

    async def __aenter__(self) -> Self:
        await topics.ensure(self._installation.connection, self._installation.prefix, self._installation.partitions)
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        (error,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(error, Exception):
            raise error


class Letter(NamedTuple):
    """A dead letter as its topic holds it."""

    place: str
    reason: str
    state: str
    value: bytes | None


async def read_messages(installation: Installation) -> dict[str, Message]:
    """Return the log: place ("topic/partition/offset") → message as the oracle takes it."""
    found = {}
    for topic in topics.SOURCES:
        async for place, records in read_to_end(installation.connection, _whole(installation, topic), committed=False):
            for record in records:
                found[f"{topic}/{place.partition}/{record.offset}"] = (topic, record.key, record.value)
    return found


async def read_letters(installation: Installation, *, committed: bool = True) -> list[Letter]:
    """Return every record of the dead letters, those of open and broken rounds left out."""
    letters = []
    async for _, records in read_to_end(
        installation.connection, _whole(installation, topics.DEAD_LETTERS), committed=committed
    ):
        for record in records:
            headers = dict(record.headers)
            letters.append(
                Letter(
                    record.key.decode(),
                    headers["streams-reason"].decode(),
                    headers["streams-state"].decode(),
                    record.value,
                )
            )
    return letters


def _whole(installation: Installation, topic: str) -> dict[TopicPartition, int | None]:
    name = topics.real_name(installation.prefix, topic)
    return dict.fromkeys((TopicPartition(name, number) for number in range(installation.partitions)), None)


def indicators(tallies: MergedTallies, period: str) -> list[dict[str, Any]]:
    """Return the month's indicators for every subset of their labels, as a snapshot lists them."""
    return indicators_of(tallies.month(period))


def indicators_of(counts: Counts) -> list[dict[str, Any]]:
    """Return the indicators that counts give, as a snapshot lists them."""
    return [
        {
            "id": entry.id,
            "labels": dict(zip(labels, values, strict=True)),
            "numerator": numerator,
            "denominator": denominator,
        }
        for entry in INDICATORS
        for labels in subsets(entry.labels)
        for values, (numerator, denominator) in entry.figures(counts, labels).items()
    ]


def oracle_of(installation: Installation, lines: Iterable[Line], period: str, as_of: int) -> oracle.Figures:
    """Return the month's figures as the oracle counts them from messages at the instant `as_of`."""
    definitions = installation.definitions()
    return oracle.recount(
        (line[:3] for line in lines),
        period=period,
        as_of=datetime_of(as_of),
        families=definitions.families,
        prefixes=definitions.prefixes,
        placeholders=definitions.placeholders,
        aliases=definitions.aliases,
        escalated_channels=definitions.escalated_channels,
    )


async def assert_true(installation: Installation, watcher: Watcher, figures: oracle.Figures, period: str) -> None:
    """Assert that what was watched = the snapshot = the audit = the oracle, and that no head ever went backwards."""
    assert watcher.backwards == []
    oracle.assert_equal(figures, indicators(watcher.tallies, period))
    snapshot = await take_snapshot(installation.connection, installation.settings(), installation.definitions(), period)
    oracle.assert_equal(figures, msgspec.to_builtins(snapshot.indicators))
    audited = await audit(installation.connection, installation.settings(), installation.definitions(), period)
    assert audited.differences == []


async def assert_live(serve: Serve, figures: oracle.Figures, window: str) -> None:
    """Assert that every indicator on /metrics equals the oracle's, all totals among them."""
    metrics = await serve.metrics()
    shown = {}
    for (name, labels), denominator in metrics.items():
        named = dict(labels)
        if name == "streams_indicator_denominator" and named["window"] == window and denominator:
            cell = frozenset((label, named[label]) for label in named["by"].split(",") if label)
            shown[named["indicator"], cell] = (metrics["streams_indicator_numerator", labels], denominator)
    assert {entry.id for entry in INDICATORS} == {identity for identity, cell in shown if not cell}
    assert shown == {where: figures.indicators[where] for where in shown}


def unreadable(messages: dict[str, Message]) -> set[str]:
    """Return the places of the messages that no event can be read from."""
    return {place for place, (topic, _, value) in messages.items() if _read(topic, value) is None}


def _read(topic: str, value: bytes | None) -> oracle.Record | None:
    try:
        return oracle.read(topic, value)
    except oracle.Unreadable:
        return None


def under_wrong_key(messages: dict[str, Message]) -> set[str]:
    """Return the places of the readable messages whose key is not the event's."""
    return {
        place
        for place, (topic, key, value) in messages.items()
        if (record := _read(topic, value)) is not None and key != key_of(record).encode()
    }


def assert_each_once(letters: Iterable[Letter], places: set[str]) -> None:
    """Assert that there is exactly one dead letter for each of `places`, and no other."""
    counted = Counter(letter.place for letter in letters)
    assert {place for place, times in counted.items() if times > 1} == set()
    assert set(counted) == places
