"""The one command that a newcomer runs, as they run it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import aiohttp
import pytest

from streams.settings import Settings
from tests.demo.test_children import is_alive

TIMEOUT_SECONDS = 180


@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
async def test_the_demo_shows_july_serves_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """All printed figures are computed, the audit agrees, the addresses answer, and Ctrl-C ends every process."""
    process = await _start(tmp_path)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        output = await _read_until(process, "stays up until Ctrl-C")
        children = _children(process.pid)
        await _expect_answers(output)
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert "✓ Printed report: 0 figures differ" in output
    assert re.search(r"✓ Audit: [\d,]+ records counted anew, 0 differences", output)
    assert "6,236 / 10,316 = 60.45 %" in output
    assert len(children) == 4
    assert not any(map(is_alive, children))
    _expect_files(tmp_path / "reports" / "2009-07")


async def _start(folder: Path) -> Process:
    ours = {variable.name for variable in Settings.table()}
    environment = {name: content for name, content in os.environ.items() if name not in ours}
    # In a folder of its own, as somebody's who installed the package; from there the package has to be found.
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", "demo"), cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT
    )


async def _read_until(process: Process, words: str) -> str:
    assert process.stdout is not None
    output = ""
    while words not in output:
        line = await process.stdout.readline()
        assert line, output
        output += line.decode()
    return output


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _expect_answers(output: str) -> None:
    metrics, month, *workers = re.findall(r"http://\S+", output)
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with session.get(metrics) as response:
            assert "streams_indicator_numerator{" in await response.text()
        async with session.get(month) as response:
            assert (await response.json())["period"] == "2009-07"
        for worker in workers:
            async with session.get(worker) as response:
                assert "streams_worker_partitions" in await response.text()
    assert len(workers) == 2


def _expect_files(folder: Path) -> None:
    snapshot = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    assert snapshot["period"] == "2009-07"
    assert snapshot["tables"]["broadband"]["preprocessing"]["reports"] == 10316
    logs = {path.name for path in (folder / "logs").iterdir()}
    assert logs == {"broker.log", "worker-1.log", "worker-2.log", "serve.log"}
