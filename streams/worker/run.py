"""Runs a worker: topics made or checked, app started, rounds and checkpoints going, and a clean leave at SIGTERM."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

import mode.loop

mode.loop.use("uvloop")

import faust  # noqa: E402  (uvloop must be chosen before faust is imported)
import structlog  # noqa: E402

from streams.core.definitions import Definitions  # noqa: E402
from streams.kafka import topics  # noqa: E402
from streams.kafka.client import Connection  # noqa: E402
from streams.kafka.identity import LogIdentity, log_identity  # noqa: E402
from streams.settings import Settings  # noqa: E402
from streams.worker.app import create_app  # noqa: E402
from streams.worker.ending import Ending, end  # noqa: E402
from streams.worker.outbox import outbox_for  # noqa: E402
from streams.worker.owner import Owner  # noqa: E402
from streams.worker.watchdog import Watchdog  # noqa: E402
from streams.worker.web import Web  # noqa: E402

NOTE_SECONDS = 1.0

log = structlog.get_logger("streams.worker")


class LeavingWorker(faust.Worker):
    """Faust's worker, which sends what is counted before it leaves the group."""

    def __init__(self, app: faust.App, owner: Owner, watchdog: Watchdog, web: Web, **options: Any) -> None:
        super().__init__(app, override_logging=False, redirect_stdouts=False, quiet=True, **options)
        # Its spinner writes control characters into the log.
        self.spinner = None
        self._owner, self._watchdog, self._web = owner, watchdog, web
        self._tasks: list[asyncio.Task[None]] = []

    async def on_first_start(self) -> None:
        """Start what goes on beside the agents."""
        await super().on_first_start()
        self._watchdog.start()
        await self._web.start()
        beside = (self._owner.send_for_ever(), self._owner.keep_for_ever(), self._note_for_ever())
        self._tasks = [asyncio.create_task(self._never_ending(task)) for task in beside]

    async def _never_ending(self, task: Coroutine[Any, Any, None]) -> None:
        try:
            await task
        except Exception as error:
            log.exception("a task beside the agents failed")
            await self.crash(error)

    async def _note_for_ever(self) -> None:
        while True:
            partitions = self._owner.partitions.values()
            progress = [tuple(partition.positions.values()) for partition in partitions]
            polled_at = self.app.consumer.polled_at
            is_waiting = not self._owner.settled() or any(partition.backlog() for partition in partitions)
            self._watchdog.note((progress, polled_at), is_waiting=is_waiting)
            await asyncio.sleep(NOTE_SECONDS)

    def _crash(self, reason: BaseException) -> None:
        # Any part of Faust that crashes ends up here. Its orderly stop waits for parts that may never answer.
        end(Ending.CRASHED, error=repr(reason))

    async def stop(self) -> None:
        """Leave: rounds and checkpoints first, then the group."""
        # A round or a checkpoint that is under way is waited for: cancelled, it would leave its partition unusable.
        await self._owner.leave()
        for task in self._tasks:
            task.cancel()
        await self._web.stop()
        await super().stop()


COLLECTOR_THRESHOLDS = 50_000, 20, 20
"""When Python looks for garbage cycles: a ledger of millions of lasting objects is searched in vain each time (a fold
of 1,000,000 events took 38 s with the defaults, 29 s so)."""


def run(settings: Settings, definitions: Definitions, connection: Connection) -> None:
    """Run a worker until SIGTERM or SIGINT, then end by SystemExit.

    Raises TopicsError and BrokerUnreachable before it has begun.
    """
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    identity = loop.run_until_complete(_prepare(settings, connection))
    outbox = outbox_for(connection, settings.prefix, identity.cluster)
    watchdog = Watchdog(settings.session_timeout_seconds)
    owner = Owner(settings, definitions, connection, identity, outbox)
    app = create_app(settings, owner, watchdog)
    web = Web(settings, owner)
    LeavingWorker(app, owner, watchdog, web, loop=loop).execute_from_commandline()


async def _prepare(settings: Settings, connection: Connection) -> LogIdentity:
    await topics.ensure(connection, settings.prefix, settings.partitions)
    return await log_identity(connection, settings.prefix)
