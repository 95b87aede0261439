"""Contender: a stock Faust agent, `async for` over events with a table, doing the same job.

Run as a process of its own with its task as JSON; it writes its outcome as JSON.
"""

from __future__ import annotations

import logging
from typing import Any

import mode.loop

mode.loop.use("uvloop")

import faust  # noqa: E402  (uvloop must be chosen before faust is imported)

from bench.same_job import SameJob, Task, task_from_arguments  # noqa: E402


def create_app(task: Task) -> faust.App:
    """Return the app."""
    app = faust.App(
        task.group,
        broker=f"kafka://{task.bootstrap}",
        store="memory://",
        topic_partitions=task.partitions,
        producer_linger=0.05,
        web_enabled=False,
        autodiscover=False,
        datadir=task.folder,
    )
    faults = app.topic(
        task.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", internal=False
    )
    entries = app.Table("entries", key_type=bytes, value_type=bytes, partitions=task.partitions)
    job = SameJob(task)

    async def count(stream: Any) -> None:
        async for event in stream.events():
            entries[event.key] = job.apply(event.value, event.message.offset, entries.get(event.key))
            job.report_at_end()

    app.agent(faults)(count)
    return app


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    faust.Worker(create_app(task_from_arguments()), loglevel="WARNING", quiet=True).execute_from_commandline()
