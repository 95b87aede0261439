"""The storm as somebody watches it: what is shown, and what the pager itself says of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.demo.demonstration import CHECKOUT, STAYS, all_ended, demonstration

TIMEOUT_SECONDS = 180
HEAD = re.compile(r"│ 【(\w+)】(.*?) *│")
FIRST_PAGE = re.compile(r"疑似群障：现业 (\S+, )*663[,，]")
MESSAGE_ID = re.compile(r"│ 编号：(\S+) *│")


@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
async def test_the_storm_is_one_page_with_an_update_and_a_resolve(tmp_path: Path) -> None:
    """What is shown was delivered: one page to the one on duty, with place and link, updated with the users once the
    outage is declared, resolved once it is over, in this order. Killed without mercy, the demo leaves no process."""
    async with asyncio.timeout(TIMEOUT_SECONDS), demonstration(tmp_path, "--storm", has_servers=True) as demo:
        output = await demo.prints(STAYS)
        [page] = await _pages(output)
        children = demo.children()
        demo.process.kill()
        await demo.process.wait()
        await all_ended(children)
    heads = HEAD.findall(output)
    assert [kind for kind, _ in heads if kind != "更新"] == ["严重", "恢复"]
    assert [kind for kind, _ in heads][1:-1] == ["更新"] * (len(heads) - 2)
    # How much of the burst is known when it is told depends on the machine: a second place may stand beside it.
    assert FIRST_PAGE.match(heads[0][1])
    assert heads[-2][1] == heads[-1][1] == "群障（较大）：现业 663，600 户"
    assert re.search(r"确认：http://\S+/p/", output.partition("【更新】")[0])
    assert "影响用户：600" in output
    assert (page["branch"], page["state"], page["severity"]) == ("现业", "resolved", "critical")
    assert {notice["person"] for notice in page["notices"]} <= {"urban-1", "urban-2"}
    delivered = {notice["id"] for notice in page["notices"] if notice["state"] == "delivered"}
    assert set(MESSAGE_ID.findall(output)) <= delivered
    assert "✓ Pages: 1\n" in output
    assert len(children) == 7


async def _pages(output: str) -> list[dict[str, Any]]:
    """Return what the command says that the demo names to look at its pages."""
    variable, command = re.findall(r"^Pages +(\S+) streams (.+)$", output, re.MULTILINE)[0]
    name, _, broker = variable.partition("=")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", *command.split(), "--json"),
        env={**os.environ, name: broker},
        cwd=CHECKOUT,
        stdout=PIPE,
    )
    listed, _ = await process.communicate()
    assert process.returncode == 0
    found: list[dict[str, Any]] = json.loads(listed)
    return found
