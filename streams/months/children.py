"""Runs what would hold up the server's event loop in processes of their own, which end with the server."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from streams.kafka.embedded import die_with_parent
from streams.serve.answers import Refusal

NICENESS = 10
"""Metrics are scraped, and the board is shown, before a report is written."""
CONFLICT, UNAVAILABLE = 409, 503
MOST_WAITING = 8
CLICK_ERROR = "Error: "
SHOWN_CHARACTERS = 2_000

log = structlog.get_logger("streams.months")


class Children:
    """The processes that run now."""

    def __init__(self) -> None:
        """Begin without any."""
        self._running: set[Process] = set()
        self._has_ended = False

    async def run(
        self,
        module: Sequence[str],
        *,
        seconds: float,
        request: bytes = b"",
        on_line: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        """Run `python -m MODULE ARGUMENTS…` with our environment to its end.

        `request` is its standard input; `on_line` is called with each line of its output. Raises Refusal with what it
        says is wrong, or where it takes longer than `seconds`.
        """
        if self._has_ended:
            raise Refusal(UNAVAILABLE, "the server is ending: ask again soon")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *module), stdin=PIPE, stdout=PIPE, stderr=PIPE, preexec_fn=_in_the_background
        )
        self._running.add(process)
        try:
            async with asyncio.timeout(seconds):
                errors = await _listen(process, request, on_line)
        except TimeoutError:
            raise Refusal(UNAVAILABLE, f"it was given up after {seconds:.0f} s: try again") from None
        finally:
            self._running.discard(process)
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise _refusal(process.returncode, errors.decode(errors="replace"))

    def end(self) -> None:
        """End all of them, and begin no more; who waits for one is refused."""
        self._has_ended = True
        for process in self._running:
            process.kill()


class Lane:
    """Lets one at a time have heavy work done, and refuses who would wait behind too many."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for the length of the block. Raises Refusal."""
        if self._waiting >= MOST_WAITING:
            raise Refusal(UNAVAILABLE, f"{self._waiting} others are waiting for reports: try again soon")
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1


async def _listen(process: Process, request: bytes, on_line: Callable[[bytes], None]) -> bytes:
    """Return what the process wrote to standard error, once it has ended."""
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None  # noqa: S101, PT018
    process.stdin.write(request)
    process.stdin.close()
    errors = asyncio.ensure_future(process.stderr.read())
    async for line in process.stdout:
        on_line(line)
    await process.wait()
    return await errors


def _in_the_background() -> None:
    die_with_parent()
    os.nice(NICENESS)


def _refusal(code: int | None, errors: str) -> Refusal:
    """Return what a process says is wrong; what it says beside a mendable error is for the log alone."""
    _, found, reason = errors.rpartition(CLICK_ERROR)
    if found:
        return Refusal(CONFLICT, reason.strip())
    log.error("a process of the months ended unexpectedly", code=code, said=errors[-SHOWN_CHARACTERS:])
    return Refusal(UNAVAILABLE, f"it ended unexpectedly (exit code {code}): the log of serve has more")
