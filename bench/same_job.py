"""The job of a worker for one record at a time, as the contenders do it: same facts, same contributions, same tallies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import NoReturn

import msgspec

from bench.installation import digest
from streams import definitions
from streams.core.contributions import chapters_for
from streams.core.counting import Counting
from streams.core.definitions import Definitions
from streams.core.events import READERS
from streams.core.events.base import canonical
from streams.core.ledger import Entry, Fact, Fold
from streams.core.months import Calendar
from streams.core.tallies import Tallies
from streams.kafka.topics import FAULTS

DEPLOY = Path(__file__).parent.parent / "deploy"

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(dict[str, Fact]).decode


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a contender is told: the broker, the topic, how many records it holds, the instant that stands for now."""

    bootstrap: str
    topic: str
    partitions: int
    records: int
    now: int
    group: str
    folder: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a contender reports: seconds from the first to the last record, and what it counted."""

    seconds: float
    records: int
    digest: str


class SameJob:
    """Keeps tallies true from states that somebody else stores: bytes in, bytes out, for each record."""

    def __init__(self, task: Task) -> None:
        known = definitions_in_use()
        self._reader = READERS[FAULTS]
        self._fold = Fold()
        self._tallies = Tallies(Calendar(known.timezone))
        self._counting = Counting(self._fold, chapters_for(known)[FAULTS], self._reader, self._tallies)
        self._tallies.expire(task.now)
        self._counting.rebuild(task.now)
        self._left = task.records
        self._began = 0.0
        self._task = task

    def apply(self, value: bytes, offset: int, state: bytes | None) -> bytes:
        """Take one record in and return the new state of its key; the last record ends the process with a report."""
        if not self._began:
            self._began = time.monotonic()
        event = self._reader.read(value)
        entry: Entry = {} if state is None else _DECODE(state)
        before = dict(entry)
        key = event.key()
        self._fold.entries[key] = entry
        if self._fold.merge(key, event.id, Fact(event.revision, offset, canonical(event))):
            self._counting.update(key, before)
        del self._fold.entries[key]
        self._left -= 1
        return _ENCODE(entry)

    def report_at_end(self) -> None:
        """Write the report and end the process if the last record is stored now."""
        if not self._left:
            self._report()

    def _report(self) -> NoReturn:
        seconds = time.monotonic() - self._began
        outcome = Outcome(seconds=seconds, records=self._task.records, digest=digest(self._tallies.buckets))
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.flush()
        os._exit(0)


def definitions_in_use() -> Definitions:
    """Return the definitions of the checkout, under the default settings."""
    return definitions.load(DEPLOY, timezone="Asia/Shanghai", ledger_months=2)


def task_from_arguments() -> Task:
    """Return the task that the process was started with."""
    return msgspec.json.decode(sys.argv[1], type=Task)
