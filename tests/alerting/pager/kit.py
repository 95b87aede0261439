"""What tests of the pager share: a roster, Alertmanager's messages, and targets that messages are delivered to."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from streams.alerting.roster import Roster
from streams.alerting.roster_file import read_roster
from streams.settings import Settings

_ID = re.compile(r"(?:编号：|Id: )(\S+)$")

BRANCHES = ("安岳", "简阳", "乐至", "现业")
SECRET = "a secret of the tests' own"

ROSTER = """\
timezone: Asia/Shanghai
fallback: director
people:
  - {id: chen, names: {zh: 陈工, en: Chen}, channels: [CHEN]}
  - {id: li, names: {zh: 李工, en: Li}, language: en, channels: [LI]}
  - {id: wang, names: {zh: 王工, en: Wang}, channels: [WANG], sms: [WANG_SMS]}
  - {id: director, names: {zh: 经理, en: director}, channels: [DIRECTOR]}
duties:
  - id: network
    names: {zh: 网络, en: network}
    rotations:
      - {branches: [现业], starts: 2026-01-05 09:00, hand_over: monday 09:00, people: [chen, li], backup: wang}
      - {branches: [city], starts: 2026-01-05 09:00, hand_over: monday 09:00, people: [wang]}
  - id: service
    names: {zh: 客服, en: service}
    rotations:
      - {branches: [city], starts: 2026-01-05 09:00, hand_over: monday 09:00, people: [wang]}
escalation:
  critical:
    - {notify: on_duty, wait_minutes: 5, repeat: 2}
    - {notify: next, wait_minutes: 5}
    - {notify: backup, wait_minutes: 5}
    - {notify: fallback, wait_minutes: 15}
  warning:
    - {notify: on_duty, wait_minutes: 60}
quiet:
  - {severities: [warning], from: "21:30", until: "07:30", holidays: true}
"""


def roster(text: str = ROSTER) -> Roster:
    """The roster in a text that has no problems."""
    found, _, problems = read_roster(text, BRANCHES)
    assert found is not None
    assert problems == []
    return found


def alert(name: str = "MassOutage", status: str = "firing", **labels: str) -> dict[str, Any]:
    """An alert as Alertmanager sends it."""
    shown = {"alertname": name, "severity": "critical", "duty": "network", "branch": "现业"} | labels
    annotations = {
        "summary": f"{name} {shown.get('class', '')}",
        "summary_en": f"{name} {shown.get('class', '')} in English",
        "description": "说明",
        "runbook_url": "deploy/runbook.md#massoutage",
    }
    return {"status": status, "labels": shown, "annotations": annotations}


def message(*alerts: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    """A message of Alertmanager's webhook about one group."""
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": group or f"{{}}:{{alertname={alerts[0]['labels']['alertname']!r}}}",
        "status": "firing" if firing else "resolved",
        "receiver": "pager",
        "groupLabels": {},
        "alerts": list(alerts),
    }


def outage(identity: str = "QZ-1", status: str = "firing", **labels: str) -> dict[str, Any]:
    """A message about one mass outage."""
    named = {"outage": identity, "place": "663", "class": "major"} | labels
    return message(alert(status=status, **named), group=f"{{}}:{{outage={identity!r}}}")


class Target:
    """Where messages are delivered to, through apprise's json:// scheme; the test says how well it works.

    `received` has the texts by path, `arrived` when each came (seconds since the epoch); `status` is what it answers,
    `delay_seconds` how long that takes.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[tuple[str, str]] = []
        self.arrived: list[float] = []
        self.status, self.delay_seconds = 200, 0.0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_post("/{channel}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        """Refuse connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _take(self, request: web.Request) -> web.Response:
        content = await request.json()
        if self.status == 200:
            self.received.append((request.match_info["channel"], f"{content['title']}\n{content['message']}"))
            self.arrived.append(time.time())
        await asyncio.sleep(self.delay_seconds)
        return web.Response(status=self.status)

    def texts(self, channel: str) -> list[str]:
        """What one channel got."""
        return [text for path, text in self.received if path == channel]

    def ids(self) -> Counter[str]:
        """How often each message came, by the id in its last line; short ones have none."""
        return Counter(found[1] for _, text in self.received if (found := _ID.search(text)))

    async def got(self, count: int, seconds: float = 20) -> list[tuple[str, str]]:
        """Wait for so many messages, and return all."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:  # noqa: ASYNC110 (what is waited for happens in another process)
                await asyncio.sleep(0.02)
        return self.received

    def link(self, place: int = -1) -> str:
        """The path of the link in a message."""
        _, text = self.received[place]
        return "/p/" + text.partition("/p/")[2].split()[0]

    def channels(self, *names: str) -> dict[str, str]:
        """The variables that lead channels here."""
        return {f"STREAMS_CHANNEL_{name}": f"json://127.0.0.1:{self.port}/{name}" for name in names}


def definitions_folder(folder: Path, text: str) -> Path:
    """A folder of definitions with a roster of its own beside the checkout's other files."""
    made = folder / "definitions"
    made.mkdir(exist_ok=True)
    for file in Settings.from_environment({}).definitions_dir.glob("*.yaml"):
        (made / file.name).write_bytes(file.read_bytes())
    (made / "roster.yaml").write_text(text, encoding="utf-8")
    return made


async def post(url: str, content: Any) -> int:
    """Send a message as Alertmanager does, and return the answer's status; 0 if there is none."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.post(url, data=msgspec.json.encode(content)) as response,
        ):
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


async def insist(url: str, content: Any, seconds: float = 40) -> None:
    """Send a message again and again until it is taken, as Alertmanager does."""
    async with asyncio.timeout(seconds):
        while await post(url, content) != 200:  # noqa: ASYNC110 (Alertmanager does not wait for anything else)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def target(port: int) -> AsyncIterator[Target]:
    """A target that listens for the length of a block."""
    made = Target(port)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
