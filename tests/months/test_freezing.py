"""Freezing a month from the page: who may, what becomes of it, and what is said where it cannot be."""

from __future__ import annotations

import uuid

import pytest

from tests.conftest import Broker
from tests.core.installation import at, ticket
from tests.months.kit import AGENT, JULY, Months


@pytest.fixture(scope="module")
def months(embedded_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Return an installation that the tests of this module share, one after the other."""
    return Months(embedded_broker, f"m{uuid.uuid4().hex[:8]}-", tmp_path_factory.mktemp("months"))


async def test_nobody_but_a_writer_freezes(months: Months) -> None:
    """401 without a token or with an unknown one, 403 with an agent's, and where the settings have no writer at all."""
    async with months.asked() as asking:
        for token, status, words in (("", 401, "STREAMS_API_TOKENS"), ("x" * 16, 401, ""), (AGENT, 403, "role agent")):
            assert words in await asking.refused("POST", f"{JULY}/freeze", status, token)
        assert (await asking.get("/api/freeze"))["job"] is None
    async with months.asked(STREAMS_API_TOKENS="") as asking:
        assert "nobody is a writer here" in await asking.refused("POST", f"{JULY}/freeze", 403)
        assert (await asking.get("/api/months"))["has_writers"] is False


async def test_what_cannot_be_frozen_is_refused_at_once(months: Months) -> None:
    """A month that goes on or that nobody knows, a reason that is none, and figures that may not be shown."""
    async with months.asked() as asking:
        months.growing.made.send([ticket("AUGUST", "6000002", at("2009-08-02 10:00"))])
        await months.count()
        for path, status, words in (
            ("2009-08", 409, "2009-08 is not over: it can be frozen after 2009-08-31"),
            ("2001-01", 404, "nothing is known of 2001-01"),
            ("July", 400, "write it as 2009-07"),
        ):
            assert words in await asking.refused("POST", f"/api/months/{path}/freeze", status)
        for order in ({"reason": "x" * 501}, {"reason": "\x00"}, {"why": "x"}, {"reason": 7}):
            assert "reason" in await asking.refused("POST", f"{JULY}/freeze", 400, json=order) or "why" in order
        assert (await asking.get("/api/freeze"))["job"] is None
    async with months.asked("the tallies are not read to their end yet") as asking:
        assert "not read to their end" in await asking.refused("POST", f"{JULY}/freeze", 503)


async def test_a_month_is_frozen_and_restated(months: Months) -> None:
    """Due, then frozen with nothing moved; a late ticket moves figures; restated with a reason, its figures and it."""
    async with months.asked() as asking:
        assert (await asking.july())["state"] == "due"
        job = await asking.freeze()
        assert (job["state"], job["error"], job["outcome"]["is_new"]) == ("done", None, True)
        assert job["done"] == job["total"] > 0
        july = await asking.july()
        [edition] = july["editions"]
        assert (july["state"], edition["number"], edition["sha256"]) == ("frozen", 1, job["outcome"]["sha256"])
        assert {one["id"] for one in july["open_figures"]} == {
            "on_time_without_early_fault_rate",
            "justified_complaint_rate",
        }
        assert (await asking.get(f"{JULY}/moved"))["total"] == 0
        assert "say why it is restated" in await asking.refused("POST", f"{JULY}/freeze", 400, json={"reason": " "})
        job = await asking.freeze("nothing came")
        assert (job["outcome"]["is_new"], len((await asking.july())["editions"])) == (False, 1)

        await months.count(ticket("LATE-6000001", "6000001", at("2009-07-14 10:00")))
        moved = await asking.get(f"{JULY}/moved")
        [tickets] = [one for one in moved["moved"] if one["path"] == "counts[fault_tickets all].count"]
        assert (tickets["to"] - tickets["from"], moved["edition"]) == (1, 1)
        assert set(tickets["names"]) == {"zh", "en"}
        job = await asking.freeze("工单 6000001 迟到")
        assert job["outcome"]["state"] == "restated"
        july = await asking.july()
        assert (july["state"], july["editions"][1]["reason"]) == ("restated", "工单 *** 迟到")
        restated = await asking.get(f"{JULY}/moved?edition=2")
        assert {one["path"] for one in restated["moved"]} == {one["path"] for one in moved["moved"]}
        assert restated["facts"] == [
            {"fact": "faults/LATE-***", "key": "600***", "change": "new", "from": None, "to": 0}
        ]
        assert "6000001" not in str(restated)
        assert "restates nothing" in await asking.refused("GET", f"{JULY}/moved?edition=1", 404)
        assert "restates nothing" in await asking.refused("GET", f"{JULY}/moved?edition=now", 400)


async def test_one_freeze_at_a_time(months: Months) -> None:
    """A second one is refused while the first runs; who ends the server ends the freeze, and nothing is written."""
    async with months.asked() as asking:
        before = await asking.july()
        assert (await asking.send("POST", f"{JULY}/freeze", json={"reason": "first"}))[0] == 202
        assert "2009-07 is being frozen" in await asking.refused(
            "POST", f"{JULY}/freeze", 409, json={"reason": "second"}
        )
        assert (await asking.get("/api/freeze"))["job"]["state"] == "running"
    async with months.asked() as asking:
        assert await asking.july() == before


async def test_a_freeze_that_fails_says_why(months: Months) -> None:
    """In the words of the process that found it: here a broker that the process cannot reach."""
    async with months.asked(STREAMS_BROKER="127.0.0.1:1") as asking:
        job = await asking.freeze("because")
        assert job["state"] == "failed"
        assert "correct STREAMS_BROKER" in job["error"]
        assert job["ended_at"] is not None
