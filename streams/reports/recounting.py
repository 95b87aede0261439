"""Counts partitions anew from the log up to given heads, side by side in processes where there is much to read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeVar

from aiokafka import TopicPartition

from streams.core.contributions import chapters_for
from streams.core.definitions import Definitions
from streams.core.fact_changes import Change, changes_between, merged
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head
from streams.core.recount import Recount, Recounter
from streams.kafka.client import Connection
from streams.kafka.embedded import die_with_parent
from streams.kafka.placing import partition_of
from streams.kafka.reader import log_beginnings, message_of, read_to_end
from streams.kafka.topics import real_name
from streams.settings import Settings

SIDE_BY_SIDE_RECORDS = 200_000
"""Below so many records a process of its own would cost more than it saves."""
LOOK_SECONDS = 0.2

Progress = Callable[[int, int], None]
"""Called with (records read so far, records to read)."""
Result = TypeVar("Result")


class MonthNotWhole(Exception):
    """The log no longer begins where it began, so that the month cannot be counted anew."""


class Log(NamedTuple):
    """Where the log is, and what it is counted by."""

    connection: Connection
    settings: Settings
    definitions: Definitions


class Task(NamedTuple):
    """One partition to be counted: up to each of `heads`, the month (None: every month that is open there)."""

    partition: int
    heads: tuple[Head, ...]
    month: str | None

    def records(self) -> int:
        """Return how many offsets are to be read."""
        return sum(max(head.applied.get(topic, 0) for head in self.heads) for topic in FOLDED_TOPICS)


Job = Callable[[Log, Task, Callable[[int], None]], Awaitable[Result]]
"""What is done with a partition, in a process of its own or in ours; the last argument is told of records read."""


async def recount(log: Log, heads: Mapping[int, Head], month: str | None, progress: Progress | None) -> list[Recount]:
    """Return the recount of every partition, in order. Raises MonthNotWhole, and what `read_to_end` raises."""
    return await of_each_recounter(log, heads, month, Recounter.result, progress)


async def of_each_recounter(
    log: Log,
    heads: Mapping[int, Head],
    month: str | None,
    ask: Callable[[Recounter], Result],
    progress: Progress | None,
) -> list[Result]:
    """Return what `ask` (a function of a module) makes of every partition's recount, in order; raises as above."""
    await _require_whole_log(log)
    tasks = [Task(one, (head,), month) for one, head in sorted(heads.items())]
    return await _each(log, partial(_ask, ask), tasks, progress)


async def changes(
    log: Log, earlier: Mapping[int, Head], later: Mapping[int, Head], month: str | None, progress: Progress | None
) -> list[Change]:
    """Return what moved between two recounts, over all partitions; reads the log once. Raises as `recount` does."""
    await _require_whole_log(log)
    tasks = [Task(one, (earlier[one], later[one]), month) for one in sorted(later)]
    found = await _each(log, compare_partition, tasks, progress)
    return merged(change for of_partition in found for change in of_partition)


async def _ask(ask: Callable[[Recounter], Result], log: Log, task: Task, tell: Callable[[int], None]) -> Result:
    [recounter] = await _read(log, task, tell)
    return ask(recounter)


async def compare_partition(log: Log, task: Task, tell: Callable[[int], None]) -> list[Change]:
    """Count one partition up to two heads, and return what changed in between."""
    earlier, later = await _read(log, task, tell)
    return changes_between(earlier, later)


async def _read(log: Log, task: Task, tell: Callable[[int], None]) -> list[Recounter]:
    chapters, partitions = chapters_for(log.definitions), log.settings.partitions
    recounters = [
        Recounter(
            task.partition, head, task.month, log.definitions, chapters, lambda key: partition_of(key, partitions)
        )
        for head in task.heads
    ]
    for topic in FOLDED_TOPICS:
        end = max(head.applied.get(topic, 0) for head in task.heads)
        if end == 0:
            continue
        place = TopicPartition(real_name(log.settings.prefix, topic), task.partition)
        # Not only committed records: a re-sent fact of an aborted round is true either way, and was applied.
        async for _, records in read_to_end(log.connection, {place: 0}, committed=False, until={place: end}):
            messages = list(map(message_of, records))
            for recounter in recounters:
                recounter.take(topic, messages)
            tell(len(records))
    return recounters


async def _require_whole_log(log: Log) -> None:
    places = [
        TopicPartition(real_name(log.settings.prefix, topic), number)
        for topic in FOLDED_TOPICS
        for number in range(log.settings.partitions)
    ]
    for place, offset in (await log_beginnings(log.connection, places)).items():
        if offset > 0:
            raise MonthNotWhole(
                f"{place.topic}-{place.partition} begins at offset {offset}: records before it were deleted, so the "
                "month cannot be counted anew. Sources need retention.ms=-1 (`streams check`)"
            )


async def _each(log: Log, job: Job[Result], tasks: Sequence[Task], progress: Progress | None) -> list[Result]:
    total = sum(task.records() for task in tasks)
    processes = min(os.cpu_count() or 1, len(tasks))
    if total >= SIDE_BY_SIDE_RECORDS and processes > 1:
        return await _side_by_side(log, job, tasks, processes, lambda done: progress and progress(done, total))
    done = 0

    def tell(records: int) -> None:
        nonlocal done
        done += records
        if progress is not None:
            progress(done, total)

    return [await job(log, task, tell) for task in tasks]


async def _side_by_side(
    log: Log, job: Job[Result], tasks: Sequence[Task], processes: int, tell: Callable[[int], object]
) -> list[Result]:
    """Do a job for every partition in `processes` processes, which share the partitions out among them."""
    context = get_context("spawn")  # a fork would inherit the event loop and its connections
    read = context.Value("q", 0)
    with ProcessPoolExecutor(processes, context, _begin, (log, read)) as pool:
        loop = asyncio.get_running_loop()
        results = asyncio.gather(*(loop.run_in_executor(pool, _in_process, job, task) for task in tasks))
        try:
            while not results.done():
                await asyncio.wait([results], timeout=LOOK_SECONDS)
                tell(read.value)
            return await results
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_inherited: dict[str, Any] = {}
"""What a process of the pool was begun with."""


def _begin(log: Log, read: Any) -> None:
    die_with_parent()
    _inherited.update(log=log, read=read)


def _in_process(job: Job[Result], task: Task) -> Result:
    read = _inherited["read"]

    def tell(records: int) -> None:
        with read.get_lock():
            read.value += records

    return asyncio.run(_run(job, task, tell))


async def _run(job: Job[Result], task: Task, tell: Callable[[int], None]) -> Result:
    return await job(_inherited["log"], task, tell)
