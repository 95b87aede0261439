"""How a worker ends when it must not go on: at once, with a reason, and with an exit code that tells which."""

from __future__ import annotations

import enum
import os
import sys
from typing import NoReturn

import structlog

log = structlog.get_logger("streams.worker")


class Ending(enum.Enum):
    """Why a worker ends by itself: exit code, and what a person should know. Whoever starts workers starts it anew."""

    OUTBOX = 70, "a round could not be sent, or another worker has taken the partition over"
    AGENT = 71, "an unexpected error while messages were taken in; nothing may go on behind it"
    FROZEN = 72, "the process stood still for longer than the session timeout; its partitions are another's by now"
    STUCK = 73, "no progress although there is work"
    LOG_CHANGED = 74, "the log is not the one that was read before: another cluster, a topic made anew, a lost tail"
    LOG_LOST = 75, "the log no longer holds records that are needed"
    GAP = 76, "records are missing between two batches"
    CRASHED = 77, "a part of the worker beside the agents failed unexpectedly"

    @property
    def code(self) -> int:
        """The exit code."""
        return self.value[0]


def end(ending: Ending, **details: object) -> NoReturn:
    """Log why, and leave without any clean-up: what is not sent by now must not be sent."""
    log.error("worker ends", reason=ending.name.lower(), explanation=ending.value[1], code=ending.code, **details)
    sys.stderr.flush()
    os._exit(ending.code)
