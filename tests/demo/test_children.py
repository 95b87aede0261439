"""Child processes: started anew, given up, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from streams.demo import children as module
from streams.demo.children import ChildFailed, Children
from tests.kafka.apache import free_ports

PARENT = """
import asyncio, os, sys
from pathlib import Path
from streams.demo.children import Children

async def main():
    async with Children(Path(sys.argv[1]), print) as children:
        await children.start("broker", "broker", dict(os.environ))
        while b"Embedded broker on" not in children.log_file("broker").read_bytes():
            await asyncio.sleep(0.05)
        print(children.processes["broker"].pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What people are told; restarts do not wait here."""
    monkeypatch.setattr(module, "RESTART_SECONDS", 0.0)
    return []


def environment() -> dict[str, str]:
    """The variables of a child that can start anywhere."""
    return {**os.environ, "STREAMS_BROKER": f"127.0.0.1:{free_ports(1)[0]}"}


async def wait_for(children: Children, words: bytes, times: int = 1) -> None:
    """Return once the broker's log has the words so often."""
    async with asyncio.timeout(20):
        while children.log_file("broker").read_bytes().count(words) < times:  # noqa: ASYNC110 (it tells us no other way)
            await asyncio.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_child_that_is_killed_is_started_anew(tmp_path: Path, said: list[str]) -> None:
    """Somebody is told, the log goes on in the same file, and the work beside it goes on."""
    async with Children(tmp_path, said.append) as children:
        await children.start("broker", "broker", environment())
        await wait_for(children, b"Embedded broker on")
        first = children.processes["broker"].pid
        os.kill(first, signal.SIGKILL)
        await children.guard(wait_for(children, b"Embedded broker on", times=2))
        second = children.processes["broker"].pid
    assert second != first
    assert not is_alive(second)
    assert said == [f"broker ended by itself (signal 9); it is started anew. Its log: {tmp_path / 'broker.log'}"]


async def test_a_child_that_keeps_ending_ends_the_work(tmp_path: Path, said: list[str]) -> None:
    """After the third time in a minute the work is given up, with the last lines of the child's log."""
    async with Children(tmp_path, said.append) as children:
        await children.start("broker", "broker", {**os.environ, "STREAMS_BROKER": "192.0.2.1:9092"})
        with pytest.raises(ChildFailed, match=r"(?s)exit code 2.*stays on this machine"):
            await children.guard(asyncio.sleep(60))
    assert len(said) == 2


async def test_a_child_that_must_not_end_ends_the_work_at_once(tmp_path: Path, said: list[str]) -> None:
    """Where starting anew is no use, the first end is a failure."""
    async with Children(tmp_path, said.append) as children:
        await children.start("broker", "broker", {**os.environ, "STREAMS_BROKER": "nowhere"}, again=False)
        with pytest.raises(ChildFailed, match="STREAMS_BROKER is 'nowhere'"):
            await children.guard(asyncio.sleep(60))
    assert said == []


async def test_guarded_work_is_answered_with_its_own_result_and_error(tmp_path: Path, said: list[str]) -> None:
    """Without failing children, what the work returns or raises comes out."""

    async def divided(number: int) -> float:
        return 1 / number

    async with Children(tmp_path, said.append) as children:
        assert await children.guard(divided(2)) == 0.5
        with pytest.raises(ZeroDivisionError):
            await children.guard(divided(0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
async def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    """A demo that is killed without mercy leaves no process behind."""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path)), stdout=asyncio.subprocess.PIPE, env=environment()
    )
    assert parent.stdout is not None
    async with asyncio.timeout(30):
        child = int(await parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        await parent.wait()
        while is_alive(child):  # noqa: ASYNC110 (it is no child of ours)
            await asyncio.sleep(0.05)
