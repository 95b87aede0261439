"""The writers' page in a real browser: from a month that is due to a restatement, without a terminal."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from playwright.async_api import Page, async_playwright, expect

from tests.conftest import Broker
from tests.core.installation import at, ticket
from tests.kafka.apache import free_ports
from tests.months.kit import WRITER, Months
from tests.serve.test_server import get, serving
from tests.tools.debian import environment, tool

WAIT = 30_000
WIDE, NARROW = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
SHOTS = os.environ.get("MONTHS_SHOTS")


@asynccontextmanager
async def opened(port: int) -> AsyncIterator[tuple[Page, list[str], set[str]]]:
    """Open the page in Chromium; give it, what its console complains of, and the hosts that it asked."""
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=tool("chromium"), env=dict(environment("chromium")), args=arguments
        )
        page = await browser.new_page(viewport=WIDE, locale="zh-CN")
        page.set_default_timeout(WAIT)
        # Reports are made by processes of their own: on a busy machine that takes longer than the library would wait.
        expect.set_options(timeout=WAIT)
        complaints: list[str] = []
        hosts: set[str] = set()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        await page.goto(f"http://127.0.0.1:{port}/months#2009-07")
        yield page, complaints, hosts
        await browser.close()


async def until_ready(port: int) -> None:
    """Wait until serve shows figures."""
    async with asyncio.timeout(WAIT / 1000):
        while True:
            if (await get(f"http://127.0.0.1:{port}/ready"))[0] == 200:
                return
            await asyncio.sleep(0.1)


def kept(file: Path) -> Any:
    """Return the texts in a file."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def test_a_month_from_due_to_restated(embedded_broker: Broker, tmp_path: Path) -> None:
    """Token, freeze, texts, deck, a late ticket, what moved, restatement; at 390 nothing is beside the screen."""
    months = await asyncio.to_thread(Months, embedded_broker, f"w{uuid.uuid4().hex[:8]}-", tmp_path)
    [port] = free_ports(1)
    async with serving(embedded_broker, months.growing.prefix, port, months.environment):
        await until_ready(port)
        async with opened(port) as (page, complaints, hosts):
            await expect(page.locator("#list")).to_contain_text("应封账")
            await give_token(page)
            await freeze(page)
            await write_texts(page, months.texts / "2009-07.yaml")
            await download_deck(page)
            await months.count(ticket("LATE", "6000001", at("2009-07-14 10:00")))
            await see_what_moved(page)
            await restate(page)
            await shot(page, "wide-zh")
            await page.locator("#language").click()
            await expect(page.locator("h1")).to_have_text("Monthly reports")
            await expect(page.locator("html")).to_have_attribute("lang", "en-GB")
            await page.locator("#theme").click()
            await page.locator("#theme").click()
            await shot(page, "wide-en-dark")
            await page.set_viewport_size(NARROW)
            await shot(page, "narrow-en-dark")
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
            await page.locator("#theme").click()
            await page.locator("#language").click()
            await shot(page, "narrow-zh")
            assert complaints == []
            assert hosts == {"127.0.0.1"}


async def give_token(page: Page) -> None:
    """One form for the token is enough for freezing and texts."""
    form = page.locator("#state form")
    await form.get_by_label("访问令牌").fill(WRITER)
    await form.get_by_role("button", name="使用").press("Enter")
    await expect(page.locator("#texts-form")).to_be_visible()


async def freeze(page: Page) -> None:
    """The month is frozen, its digest is shown, and its edition can be had as a file."""
    await page.locator("#freezing").get_by_role("button", name="封账").click()
    await expect(page.locator("#state")).to_contain_text("2009-07 已封账（版本 1）")
    await expect(page.locator("#list")).to_contain_text("已封账")
    await expect(page.locator("#sha256")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    await expect(page.frame_locator("#paper").locator("h1")).to_contain_text("2009")


async def write_texts(page: Page, file: Path) -> None:
    """What is filled in stands in the file and in the preview."""
    await page.locator("#text-highlights").fill("零越级投诉\n全部按时恢复")
    defects = page.locator("#text-defects")
    await defects.get_by_role("button", name="添加").click()
    await defects.get_by_label("内容").fill("详单无法打印")
    await defects.get_by_label("状态").select_option("solved")
    await page.get_by_role("button", name="保存文字").click()
    await expect(page.locator("#texts")).to_contain_text("已保存")
    assert kept(file) == {
        "highlights": ["零越级投诉", "全部按时恢复"],
        "defects": [{"text": "详单无法打印", "state": "solved"}],
    }
    await expect(page.frame_locator("#paper").locator("main")).to_contain_text("零越级投诉")


async def download_deck(page: Page) -> None:
    """The deck comes under its name, and is one."""
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="PPTX").click()
    deck = await coming.value
    assert deck.suggested_filename == "report-2009-07-1-zh.pptx"
    assert (await deck.path()).read_bytes()[:2] == b"PK"


async def see_what_moved(page: Page) -> None:
    """A late ticket moves figures of the frozen month: named, from what to what."""
    moved = page.locator("#moved")

    async def compare() -> None:
        await moved.get_by_role("button", name="与现在的数字比较").click()
        await expect(moved.get_by_role("status")).to_contain_text("自版本 1 以来")

    async with asyncio.timeout(WAIT / 1000):
        await compare()
        while await moved.locator("tbody tr").count() == 0:
            await compare()
    await expect(moved.get_by_role("row", name="故障申告")).not_to_have_count(0)


async def restate(page: Page) -> None:
    """With its reason the month is restated, and the restatement names the ticket; what is being written stays."""
    await page.locator("#text-highlights").press_sequentially("！")
    await page.get_by_label("重述原因").fill("迟到工单")
    await page.locator("#freezing").get_by_role("button", name="重述").click()
    await expect(page.locator("#state")).to_contain_text("2009-07 已重述（版本 2）")
    await expect(page.locator("#text-highlights")).to_have_value(re.compile("！"))
    await page.get_by_role("button", name="版本 2 的重述").click()
    await expect(page.locator("#moved")).to_contain_text("faults/LATE")
    await expect(page.locator("#moved")).to_contain_text("原因: 迟到工单")
