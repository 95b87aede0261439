"""The pager as a process: alerts in over HTTP, messages out through apprise, acknowledgements by link and command."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from aiohttp import web

from streams.alerting.pager.acknowledge import LINK_LIFE, Signer
from streams.alerting.pager.desk import wall_clock
from streams.alerting.pager.pages import Notice, Page, Subject
from streams.alerting.pager.store import open_store
from streams.core.months import Calendar
from streams.credentials import Secret
from streams.kafka.embedded import EmbeddedBroker
from streams.settings import Address
from tests.alerting.pager.kit import ROSTER, SECRET, alert, definitions_folder, message, outage, target
from tests.alerting.pager.process import HurriedPager, Pager, installation_on, paging
from tests.conftest import Broker
from tests.kafka.apache import free_ports


async def streams(pager: Pager, *command: str, **variables: str) -> tuple[int, str]:
    """Run a command beside the pager; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", *command),
        env=pager.installation.environment() | pager.variables | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_a_page_from_alert_to_acknowledgement_to_end(
    embedded_broker: Broker, prefix: str, tmp_path: Path
) -> None:
    """One message to who is on duty; its link shows a button, which takes the page; the end is told, all is logged."""
    async with paging(embedded_broker, prefix, tmp_path) as (pager, there):
        await pager.tell(outage())
        [(channel, text)] = await there.got(1)
        assert "MassOutage major" in text
        link = there.link()
        # A mail scanner opens every link it sees: that takes nothing.
        for _ in range(2):
            status, shown = await pager.open(link)
            assert (status, "<button" in shown) == (200, True)
        status, shown = await pager.open(link, takes=True)
        assert (status, "<button" in shown) == (200, False)
        assert "已由" in shown or "Taken by" in shown
        await pager.tell(outage(**{"class": "critical"}))
        await there.got(2)
        await pager.tell(outage(status="resolved"))
        texts = [text for _, text in await there.got(3)]
        assert any(word in texts[1] for word in ("更新", "update"))
        assert any(word in texts[2] for word in ("恢复", "over"))
        assert {where for where, _ in there.received} == {channel}
        assert set(there.ids().values()) == {1}
        code, listed = await streams(pager, "pager", "list", "--month", _month(), "--json")
        assert code == 0
        [logged] = json.loads(listed)
        assert logged["seconds_to_acknowledge"] >= 0
        assert [notice["kind"] for notice in logged["notices"]] == ["page", "update", "resolve"]
        assert (await streams(pager, "pager", "list"))[1].strip() == "Pages: 0"


def _month() -> str:
    return Calendar("Asia/Shanghai").month_of(wall_clock())


async def test_forged_links_and_commands_are_refused(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """They take nothing, and do not tell whether there is such a page."""
    async with paging(embedded_broker, prefix, tmp_path) as (pager, there):
        await pager.tell(outage())
        await there.got(1)
        link = there.link()
        forged = link[:-1] + ("0" if link[-1] != "0" else "1")
        for path in (forged, "/p/zzzzzzz1" + link[-10:], "/p/x", link + "0"):
            for takes in (False, True):
                status, text = await pager.open(path, takes=takes)
                assert status == 403
                assert "MassOutage" not in text
        page = (await pager.pages())[0]
        code, said = await streams(pager, "pager", "ack", page.id, STREAMS_PAGER_SECRET="not the pager's secret")
        assert code == 2
        assert "STREAMS_PAGER_SECRET" in said
        assert [page.state for page in await pager.pages()] == ["open"]


async def test_an_expired_link_is_refused(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """It shows nothing and takes nothing, while the page it was for is still open."""
    made_at = wall_clock() - LINK_LIFE
    notice = Notice(
        id="k3f9a2b-1", kind="page", person="li", channel="LI", made_at=made_at, due_at=0, state="delivered"
    )
    subject = Subject(name="MassOutage", severity="critical")
    page = Page(id="k3f9a2b", group="g", state="open", subject=subject, opened_at=made_at, notices=(notice,))
    async with open_store(embedded_broker.connection, prefix, 3) as store:
        await store.write([page])
    link = f"/p/{Signer(Secret(SECRET)).token(page, notice)}"
    async with paging(embedded_broker, prefix, tmp_path) as (pager, _):
        async with asyncio.timeout(20):
            while await pager.get("/health") is None:  # noqa: ASYNC110 (another process starts)
                await asyncio.sleep(0.05)
        for takes in (False, True):
            status, text = await pager.open(link, takes=takes)
            assert status == 410
            assert "MassOutage" not in text
        assert [kept.state for kept in await pager.pages()] == ["open"]


async def test_acknowledging_by_command(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """By the id of the page or of any of its messages; an unknown one is told so."""
    async with paging(embedded_broker, prefix, tmp_path) as (pager, there):
        await pager.tell(outage())
        await there.got(1)
        [identity] = there.ids()
        code, said = await streams(pager, "pager", "ack", identity, "--as", "li")
        assert (code, said.strip()) == (0, f"{identity[:7]}: acknowledged, li")
        assert (await pager.pages())[0].taken_by() == "li"
        code, said = await streams(pager, "pager", "ack", "zzzzzzz")
        assert code == 2
        assert "there is no page zzzzzzz" in said
        assert 'streams_pager_messages_total{outcome="delivered"} 1.0' in (await pager.get("/metrics") or "")


async def test_what_is_not_alertmanagers_is_refused(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """And what nobody is to be paged for is taken and forgotten."""
    async with paging(embedded_broker, prefix, tmp_path) as (pager, there):
        await pager.tell(message(alert("Note", severity="info")))
        assert await pager.tell_once({"version": "3"}) == 400
        assert await pager.pages() == []
        assert there.received == []


async def test_counts_come_from_serve_as_a_message_is_written(
    embedded_broker: Broker, prefix: str, tmp_path: Path
) -> None:
    """Users, expected end, owner and symptoms of the outage that the alert names."""
    app = web.Application()

    async def answer(request: web.Request) -> web.Response:
        figures = {"place": "663", "users": 613, "users_out": 600, "reports": 14, "owner": "传输班"}
        more = {"expected_at": "2026-11-23T06:00:00Z", "symptoms": [{"value": "断线", "count": 9, "ratio": "0.9"}]}
        return web.json_response({"outage": figures | more} if request.match_info["id"] == "QZ-1" else {})

    app.router.add_get("/api/outages/{id}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    [port] = free_ports(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    one_on_duty = ROSTER.replace("people: [chen, li]", "people: [chen]")
    serve = Address("127.0.0.1", port)
    try:
        async with paging(embedded_broker, prefix, tmp_path, one_on_duty, serve) as (pager, there):
            await pager.tell(outage())
            [(_, text)] = await there.got(1)
            for fact in ("影响用户：600", "申告：14 件", "主要现象：断线", "负责：传输班", "14:00"):
                assert fact in text
            assert text.count("/api/outages/QZ-1") == 1
    finally:
        await runner.cleanup()


async def test_when_kafka_is_away_somebody_is_told(prefix: str, tmp_path: Path) -> None:
    """No page can be kept then: whoever answers for the pipeline hears of it, and the pager ends with a reason."""
    with EmbeddedBroker(f"127.0.0.1:{free_ports(1)[0]}") as broker:
        await broker.wait_until_ready()
        installation = installation_on(Broker("embedded", broker.connection), prefix, tmp_path)
        async with target(free_ports(1)[0]) as there:
            pager = HurriedPager(installation, there, ROSTER)
            try:
                await pager._spawn()
                await pager.tell(outage())
                await there.got(1)
                broker.stop()
                assert await pager.tell_once(outage("QZ-2")) != 200
                await there.got(2, seconds=40)
                assert any(word in there.received[-1][1] for word in ("寻呼中断", "No pages"))
                assert pager._process is not None
                async with asyncio.timeout(20):
                    assert await pager._process.wait() == 2
            finally:
                await pager.end_at_once()


async def test_a_pager_without_a_secret_does_not_start(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """Nor with a roster that cannot be used: one line says what to do."""
    async with target(free_ports(1)[0]) as there:
        installation = installation_on(embedded_broker, prefix, tmp_path)
        pager = Pager(installation, there, ROSTER.replace("[chen, li]", "[chen, bob]"))
        code, said = await streams(pager, "pager", STREAMS_PAGER_SECRET="")
        assert (code, said.count("\n")) == (2, 1)
        code, said = await streams(pager, "pager")
        assert code == 2
        assert "roster.yaml, line 12: duties[0].rotations[0].people[1]: there is no person 'bob'" in said
        code, said = await streams(pager, "check", "--json")
        assert code == 1
        assert "line 12" in said
        away = "away: [{from: 2026-01-01, until: 2099-01-01}]"
        definitions_folder(tmp_path, ROSTER.replace("channels: [WANG]", f"channels: [WANG], {away}"))
        code, said = await streams(pager, "check", "--json")
        assert code == 1
        assert "line 13: nobody is on duty for network of city from " in said
    assert os.environ.get("STREAMS_PAGER_SECRET") is None
