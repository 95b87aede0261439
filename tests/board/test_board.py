"""The board in a real browser, beside Apache Kafka, a worker and serve: it lives, tells, and asks nobody else."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, async_playwright, expect

from streams.core.months import SECOND
from streams.kafka.topics import FAULTS
from streams.samples.lines import Line
from tests.chaos.cluster import Installation, Serve, Worker, running
from tests.chaos.feed import Feed
from tests.conftest import Broker
from tests.tools.debian import environment, tool

START_MILLISECONDS = 30_000
LIVE_SECONDS = 3.0
WIDE, NARROW = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
CUT = """() => [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => one.dataset.key)"""
"""Which tables are wider than the room they have."""


def ticket(number: int, at: datetime) -> Line:
    """Return an open fault ticket, opened at the instant."""
    value = {
        "id": f"T{number}", "revision": 1, "subscriber": f"66300{number:02}", "branch": "现业", "service": "broadband",
        "opened_at": at.isoformat(), "updated_at": at.isoformat(), "due_at": (at + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    return Line(FAULTS, value["subscriber"].encode(), json.dumps(value).encode(), int(at.timestamp()) * SECOND)


async def send(installation: Installation, *lines: Line) -> None:
    """Send messages, and return once the broker has them."""
    async with Feed(installation, lines, tick_every=None) as feed:
        await feed.finish()


@asynccontextmanager
async def opened(serve: Serve) -> AsyncIterator[tuple[Page, list[str], set[str]]]:
    """Open the board in Chromium; give the page, what its console complains of, and the hosts that it asked."""
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=tool("chromium"), env=dict(environment("chromium")), args=arguments
        )
        page = await browser.new_page(viewport=WIDE, locale="zh-CN")
        complaints: list[str] = []
        hosts: set[str] = set()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        await page.goto(f"http://127.0.0.1:{serve.port}/")
        yield page, complaints, hosts
        await browser.close()


async def test_the_board_lives(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """A ticket is on the page within three seconds; language, drill-down, reconnection work; nobody else is asked."""
    installation = Installation(
        connection=apache_kafka.connection, prefix=prefix, folder=tmp_path, partitions=2, clock="wall"
    )
    serve, now = Serve(installation), datetime.now(UTC)
    async with running(Worker(installation, "worker"), serve):
        await send(installation, ticket(1, now))
        await wait_until_ready(serve)
        async with opened(serve) as (page, complaints, hosts):
            open_tickets = page.locator("#summary").get_by_role("button", name="在途故障单")
            await expect(open_tickets).to_have_text("1", timeout=START_MILLISECONDS)
            sent = time.monotonic()
            await send(installation, ticket(2, datetime.now(UTC)))
            await expect(open_tickets).to_have_text("2", timeout=START_MILLISECONDS)
            assert time.monotonic() - sent <= LIVE_SECONDS
            await drill_down(page)
            await switch_language(page)
            await page.set_viewport_size(NARROW)
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
            assert complaints == []
            serve.kill()
            connection = page.locator("#connection")
            await expect(connection).to_contain_text("reconnecting", timeout=START_MILLISECONDS)
            await expect(connection).to_have_text("Live", timeout=START_MILLISECONDS)
            assert hosts == {"127.0.0.1"}


async def drill_down(page: Page) -> None:
    """Open the tickets behind a figure with the keyboard, find both with masked numbers, and close them again."""
    await page.locator("#summary").get_by_role("button", name="在途故障单").press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("tbody tr")).to_have_count(2, timeout=START_MILLISECONDS)
    await expect(dialog).to_contain_text("663****")
    await expect(dialog).not_to_contain_text("6630001")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def switch_language(page: Page) -> None:
    """Go over to English: the page's texts and the data's names follow."""
    await expect(page.locator("#indicators")).to_contain_text("重复申告率")
    await page.locator("#language").click()
    await expect(page.locator("h1")).to_have_text("Service quality, live")
    await expect(page.locator("#indicators")).to_contain_text("Repeat-report rate")
    await expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    assert await page.evaluate(CUT) == []


async def wait_until_ready(serve: Serve) -> None:
    """Wait until serve shows figures."""
    async with asyncio.timeout(START_MILLISECONDS / 1000):
        while True:
            if '"ready":true' in (await serve.get("/ready") or ""):
                return
            await asyncio.sleep(0.1)
