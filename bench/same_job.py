"""A worker's job for one record at a time, as the contenders do it: same facts, same contributions, same tallies."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec

from bench.installation import digest
from streams import definitions
from streams.core.contributions import chapters_for
from streams.core.counting import Counting
from streams.core.definitions import Definitions
from streams.core.events import READERS
from streams.core.ledger import Entry, Fact, Fold
from streams.core.months import Calendar
from streams.core.outages.linking import Links
from streams.core.tallies import Tallies
from streams.kafka.topics import FAULTS

DEPLOY = Path(__file__).parent.parent / "deploy"

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(dict[str, Fact]).decode


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a contender is told: broker, topic and how many records it holds, the instant that stands for now, its own
    group and folder, and the file for its outcome.
    """

    bootstrap: str
    topic: str
    partitions: int
    records: int
    now: int
    group: str
    folder: str
    report: str


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
        calendar = Calendar(known.timezone)
        self._tallies = Tallies(calendar)
        no_outages = Links(known, calendar)
        self._counting = Counting({FAULTS: self._fold}, chapters_for(known)[FAULTS], self._tallies, no_outages)
        self._tallies.expire(task.now)
        self._counting.rebuild(task.now)
        self._left = task.records
        self._began = 0.0
        self._task = task

    def apply(self, value: bytes, offset: int, state: bytes | None) -> bytes:
        """Take one record in and return the new state of its key; an error ends the process, which Faust would not."""
        try:
            return self._apply(value, offset, state)
        except Exception:  # noqa: BLE001 - whatever it is, it is shown
            traceback.print_exc()
            os._exit(1)

    def _apply(self, value: bytes, offset: int, state: bytes | None) -> bytes:
        if not self._began:
            self._began = time.monotonic()
        event = self._reader.read(value)
        entry: Entry = {} if state is None else _DECODE(state)
        before = dict(entry)
        key = event.key()
        self._fold.entries[key] = entry
        if self._fold.merge(key, event.id, self._counting.fact(event, offset)):
            self._counting.update({key: before})
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
        Path(self._task.report).write_bytes(msgspec.json.encode(outcome))
        os._exit(0)


def definitions_in_use() -> Definitions:
    """Return the definitions of the checkout, under the default settings."""
    return definitions.load(DEPLOY, timezone="Asia/Shanghai", ledger_months=2)


def task_from_arguments() -> Task:
    """Return the task that the process was started with."""
    return msgspec.json.decode(sys.argv[1], type=Task)
