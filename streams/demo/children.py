"""Child processes that are started anew when they end by themselves, and that never outlive who started them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from streams.kafka.embedded import die_with_parent

STOP_SECONDS = 15.0
ENDS_ALLOWED = 2
ENDS_WITHIN_SECONDS = 60.0
"""A child that ends more often than this within that time will not recover by being started anew."""
RESTART_SECONDS = 0.5
LAST_LINES = 8

T = TypeVar("T")


class Program(NamedTuple):
    """What a child runs: the command line, its environment, and the folder it runs in (None: ours)."""

    arguments: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path | None = None


class ChildFailed(Exception):
    """A child keeps ending by itself; the message has its last log lines."""


class Children:
    """Processes, by name, each with a log file; leave the `async with` to end them."""

    def __init__(self, log_folder: Path, say: Callable[[str], None]) -> None:
        """Take where log files go, and what tells people that a child was started anew."""
        self.log_folder, self._say = log_folder, say
        self.processes: dict[str, Process] = {}
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._failed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def start(self, name: str, command: str, environment: Mapping[str, str], *, again: bool = True) -> None:
        """Start `streams COMMAND`; without `again` it is a failure if it ends by itself, else it is started anew."""
        await self.start_program(name, Program((sys.executable, "-m", "streams", command), environment), again=again)

    async def start_program(self, name: str, program: Program, *, again: bool = True) -> None:
        """Start any program, as `start` does."""
        self.log_folder.mkdir(parents=True, exist_ok=True)
        self.log_file(name).write_bytes(b"")
        await self._spawn(name, program)
        self._watching[name] = asyncio.create_task(self._watch(name, program, again=again))

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` returns; if a child fails meanwhile, give the work up and raise ChildFailed."""
        working: asyncio.Future[Any] = asyncio.create_task(work)
        try:
            await asyncio.wait({working, self._failed}, return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                self._failed.result()
            result: T = await working
            return result
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await working

    def log_file(self, name: str) -> Path:
        """Return where a child's output goes."""
        return self.log_folder / f"{name}.log"

    async def stop(self, *names: str) -> None:
        """End children side by side, and by force if they take too long."""
        for name in names:
            self._watching.pop(name).cancel()
        await asyncio.gather(*(_end(self.processes.pop(name)) for name in names))

    async def __aenter__(self) -> Children:
        return self

    async def __aexit__(self, *error: object) -> None:
        # The first goes last: the others have something to tell it before they leave.
        names = list(self._watching)
        await self.stop(*names[1:])
        await self.stop(*names[:1])

    async def _spawn(self, name: str, program: Program) -> None:
        with self.log_file(name).open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *program.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.folder,
                env=dict(program.environment),
                # Ctrl-C is for us alone: we end the children in their order.
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _watch(self, name: str, program: Program, *, again: bool) -> None:
        ends: list[float] = []
        while True:
            code = await self.processes[name].wait()
            ends = [*(end for end in ends if time.monotonic() - end < ENDS_WITHIN_SECONDS), time.monotonic()]
            if not again or len(ends) > ENDS_ALLOWED:
                failure = f"{name} ended by itself ({_in_words(code)}); the end of its log:\n{self._last_lines(name)}"
                self._failed.set_exception(ChildFailed(failure))
                return
            self._say(f"{name} ended by itself ({_in_words(code)}); it is started anew. Its log: {self.log_file(name)}")
            await asyncio.sleep(RESTART_SECONDS)
            await self._spawn(name, program)

    def _last_lines(self, name: str) -> str:
        lines = self.log_file(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES:])


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _in_words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
