"""The reader of the tallies: up with its topic or silent, and ended by what it cannot read on from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from streams.core.definitions import Definitions
from streams.core.rollups import Counts
from streams.kafka import client, topics
from streams.kafka.reader import LogError
from streams.kafka.topics import TALLIES, real_name
from streams.serve import reader as reader_module
from streams.serve.reader import TallyReader
from streams.settings import Settings
from tests.conftest import Broker
from tests.core.installation import DEFINITIONS, at, generated, ticket
from tests.kafka.installed import PlacedInstallation, publish, publish_rounds

PARTITIONS = 3
PATIENCE_SECONDS = 20


def settings(prefix: str) -> Settings:
    """Return settings for a prefix."""
    return Settings.from_environment({"STREAMS_PREFIX": prefix, "STREAMS_PARTITIONS": str(PARTITIONS)})


def installation() -> PlacedInstallation:
    """Return an installation that has counted some tickets."""
    made = PlacedInstallation(PARTITIONS)
    made.send(generated(6, 80, at("2009-07-01 00:00"), 20))
    made.count(at("2009-07-20 12:00"))
    return made


@asynccontextmanager
async def following(
    broker: Broker, prefix: str, definitions: Definitions = DEFINITIONS
) -> AsyncIterator[tuple[TallyReader, asyncio.Task[None]]]:
    """Run a reader for the length of a `with` block."""
    reader = TallyReader(broker.connection, settings(prefix), definitions)
    task = asyncio.create_task(reader.run())
    try:
        yield reader, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; raises TimeoutError when it does not become so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 (what is waited for happens on a broker)
            await asyncio.sleep(0.02)


async def until_problem(reader: TallyReader, words: str | None) -> None:
    """Wait until the reader's problem holds these words, or (None) until it has none."""
    await until(lambda: reader.problem() is None if words is None else words in str(reader.problem()))


def shown(counts: Counts) -> Counts:
    """Return counts without measures that have nothing."""
    return {measure: numbers for measure, numbers in counts.items() if numbers}


async def test_a_reader_merges_what_is_there_and_what_comes(broker: Broker, prefix: str) -> None:
    """From the beginning to the end of the topic, then round by round: always what the owners have counted."""
    made = installation()
    await publish(broker.connection, prefix, made)
    async with following(broker, prefix) as (reader, _):
        assert "not read to their end yet" in str(reader.problem())
        await until_problem(reader, None)
        assert shown(reader.tallies.month("2009-07")) == shown(made.tallies.month("2009-07"))
        before, version = len(made.rounds), reader.tallies.version
        made.send([ticket("new", "6000001", at("2009-07-19 10:00"))])
        made.count(at("2009-07-20 12:30"))
        await publish_rounds(broker.connection, prefix, made.rounds[before:])
        await until(lambda: reader.tallies.version == version + len(made.rounds) - before)
        assert shown(reader.tallies.month("2009-07")) == shown(made.tallies.month("2009-07"))
        assert reader.problem() is None


async def test_a_partition_without_tallies_keeps_all_figures_back(broker: Broker, prefix: str) -> None:
    """As long as one partition is missing the sums are not whole, and the reader names it."""
    made = installation()
    made.rounds = [a_round for a_round in made.rounds if a_round.partition != 1]
    await publish(broker.connection, prefix, made)
    async with following(broker, prefix) as (reader, _):
        await until_problem(reader, "partitions 1 have no settled tallies")


async def test_an_open_transaction_is_not_seen(apache_kafka: Broker, prefix: str) -> None:
    """A round that is not committed changes no figure, and does not make the reader look behind."""
    made = installation()
    await publish(apache_kafka.connection, prefix, made)
    before = len(made.rounds)
    made.send([ticket("new", "6000001", at("2009-07-19 10:00"))])
    made.count()
    producer = client.new_producer(apache_kafka.connection, transactional_id=f"{prefix}open")
    async with following(apache_kafka, prefix) as (reader, _), client.running(producer):
        await until_problem(reader, None)
        expected, version = shown(reader.tallies.month("2009-07")), reader.tallies.version
        async with producer.transaction():
            for a_round in made.rounds[before:]:
                for record in (*a_round.tallies, a_round.head):
                    topic = real_name(prefix, TALLIES)
                    await (await producer.send(topic, record.value, record.key, a_round.partition))
            await asyncio.sleep(0.5)
            assert (reader.tallies.version, reader.problem()) == (version, None)
            assert shown(reader.tallies.month("2009-07")) == expected
        await until(lambda: reader.tallies.version > version)


async def test_a_topic_made_anew_ends_the_reader(broker: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was merged is of a log that is no more: going on would show figures of two logs."""
    monkeypatch.setattr(reader_module, "IDENTITY_SECONDS", 0.2)
    await publish(broker.connection, prefix, installation())
    async with following(broker, prefix) as (reader, task):
        await until_problem(reader, None)
        async with client.running(client.new_admin(broker.connection)) as admin:
            await admin.delete_topics([real_name(prefix, TALLIES)])
        await asyncio.sleep(1)
        await topics.ensure(broker.connection, prefix, PARTITIONS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(LogError):
                await task


async def test_a_reader_that_stands_still_says_so(
    embedded_broker: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures that are old without anybody knowing are worse than none: after a while they are kept back."""
    monkeypatch.setattr(reader_module, "BEHIND_SECONDS", 0.5)
    await publish(embedded_broker.connection, prefix, installation())
    async with following(embedded_broker, prefix) as (reader, task):
        await until_problem(reader, None)
        task.cancel()
        await until_problem(reader, "the end of the tallies was not seen")


async def test_other_definitions_keep_all_figures_back(embedded_broker: Broker, prefix: str) -> None:
    """A figure must not be shown beside definitions that it was not counted under."""
    await publish(embedded_broker.connection, prefix, installation())
    others = msgspec.structs.replace(DEFINITIONS, placeholders=frozenset())
    async with following(embedded_broker, prefix, others) as (reader, _):
        await until_problem(reader, "other definitions")
