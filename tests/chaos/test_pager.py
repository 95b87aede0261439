"""A pager that is killed, whose targets are down or slow, that another replaces: every page gets out, none twice anew.

On Apache Kafka, whose transactions the promises are about.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.alerting.pager.kit import ROSTER, outage, target
from tests.alerting.pager.process import HurriedPager, Pager, installation_on, paging
from tests.conftest import Broker
from tests.kafka.apache import free_ports

ONE_ON_DUTY = ROSTER.replace("people: [chen, li]", "people: [chen]")
QUICK = ROSTER.replace("wait_minutes: 5}", "wait_minutes: 0.04}").replace("wait_minutes: 5,", "wait_minutes: 0.04,")


async def test_killed_between_receiving_and_delivering(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """What was answered for is delivered by the pager's successor."""
    async with paging(apache_kafka, prefix, tmp_path, ONE_ON_DUTY) as (pager, there):
        await there.stop()
        await pager.tell(outage())
        pager.kill()
        await pager.exited()
        await there.start()
        await there.got(1)
        assert list(there.ids().values()) == [1]


async def test_killed_while_the_target_is_slow(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """The target may get it twice, under one id; once it is acknowledged no later death brings it back."""
    async with paging(apache_kafka, prefix, tmp_path, ONE_ON_DUTY) as (pager, there):
        there.delay_seconds = 2.0
        await pager.tell(outage())
        await there.got(1)
        pager.kill()
        await there.got(2)
        assert len(there.ids()) == 1
        there.delay_seconds = 0.0
        status, _ = await pager.open(there.link(), takes=True)
        assert status == 200
        count = len(there.received)
        for exits in (2, 3):
            pager.kill()
            await pager.exited(exits)
            await pager.tell(outage())
        await asyncio.sleep(1.5)
        assert len(there.received) == count
        assert [page.state for page in await pager.pages()] == ["acknowledged"]


async def test_killed_during_escalation(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """Everybody is told in their turn, whoever dies meanwhile, and nobody twice under another id."""
    async with paging(apache_kafka, prefix, tmp_path, QUICK) as (pager, there):
        await pager.tell(outage())
        for exits in (1, 2, 3):
            await asyncio.sleep(1.7)
            pager.kill()
            await pager.exited(exits)
        async with asyncio.timeout(60):
            while not there.texts("DIRECTOR"):  # noqa: ASYNC110 (another process sends it)
                await asyncio.sleep(0.1)
        order = list(dict.fromkeys(channel for channel, _ in there.received))
        assert order[-1] == "DIRECTOR"
        assert set(order) == {"CHEN", "LI", "WANG", "WANG_SMS", "DIRECTOR"}
        [page] = await pager.pages()
        assert set(there.ids()) == {one.id for one in page.notices if one.channel != "WANG_SMS"}
        assert len(page.notices) == 6


async def test_the_target_is_down_for_a_while(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """It refuses connections, then answers with errors, then works: the page arrives once."""
    async with paging(apache_kafka, prefix, tmp_path, ONE_ON_DUTY) as (pager, there):
        await there.stop()
        await pager.tell(outage())
        await asyncio.sleep(1)
        there.status = 503
        await there.start()
        await asyncio.sleep(1.5)
        pager.kill()
        there.status = 200
        await there.got(1, seconds=30)
        await asyncio.sleep(1)
        assert set(there.ids().values()) == {1}


async def test_another_pager_takes_over(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """The former one can keep no more page: it answers nothing, sends nothing, and ends with a reason."""
    installation = installation_on(apache_kafka, prefix, tmp_path)
    async with target(free_ports(1)[0]) as there:
        former, successor = (Pager(installation, there, ONE_ON_DUTY, name) for name in ("former", "successor"))
        try:
            await former._spawn()
            await former.tell(outage())
            await there.got(1)
            await successor._spawn()
            await successor.tell(outage("QZ-2"))
            assert await former.tell_once(outage("QZ-3")) != 200
            assert former._process is not None
            async with asyncio.timeout(20):
                assert await former._process.wait() == 2
            assert "another pager has taken over" in former.log.read_text()
            await successor.tell(outage("QZ-3"))
            await there.got(3)
            await asyncio.sleep(1)
            assert set(there.ids().values()) == {1}
            assert len(await successor.pages()) == 3
        finally:
            await former.end_at_once()
            await successor.end_at_once()


async def test_killed_again_and_again_under_load(apache_kafka: Broker, prefix: str, tmp_path: Path) -> None:
    """Thirty outages, four deaths, a target that comes and goes: each page gets out, in one message."""
    chance = random.Random(6)
    async with paging(apache_kafka, prefix, tmp_path, ONE_ON_DUTY, kind=HurriedPager) as (pager, there):
        await pager.tell(outage("QZ-0"))

        async def tell(number: int) -> None:
            await asyncio.sleep(chance.uniform(0, 6))
            await pager.tell(outage(f"QZ-{number}"))

        telling = asyncio.gather(*map(tell, range(1, 30)))
        for deaths in range(1, 5):
            await asyncio.sleep(chance.uniform(1.2, 2))
            there.status, there.delay_seconds = chance.choice(((200, 0.0), (200, 0.5), (503, 0.0)))
            pager.kill()
            await pager.exited(deaths)
        await telling
        there.status, there.delay_seconds = 200, 0.0
        async with asyncio.timeout(90):
            while not all(page.people_told() for page in await pager.pages()):  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.5)
        pages = await pager.pages()
        assert len(pages) == 30
        received = there.ids()
        for page in pages:
            [notice] = page.notices
            assert received[notice.message_id] >= 1
        assert set(received) == {notice.message_id for page in pages for notice in page.notices}
