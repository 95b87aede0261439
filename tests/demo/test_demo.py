"""The one command that a newcomer runs, as they run it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from streams.demo.alarms import HOW_TO_GET_ALERTS
from tests.demo.demonstration import STAYS, all_ended, demonstration

TIMEOUT_SECONDS = 180
STARTED = {"broker", "worker-1", "worker-2", "serve"}
ALARMS = {"prometheus", "alertmanager", "pager"}


@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
async def test_the_demo_shows_july_serves_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """All printed figures are computed, the audit agrees, the addresses answer, Prometheus scrapes all that there is,
    and Ctrl-C ends every process."""
    async with asyncio.timeout(TIMEOUT_SECONDS), demonstration(tmp_path, has_servers=True) as demo:
        output = await demo.prints(STAYS)
        children = demo.children()
        await _expect_answers(output)
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ends() == 0
    assert "✓ Printed report: 0 figures differ" in output
    assert re.search(r"✓ Audit: [\d,]+ records counted anew, 0 differences", output)
    assert "6,236 / 10,316 = 60.45 %" in output
    assert HOW_TO_GET_ALERTS not in output
    assert len(children) == len(STARTED | ALARMS)
    await all_ended(children, seconds=0.1)
    _expect_files(tmp_path / "reports" / "2009-07", STARTED | ALARMS)


async def test_without_prometheus_the_demo_says_how_to_get_it_and_goes_on(tmp_path: Path) -> None:
    """One sentence, and then it starts what it has; Ctrl-C in the middle ends every process."""
    async with asyncio.timeout(TIMEOUT_SECONDS), demonstration(tmp_path, has_servers=False) as demo:
        output = await demo.prints(HOW_TO_GET_ALERTS)
        logs = tmp_path / "reports" / "2009-07" / "logs"
        while not (logs / "serve.log").exists():  # noqa: ASYNC110 (it tells us no other way)
            await asyncio.sleep(0.05)
        children = demo.children()
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ends() == 130
    assert output.count("\n") == 1
    assert "apt-get install" in output
    assert len(children) == len(STARTED)
    await all_ended(children, seconds=0.1)
    assert {path.stem for path in logs.iterdir()} == STARTED


async def test_without_prometheus_there_is_no_storm(tmp_path: Path) -> None:
    """Nothing is started where nobody could be paged."""
    async with asyncio.timeout(TIMEOUT_SECONDS), demonstration(tmp_path, "--storm", has_servers=False) as demo:
        assert await demo.ends() == 2
    assert demo.output == f"Error: {HOW_TO_GET_ALERTS}\n"
    assert not (tmp_path / "reports").exists()


async def _expect_answers(output: str) -> None:
    addresses = dict(re.findall(r"^(\w+) +(http://.+)$", output, re.MULTILINE))
    workers = addresses["Workers"].split()
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def answer(url: str) -> str:
            async with session.get(url) as response:
                return await response.text()

        assert "streams_indicator_numerator{" in await answer(addresses["Metrics"])
        assert json.loads(await answer(addresses["Month"]))["period"] == "2009-07"
        for worker in workers:
            assert "streams_worker_partitions" in await answer(worker)
        assert "Alertmanager" in await answer(addresses["Routing"])
        query = addresses["Alerts"].replace("/alerts", "/api/v1/query?query=up==1")
        async with asyncio.timeout(30):
            while len(json.loads(await answer(query))["data"]["result"]) < len(workers) + 2:  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.2)
    assert len(workers) == 2


def _expect_files(folder: Path, processes: set[str]) -> None:
    snapshot = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    assert snapshot["period"] == "2009-07"
    assert snapshot["tables"]["broadband"]["preprocessing"]["reports"] == 10316
    assert {path.stem for path in (folder / "logs").iterdir()} == processes
