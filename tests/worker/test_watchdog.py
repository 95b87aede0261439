"""The watchdog: a process that stood still or is stuck ends, one that merely has nothing to do does not."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from streams.worker import watchdog
from streams.worker.ending import Ending
from streams.worker.watchdog import Watchdog
from tests.worker.conftest import Ended

SESSION_SECONDS = 1.0
WATCHED = f"""
import time
from streams.worker.watchdog import Watchdog
Watchdog({SESSION_SECONDS}).start()
print("watched", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("stopped_seconds", "code"), [(2.5, Ending.FROZEN.code), (0.2, None)])
def test_a_process_stopped_for_longer_than_the_session_ends_when_it_wakes(
    stopped_seconds: float, code: int | None
) -> None:
    """After SIGSTOP past the session timeout it ends by itself; after a shorter one it goes on."""
    with subprocess.Popen([sys.executable, "-c", WATCHED], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGSTOP)
            time.sleep(stopped_seconds)
            process.send_signal(signal.SIGCONT)
            if code is None:
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(1.5)
            else:
                assert process.wait(10) == code
        finally:
            process.kill()


def test_the_loop_that_woke_first_notices_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a batch is taken in, the event loop looks for itself: the watching thread may wake later."""
    watching = Watchdog(SESSION_SECONDS)
    watching.check_awake()
    now = watchdog._now()
    monkeypatch.setattr(watchdog, "_now", lambda: now + SESSION_SECONDS + 0.1)
    with pytest.raises(Ended) as ended:
        watching.check_awake()
    assert ended.value.reason is Ending.FROZEN


class Wall:
    """A clock that moves on when somebody sleeps; after so many seconds it stops the watching with StopIteration."""

    def __init__(self, until: float) -> None:
        self.seconds, self._until = 0.0, until

    def sleep(self, seconds: float) -> None:
        """Let time go by."""
        self.seconds += seconds
        if self.seconds > self._until:
            raise StopIteration

    def now(self) -> float:
        """Return the time."""
        return self.seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """A clock of the test's own, that runs for five minutes."""
    clock = Wall(until=300)
    monkeypatch.setattr(watchdog.time, "sleep", clock.sleep)
    monkeypatch.setattr(watchdog.time, "monotonic", clock.now)
    monkeypatch.setattr(watchdog, "_now", clock.now)
    monkeypatch.setattr(watchdog.faulthandler, "dump_traceback", lambda _: None)
    return clock


def test_a_stuck_process_ends(wall: Wall) -> None:
    """Where the event loop says nothing any more, the process ends after two minutes."""
    watching = Watchdog(SESSION_SECONDS)
    watching.note("here", is_waiting=True)
    with pytest.raises(Ended) as ended:
        watching._watch()
    assert ended.value.reason is Ending.STUCK
    assert wall.seconds == pytest.approx(watchdog.STUCK_SECONDS, abs=1)


@pytest.mark.parametrize(
    ("is_waiting", "moves", "ends"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_only_work_that_waits_without_progress_is_stuck(
    wall: Wall, monkeypatch: pytest.MonkeyPatch, *, is_waiting: bool, moves: bool, ends: bool
) -> None:
    """Notes come every second: without progress the process ends if work waits, and only then."""
    watching = Watchdog(SESSION_SECONDS)
    sleep = watchdog.time.sleep

    def sleep_and_note(seconds: float) -> None:
        sleep(seconds)
        watching.note(wall.seconds if moves else "here", is_waiting=is_waiting)

    monkeypatch.setattr(watchdog.time, "sleep", sleep_and_note)
    with pytest.raises(Ended if ends else StopIteration):
        watching._watch()
