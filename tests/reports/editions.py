"""An installation whose logs and rounds go to a broker bit by bit, and what freezes its months."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from streams.core.definitions import Definitions
from streams.kafka import client
from streams.kafka.topics import real_name
from streams.reports.freezing import Freezing, Frozen
from tests.conftest import Broker
from tests.core.installation import DEFINITIONS
from tests.kafka.installed import PlacedInstallation, publish, publish_rounds
from tests.reports.test_audit import PARTITIONS, settings


class Growing:
    """Counts in memory what is sent, and puts what came since the last time onto the broker."""

    def __init__(self, broker: Broker, prefix: str, definitions: Definitions = DEFINITIONS) -> None:
        """Take where to put it, and what it counts by."""
        self.broker, self.prefix = broker, prefix
        self.made = PlacedInstallation(PARTITIONS, definitions)
        self.definitions = definitions
        self._sent: dict[tuple[str, int], int] | None = None
        self._rounds = 0

    async def count(self, now: datetime) -> None:
        """Count everything that was sent as of `now`, and publish it."""
        self.made.count(now)
        if self._sent is None:
            await publish(self.broker.connection, self.prefix, self.made)
        else:
            await self._send_new(self._sent)
            await publish_rounds(self.broker.connection, self.prefix, self.made.rounds[self._rounds :])
        self._sent = {place: len(log) for place, log in self.made.logs.items()}
        self._rounds = len(self.made.rounds)

    async def _send_new(self, sent: dict[tuple[str, int], int]) -> None:
        async with client.running(client.new_producer(self.broker.connection)) as producer:
            for (topic, number), log in self.made.logs.items():
                for message in log[sent[topic, number] :]:
                    name, headers = real_name(self.prefix, topic), list(message.headers)
                    await producer.send(name, message.value, message.key, number, headers=headers)
            await producer.flush()

    def freezing(self) -> Freezing:
        """Return what freezes its months."""
        return Freezing(self.broker.connection, settings(self.prefix), self.definitions)

    async def freeze(self, reason: str | None = None, period: str = "2009-07") -> Frozen:
        """Freeze a month."""
        return await self.freezing().freeze(period, reason)


def content(frozen: Frozen) -> Any:
    """Return a frozen document, read with the standard library."""
    return json.loads(frozen.document)


def moved(frozen: Frozen) -> dict[str, list[str]]:
    """Return path → facts of a restatement."""
    return {entry["path"]: entry["facts"] for entry in content(frozen)["restatement"]["moved"]}
