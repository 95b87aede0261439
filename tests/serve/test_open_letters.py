"""How many dead letters are open, as `serve` counts them from their topic."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from streams.kafka import client, topics
from streams.kafka.dead_letters import RESOLVED, STATE
from streams.serve.open_letters import OpenLetters
from streams.settings import Settings
from tests.conftest import Broker, on


def letter(identity: str, state: bytes = b"open") -> Any:
    """Return a record as the topic has it."""
    return cast("Any", SimpleNamespace(key=identity.encode(), headers=[(STATE, state)]))


async def test_letters_are_read_and_those_resolved_leave_the_count(embedded_broker: Broker, prefix: str) -> None:
    """Before they are read nobody knows how many there are; two letters, one of them replayed: one is open."""
    settings = Settings.from_environment(on(embedded_broker, prefix))
    connection = embedded_broker.connection
    await topics.ensure(connection, prefix, settings.partitions)
    name = topics.real_name(prefix, topics.DEAD_LETTERS)
    async with client.running(client.new_producer(connection)) as producer:
        for record in (letter("faults/0/1"), letter("faults/0/2"), letter("faults/0/1", RESOLVED)):
            await producer.send_and_wait(name, value=b"{", key=record.key, headers=record.headers, partition=0)
    letters = OpenLetters()
    assert letters.count is None
    following = asyncio.create_task(letters.follow(connection, settings))
    async with asyncio.timeout(20):
        while letters.count is None:  # noqa: ASYNC110 (there is nothing to wait for but the count)
            await asyncio.sleep(0.05)
    following.cancel()
    assert letters.count == 1


def test_a_letter_told_twice_is_one_and_stays_resolved() -> None:
    """Several records of one name are one letter, in whatever order the resolved one comes."""
    letters = OpenLetters()
    letters.take([letter("faults/0/1", RESOLVED), letter("faults/0/1"), letter("faults/0/1")])
    assert letters._resolved == {"faults/0/1": True}
