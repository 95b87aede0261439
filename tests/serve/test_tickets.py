"""The tickets behind a figure over HTTP: pages, masks, roles, limits, and errors that say what is wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.credentials import ApiToken, Secret
from streams.kafka import client, placing, topics
from streams.serve.tickets import search
from streams.serve.tickets.access import masked_number
from streams.settings import Settings
from tests.conftest import Broker, on
from tests.core.installation import DEFINITIONS, Installation, at, outage, ticket
from tests.serve.standin import StandIn
from tests.serve.test_api import BEHIND, asking

NUMBER = "6632827"
VIEWER, AGENT = "viewer-token-0001", "agent-token-00001"
WRITER = "writer-token-0001"
TOKENS = (ApiToken("viewer", Secret(VIEWER)), ApiToken("agent", Secret(AGENT)), ApiToken("writer", Secret(WRITER)))
OPEN = "/api/tickets?level=fault_tickets_open"


def few(tickets: int = 5) -> StandIn:
    """Return a reader of an installation with open tickets of July, one of them with a number where none belongs."""
    made = Installation()
    made.send(
        ticket(f"T{number}", NUMBER, at(f"2009-07-{10 + number} 17:00"), brand="E8", symptom=f"请回电 {NUMBER}")
        for number in range(tickets)
    )
    made.send([ticket(f"GZ-{NUMBER}", NUMBER, at("2009-07-01 09:00"), restored_at=at("2009-07-01 10:00"))])
    made.count(at("2009-07-20 12:00"))
    return StandIn(made)


async def ask(
    reader: StandIn, path: str, token: str | None = None, tokens: tuple[ApiToken, ...] = ()
) -> tuple[int, Any]:
    """Return status and JSON of one request."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with asking(reader, DEFINITIONS, tokens) as web:
        response = await web.get(path, headers=headers)
        return response.status, await response.json()


async def test_a_viewer_sees_no_number_anywhere() -> None:
    """Neither in its field, nor in a text, nor in an id that holds it; without tokens everybody is a viewer."""
    reader = few()
    async with asking(reader) as web:
        for path in (OPEN, "/api/tickets?count=fault_tickets"):
            text = await (await web.get(path)).text()
            assert NUMBER not in text
            assert masked_number(NUMBER) == "663****"
            assert "663****" in text


async def test_an_agent_sees_numbers_when_asked_for() -> None:
    """With `numbers=whole`; by default they are masked for an agent too, and neither viewer nor writer may ask."""
    reader = few()
    assert (await ask(reader, OPEN, VIEWER, TOKENS))[1]["tickets"][0]["subscriber"] == "663****"
    assert (await ask(reader, OPEN, AGENT, TOKENS))[1]["tickets"][0]["subscriber"] == "663****"
    _, whole = await ask(reader, f"{OPEN}&numbers=whole", AGENT, TOKENS)
    assert (whole["masked"], whole["tickets"][0]["subscriber"]) == (False, NUMBER)
    for token in (VIEWER, WRITER):
        status, refused = await ask(reader, f"{OPEN}&numbers=whole", token, TOKENS)
        assert (status, "agent" in refused["error"]) == (403, True)
    assert (await ask(reader, f"{OPEN}&numbers=whole"))[0] == 403


@pytest.mark.parametrize("token", [None, "", "wrong", VIEWER[:-1]])
async def test_without_a_good_token_nothing_is_told(token: str | None) -> None:
    """Where the settings name tokens, none or another one is 401, and the log is not read."""
    reader = few()
    status, refused = await ask(reader, OPEN, token, TOKENS)
    assert (status, reader.reads) == (401, 0)
    assert "STREAMS_API_TOKENS" in refused["error"]


async def test_pages_make_up_the_whole_in_order() -> None:
    """Two at a time, first due first, each ticket once; the log is read once for all pages."""
    reader = few()
    seen, cursor = [], "0"
    async with asking(reader) as web:
        while cursor is not None:
            answer = await (await web.get(f"{OPEN}&limit=2&cursor={cursor}")).json()
            assert (answer["total"], len(answer["tickets"]) <= 2) == (5, True)
            seen += [one["id"] for one in answer["tickets"]]
            cursor = answer["next"]
    assert reader.reads == len(reader.partitions)
    assert seen == ["T0", "T1", "T2", "T3", "T4"]
    assert answer["as_of"] == "2009-07-20T04:00:00Z"
    assert sum(offsets["faults"] for offsets in answer["upto"].values() if "faults" in offsets) == 6


async def test_what_is_missing_from_a_numerator_can_be_asked_for() -> None:
    """Denominator = numerator + missing, newest first."""
    reader = few()
    ids = {}
    async with asking(reader) as web:
        for part in ("denominator", "numerator", "missing"):
            path = f"/api/tickets?indicator=timely_restoration_rate&part={part}&brand=E8"
            ids[part] = [one["id"] for one in (await (await web.get(path)).json())["tickets"]]
    assert ids["missing"] == ["T4", "T3", "T2", "T1", "T0"]
    assert sorted(ids["denominator"]) == sorted(ids["numerator"] + ids["missing"])


async def test_an_outage_s_reports() -> None:
    """Those of its lines while it lasts, and whose they are."""
    made = Installation()
    made.send([outage("Q1", at("2009-07-20 09:00"), prefixes=["663"])], topic="outages")
    made.send([ticket("T1", NUMBER, at("2009-07-20 09:30")), ticket("T2", "7000001", at("2009-07-20 09:30"))])
    made.count(at("2009-07-20 12:00"))
    _, answer = await ask(StandIn(made), "/api/tickets?outage=Q1")
    assert [(one["id"], one["outage"], one["branch"]) for one in answer["tickets"]] == [("T1", "Q1", "现业")]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 400, "indicator, count, level, outage"),
        ("level=fault_tickets_open&outage=Q1", 400, "one of"),
        ("level=nothing", 404, "fault_tickets_open"),
        ("indicator=repeat_report_rate&part=half", 400, "denominator, numerator, missing"),
        ("indicator=repeat_report_rate&month=July", 400, "2009-07"),
        ("level=fault_tickets_open&limit=201", 400, "200"),
        ("level=fault_tickets_open&limit=0", 400, "limit"),
        ("level=fault_tickets_open&cursor=x", 400, "cursor"),
        ("level=fault_tickets_open&numbers=all", 400, "masked"),
        ("level=fault_tickets_open&channel=x", 400, "channel"),
        (f"level=fault_tickets_open&subscriber={NUMBER}", 400, "subscriber"),
    ],
)
async def test_what_cannot_be_answered_is_refused_with_a_reason(query: str, status: int, says: str) -> None:
    """The parameter and what is accepted are named, the log is left alone; no number is ever a parameter."""
    reader = few()
    found, refused = await ask(reader, f"/api/tickets?{query}")
    assert (found, reader.reads) == (status, 0)
    assert says in refused["error"]
    assert NUMBER not in refused["error"]


async def test_figures_that_must_not_be_shown_have_no_tickets() -> None:
    """A reader that is behind tells why."""
    reader = few()
    reader.says = BEHIND
    assert await ask(reader, OPEN) == (503, {"error": BEHIND})


async def test_one_question_at_a_time_and_few_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is answered, so many wait, the next is told to come back, and with `Retry-After` when."""
    reader, gate, begun = few(), asyncio.Event(), asyncio.Event()
    read, busy, most = reader.read_log, 0, 0

    async def slowly(*asked: Any) -> Any:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        begun.set()
        await gate.wait()
        async for part in read(*asked):
            yield part
        busy -= 1

    monkeypatch.setattr(reader, "read_log", slowly)
    async with asking(reader) as web:
        queries = [f"/api/tickets?count=fault_tickets&brand=B{number}" for number in range(search.MOST_WAITING + 1)]
        asked = [asyncio.create_task(web.get(query)) for query in queries]
        await begun.wait()
        await asyncio.sleep(0.1)
        refused = await web.get(OPEN)
        assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (503, True)
        gate.set()
        assert [(await one).status for one in asked] == [200] * len(queries)
    assert most == 1


async def test_a_log_that_is_too_long_or_too_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many records are refused before any is read; one that does not come ends with the time."""
    reader = few()
    monkeypatch.setattr(search, "MOST_RECORDS", 5)
    status, refused = await ask(reader, OPEN)
    assert (status, reader.reads) == (503, 0)
    assert "more than 5" in refused["error"]
    monkeypatch.undo()
    monkeypatch.setattr(search, "SECONDS", 0.05)

    async def never(*_: Any) -> Any:
        await asyncio.sleep(60)
        yield "faults", []

    monkeypatch.setattr(reader, "read_log", never)
    assert (await ask(reader, OPEN))[0] == 503


async def test_the_broker_s_log_is_read_between_offsets(embedded_broker: Broker, prefix: str) -> None:
    """Of four records of a partition the two in the middle, of the topics that are asked for alone."""
    settings = Settings.from_environment(on(embedded_broker, prefix))
    connection = embedded_broker.connection
    await topics.ensure(connection, prefix, settings.partitions)
    async with client.running(client.new_producer(connection)) as producer:
        for number in range(4):
            for topic in ("faults", "orders"):
                name = topics.real_name(prefix, topic)
                await producer.send_and_wait(name, b"%d" % number, key=b"K", partition=1)
    log = search.log_of(connection, settings)
    found = [(topic, one.value) async for topic, messages in log.read(1, {"faults": (1, 3)}) for one in messages]
    assert found == [("faults", b"1"), ("faults", b"2")]
    assert log.partition_of(b"6632827") == placing.partition_of(b"6632827", settings.partitions)
