"""A machine of its own that counts, freezes and reports July: `python -m tests.reports.machine FOLDER EVENTS …`.

It has its own broker, workers, working folder, umask and whatever else of its surroundings the caller gave it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from streams.cli import streams
from streams.demo.catching_up import wait_until_caught_up
from streams.kafka.embedded import EmbeddedBroker
from streams.replay.replaying import replay, source_of
from tests.chaos.cluster import Installation, Worker, running
from tests.kafka.apache import free_ports

PERIOD = "2009-07"
DEADLINE_SECONDS = 90


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What is other on another machine; `environment` goes to every process on it."""

    workers: int
    umask: int
    environment: dict[str, str]


async def run(folder: Path, events: Path, surroundings: Surroundings) -> None:
    """Replay the events to workers, freeze July, and write snapshot and reports to the folder."""
    with EmbeddedBroker(f"127.0.0.1:{free_ports(1)[0]}") as broker:
        await broker.wait_until_ready()
        installation = Installation(connection=broker.connection, prefix="machine-", folder=folder, partitions=3)
        os.environ.update(installation.environment())
        workers = [Worker(installation, f"worker-{number}") for number in range(surroundings.workers)]
        async with asyncio.timeout(DEADLINE_SECONDS), running(*workers):
            settings, definitions = installation.settings(), installation.definitions()
            replayed = await replay(source_of(str(events)), settings, definitions, broker.connection)
            await wait_until_caught_up(broker.connection, settings, replayed.last_tick, lambda *_: None)
            for command in (("snapshot", PERIOD, "--freeze"), ("report", PERIOD)):
                # A command runs an event loop of its own.
                await asyncio.to_thread(streams.main, [*command, "--out", str(folder)], standalone_mode=False)


if __name__ == "__main__":
    told = msgspec.json.decode(sys.argv[3], type=Surroundings)
    os.umask(told.umask)
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), told))
