"""Ends a worker that stood still or makes no progress; it is a thread, so that a stuck event loop cannot stop it."""

from __future__ import annotations

import faulthandler
import sys
import threading
import time

from streams.worker.ending import Ending, end

BEAT_SECONDS = 0.5
STUCK_SECONDS = 120.0
"""So long work may wait, or the event loop or the consumer stay silent, before the process ends."""


class Watchdog:
    """Notices two things: that time passed without this process, and that work waits while nothing moves."""

    def __init__(self, session_timeout_seconds: float) -> None:
        """Take how long the group waits for a silent member: past that the partitions are another's."""
        self._session_timeout_seconds = session_timeout_seconds
        self._beat = _now()
        self._moved = time.monotonic()
        self._last: object = None

    def start(self) -> None:
        """Begin to watch, until the process ends."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def check_awake(self) -> None:
        """End the process if it has stood still for longer than the session timeout; cheap enough for every batch."""
        stood_still_seconds = _now() - self._beat
        if stood_still_seconds > self._session_timeout_seconds:
            end(Ending.FROZEN, stood_still_seconds=round(stood_still_seconds, 1))

    def note(self, progress: object, *, is_waiting: bool) -> None:
        """Take note of where the work stands; called from the event loop every second.

        `progress` is anything that differs when something moved; without work that `is_waiting` standing still is fine.
        """
        if progress != self._last or not is_waiting:
            self._moved = time.monotonic()
        self._last = progress

    def _watch(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            self.check_awake()
            self._beat = _now()
            if time.monotonic() - self._moved > STUCK_SECONDS:
                faulthandler.dump_traceback(sys.stderr)
                end(Ending.STUCK, waited_seconds=STUCK_SECONDS)


def _now() -> float:
    """Return the time since boot, which goes on while the process is stopped or the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
