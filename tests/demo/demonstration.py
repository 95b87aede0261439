"""A `streams demo` as somebody runs it who installed the package, with Prometheus and Alertmanager or without."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from streams.settings import Settings
from tests.demo.test_children import is_alive
from tests.tools.debian import tool

CHECKOUT = Path(__file__).parents[2]
STAYS = "stays up until Ctrl-C"

_ALERTMANAGER = f"""#!{sys.executable}
import os, sys
from pathlib import Path
from tests.tools.debian import link_shared, tool

link_shared(Path.cwd())
program = tool("prometheus-alertmanager")
os.execv(program, [program, *sys.argv[1:]])
"""
"""One that was fetched wants its templates linked; one that is installed finds them by itself."""


class Demonstration:
    """A running demo: what it has printed so far, and the processes that it started."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.output = ""

    async def prints(self, words: str) -> str:
        """Wait until it has printed the words, and return all that it has printed."""
        while words not in self.output:
            assert self.process.stdout is not None
            line = await self.process.stdout.readline()
            assert line, self.output
            self.output += line.decode()
        return self.output

    async def ends(self) -> int:
        """Wait until it has ended; return its exit code."""
        assert self.process.stdout is not None
        self.output += (await self.process.stdout.read()).decode()
        return await self.process.wait()

    def children(self) -> list[int]:
        """Return the processes that it started."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@asynccontextmanager
async def demonstration(folder: Path, *options: str, has_servers: bool) -> AsyncIterator[Demonstration]:
    """Run `streams demo` in a folder; at the end of the block none of its processes may be left."""
    ours = {variable.name for variable in Settings.table()}
    environment = {name: content for name, content in os.environ.items() if name not in ours}
    # From a folder of its own, as somebody's who installed the package; from there the package has to be found.
    environment |= {"PYTHONPATH": str(CHECKOUT), "PATH": str(_programs(folder, has_servers=has_servers))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", "demo", *options), cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT
    )
    try:
        yield Demonstration(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def all_ended(pids: list[int], seconds: float = 20) -> None:
    """Wait until none of these processes is alive."""
    async with asyncio.timeout(seconds):
        while any(map(is_alive, pids)):  # noqa: ASYNC110 (they are no children of ours)
            await asyncio.sleep(0.05)


def _programs(folder: Path, *, has_servers: bool) -> Path:
    """Return a folder that is all of PATH: Prometheus and Alertmanager are in it, or nothing is."""
    made = folder / "programs"
    made.mkdir()
    if has_servers:
        (made / "prometheus").symlink_to(tool("prometheus"))
        alertmanager = made / "prometheus-alertmanager"
        alertmanager.write_text(_ALERTMANAGER, encoding="utf-8")
        alertmanager.chmod(0o755)
    return made
