"""Has one month at a time frozen, in a process of its own, and knows how far that is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec
import structlog

from streams.months.children import CONFLICT, Children
from streams.months.freeze_process import Message, Order, Outcome, Refused, Step
from streams.serve.answers import Refusal

FREEZE_SECONDS = 900.0
"""Waiting for the workers takes up to two minutes, counting a million tickets as long, and explaining what moved."""
PROCESS = ("streams.months.freeze_process",)

log = structlog.get_logger("streams.months")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A freeze: what is frozen, how far it is, and what became of it.

    done, total: of the step; partitions that know every outage, or records counted (0 of 0 while unknown).
    started_at, ended_at: RFC 3339, UTC. outcome: the edition in force then. error: why there is none.
    """

    period: str
    state: Literal["running", "done", "failed"]
    started_at: str
    step: Step = "waiting"
    done: int = 0
    total: int = 0
    ended_at: str | None = None
    outcome: Outcome | None = None
    error: str | None = None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Freezer:
    """The freeze that runs, or the last one that did."""

    def __init__(self, children: Children, clock: Callable[[], str] = _now) -> None:
        """Take what runs processes, and the clock."""
        self.job: Job | None = None
        self._children, self._clock = children, clock
        self._running: asyncio.Task[None] | None = None

    def start(self, period: str, reason: str | None) -> Job:
        """Have a month frozen, and return at once. Raises Refusal while another freeze runs."""
        if self.job is not None and self.job.state == "running":
            raise Refusal(
                CONFLICT, f"{self.job.period} is being frozen since {self.job.started_at}: wait until that is done"
            )
        self.job = Job(period=period, state="running", started_at=self._clock())
        self._running = asyncio.create_task(self._run(Order(period, reason)))
        return self.job

    async def _run(self, order: Order) -> None:
        log.info("freeze begins", period=order.period)
        try:
            await self._children.run(
                PROCESS, seconds=FREEZE_SECONDS, request=msgspec.json.encode(order), on_line=self._hear
            )
        except Refusal as refusal:
            self._end(state="failed", error=refusal.error)
        except Exception:
            self._end(state="failed", error="it could not be begun: the log of serve says why")
            raise
        if self.job is not None and self.job.state == "running":
            self._end(state="failed", error="it ended without a word: the log of serve may have more")
        log.info("freeze ended", period=order.period, state=None if self.job is None else self.job.state)

    def _hear(self, line: bytes) -> None:
        message: Message = msgspec.json.decode(line, type=Message)
        if isinstance(message, Outcome):
            self._end(state="done", outcome=message)
        elif isinstance(message, Refused):
            self._end(state="failed", error=message.error)
        else:
            self._become(step=message.step, done=message.done, total=message.total)

    def _end(self, **fields: object) -> None:
        self._become(ended_at=self._clock(), **fields)

    def _become(self, **fields: object) -> None:
        assert self.job is not None  # noqa: S101 (only a job's own process speaks)
        self.job = msgspec.structs.replace(self.job, **fields)
