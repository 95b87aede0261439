"""Freezes one month in a process of its own: `python -m streams.months.freeze_process`, told what by standard input.

On standard output it says, one JSON object a line, how far it is, and at last what became of it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Literal

import msgspec

from streams import logs
from streams.definitions import load
from streams.kafka.client import Connection
from streams.reports.freezing import Freezing
from streams.settings import Settings

TELL_SECONDS = 0.2

Step = Literal["waiting", "counting"]


class Order(msgspec.Struct, frozen=True):
    """What is to be done: a month to freeze, and why, where it is restated."""

    period: str
    reason: str | None


class Told(msgspec.Struct, frozen=True, tag="progress"):
    """How far it is: partitions that have taken in every outage, or records counted."""

    step: Step
    done: int
    total: int


class Outcome(msgspec.Struct, frozen=True, tag="outcome"):
    """The edition in force, and whether it was written just now."""

    number: int
    state: Literal["frozen", "restated"]
    sha256: str
    moved: int
    is_new: bool


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Why it cannot be done, and what to do."""

    error: str


Message = Told | Outcome | Refused


class _Teller:
    """Says at most every TELL_SECONDS how far it is, and always when a step is done."""

    def __init__(self) -> None:
        self._told = 0.0

    def waiting(self, done: int, total: int) -> None:
        self._tell("waiting", done, total)

    def counting(self, done: int, total: int) -> None:
        self._tell("counting", done, total)

    def _tell(self, step: Step, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._told >= TELL_SECONDS:
            self._told = now
            say(Told(step, done, total))


def main() -> None:
    """Do what standard input says; an error that a person can mend is told, another one ends the process."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    try:
        settings = Settings.from_environment()
        logs.configure(settings.log.form, settings.log.level)
        say(asyncio.run(_freeze(settings, order)))
    except Exception as error:
        if not _is_for_people(error):
            raise
        say(Refused(str(error)))


def say(message: Message) -> None:
    """Write a line of standard output."""
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


async def _freeze(settings: Settings, order: Order) -> Outcome:
    definitions = load(
        settings.definitions_dir,
        timezone=settings.timezone,
        ledger_months=settings.ledger_months,
        subscribers=settings.directory,
    )
    connection, teller = Connection.from_settings(settings, "streams-months"), _Teller()
    freezing = Freezing(connection, settings, definitions, teller.counting, teller.waiting)
    frozen = await freezing.freeze(order.period, order.reason)
    edition = frozen.edition
    return Outcome(edition.number, edition.state, edition.sha256, edition.moved, frozen.is_new)


def _is_for_people(error: Exception) -> bool:
    """Tell whether an error is one of the project's own: their messages say what to do."""
    return type(error).__module__.startswith(f"{logs.__package__}.")


if __name__ == "__main__":
    main()
