"""The board's data: the figures of the page, told to all who listen at the cost of one; or why there are none."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from contextlib import ExitStack
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from streams.core.catalogue import INDICATORS, LEVELS
from streams.core.contributions.detection import USUAL
from streams.core.head import HEAD_KEY, Head, write_head
from streams.core.merged import MergedTallies
from streams.core.months import HOUR, Calendar, instant_of
from streams.core.snapshot import build_snapshot
from streams.core.tallies import Bucket, write_cells
from streams.serve.board import broadcaster, routes
from streams.serve.board.broadcaster import Broadcaster, TooManyClients
from streams.serve.board.burst import burst
from streams.serve.open_letters import OpenLetters
from tests.core.installation import DEFINITIONS, Installation, at, outage, ticket
from tests.serve.standin import StandIn
from tests.serve.test_api import BEHIND, answer, asking, installation

LISTENERS = 50


def summer() -> Installation:
    """Return an installation with tickets, complaints, and an outage that is not over; as of 20 July noon."""
    made = installation()
    made.send([outage("Q1", at("2009-07-20 11:00"), prefixes=["6000"])], topic="outages")
    complaint = {"revision": 0, "received_at": at("2009-07-20 10:00").isoformat(), "subscriber": "6000001"}
    complaint |= {"updated_at": complaint["received_at"], "due_at": at("2009-07-20 13:00").isoformat()}
    made.send([complaint | {"id": "C1", "channel": "意见箱", "department": "简阳分公司"}], topic="complaints")
    made.send([ticket("T-now", "6000001", at("2009-07-20 11:56"), due_at=at("2009-07-20 13:30"))])
    made.count(at("2009-07-20 12:00"))
    return made


async def test_indicators_are_the_snapshot_s() -> None:
    """Total, branches, parts with targets: figures, verdicts, budget, trend are the snapshot's; so are the targets."""
    made = summer()
    published = {
        (one.id, *sorted(one.labels.items())): one
        for one in build_snapshot("2009-07", made.tallies, DEFINITIONS).indicators
    }
    _, content = await answer(StandIn(made), "/api/board")
    assert [entry["id"] for entry in content["indicators"]] == [one.id for one in INDICATORS]
    compared = 0
    for entry in content["indicators"]:
        assert [figure["labels"] for figure in entry["figures"][:3]] == [{}, {"branch": "现业"}, {"branch": "简阳"}]
        for figure in entry["figures"]:
            stated = published.get((entry["id"], *sorted(figure["labels"].items())))
            if stated is None:
                assert figure["denominator"] == 0
                continue
            told = (figure["numerator"], figure["denominator"], figure["ratio"], figure["verdicts"])
            assert told == (stated.numerator, stated.denominator, stated.ratio, stated.verdicts)
            assert [tuple(point) for point in figure["trend"]] == stated.trend
            compared += stated.denominator > 0
    assert compared > 10


async def test_worklist_and_levels_say_what_falls_due() -> None:
    """A ticket due in 90 minutes at its branch, a complaint due in 60 at its department; orders are never overdue."""
    _, content = await answer(StandIn(summer()), "/api/board")
    rows = {(row["kind"], *row["group"].values()): row for row in content["worklist"]["rows"]}
    assert rows["faults", "现业"]["due_soon"] == 1
    assert rows["complaints", "other"]["due_soon"] == 1
    assert content["worklist"]["totals"]["orders"] == {"due_soon": 0, "overdue": None, "open": 0, "held": 0}
    assert [level["id"] for level in content["levels"]] == [level.id for level in LEVELS]
    assert content["worklist"]["totals"]["faults"]["open"] == content["levels"][0]["figures"][0]["count"]


async def test_outages_bursts_and_complaints_are_there() -> None:
    """The outage that is not over stands in both lists; today's slots hold the ticket of four minutes ago."""
    _, content = await answer(StandIn(summer()), "/api/board")
    assert [one["id"] for one in content["outages"]["live"]] == ["Q1"]
    assert [(one["id"], one["restored_at"]) for one in content["outages"]["month"]] == [("Q1", None)]
    slots = content["burst"]["slots"]
    assert (len(slots), slots[-1]["at"], slots[-2]["at"]) == (288, "2009-07-20T04:00:00Z", "2009-07-20T03:55:00Z")
    assert slots[-2]["fault_tickets"] == 1
    assert content["complaints"]["channels"] == [{"value": "other", "count": 1, "last_month": 0}]
    assert {"measure": "complaints", "label": "channel", "values": 1, "count": 1} in content["other"]


def test_the_usual_band_of_an_hour_is_shared_out_over_its_slots() -> None:
    """Twelve tickets an hour are one in five minutes, with a band of its own; an hour that nobody knows has none."""
    noon = instant_of(at("2009-07-20 12:00"))
    tallies = MergedTallies(Calendar(DEFINITIONS.timezone))
    record = write_cells({(USUAL.name, (str(noon // HOUR - 1),)): 12_000})
    tallies.read(0, Bucket(USUAL.topic, "level", "").record_key(), record)
    tallies.read(0, HEAD_KEY, write_head(Head({}, {}, {}, noon, [], "digest", settled=True)))
    by_time = {slot["at"]: (slot["mean"], slot["upper"]) for slot in burst(tallies)["slots"]}
    assert by_time["2009-07-20T03:05:00Z"] == (1.0, 5.24)
    assert by_time["2009-07-20T02:55:00Z"] == by_time["2009-07-20T04:00:00Z"] == (None, None)


async def test_a_problem_is_told_instead_of_figures() -> None:
    """A board shows why it shows nothing; the pipeline's state stays."""
    status, content = await answer(StandIn(summer(), says=BEHIND), "/api/board")
    assert (status, content["problem"]) == (200, BEHIND)
    assert content["pipeline"]["partitions"] == 3
    assert "indicators" not in content


async def test_one_edition_serves_all_who_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty clients and ten questions: content is made and written once for each version, and all get the same."""
    monkeypatch.setattr(broadcaster, "SECONDS_BETWEEN", 0.0)
    made, built = summer(), []
    reader = StandIn(made)

    def build() -> dict[str, Any]:
        built.append(made.tallies.version)
        return {"version_of_tallies": made.tallies.version}

    source = Broadcaster(lambda: (made.tallies.version, reader.problem()), build)
    task = asyncio.create_task(source.run())
    with ExitStack() as stack:
        mailboxes = [stack.enter_context(source.listening()) for _ in range(LISTENERS)]
        for _ in range(3):
            editions = {id(await asyncio.wait_for(mailbox.take(), 5)) for mailbox in mailboxes}
            editions |= {id(source.latest()) for _ in range(10)}
            assert len(editions) == 1
            made.send([ticket(f"N{made.tallies.version}", "6000002", at("2009-07-20 11:00"))])
            made.count()
    task.cancel()
    assert len(built) == len(set(built)) >= 3


async def test_a_slow_client_gets_the_newest_edition_and_makes_no_queue() -> None:
    """Three versions later it takes one: the last; then it waits for what is new."""
    version = 0
    source = Broadcaster(lambda: (version, None), lambda: {"number": version})
    with source.listening() as mailbox:
        for version in (1, 2, 3):  # noqa: B007 (read by the lambdas)
            source._made_at = 0.0
            mailbox.put(source.latest())
        taken = await mailbox.take()
        assert taken is not None
        assert json.loads(taken.body)["number"] == 3
        mailbox.put(source.latest())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(mailbox.take(), 0.05)


async def test_no_more_than_one_edition_a_second_but_a_problem_at_once() -> None:
    """A version that follows at once waits for its turn, while the reason not to believe figures does not."""
    state: tuple[int, str | None] = (1, None)
    source = Broadcaster(lambda: state, lambda: {"state": state})
    first = source.latest()
    state = (2, None)
    assert source.latest() is first
    state = (2, BEHIND)
    assert json.loads(source.latest().body)["state"] == [2, BEHIND]


async def test_listeners_are_limited() -> None:
    """The one too many is refused, and let in when another has gone."""
    source = Broadcaster(lambda: (1, None), dict)
    with ExitStack() as stack:
        for _ in range(broadcaster.MOST_CLIENTS):
            stack.enter_context(source.listening())
        with pytest.raises(TooManyClients):
            stack.enter_context(source.listening())
    with source.listening() as mailbox:
        assert await mailbox.take() is not None


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_events_come_as_figures_change(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole state at once, again after a round, with gzip in pieces that can be read as they come."""
    monkeypatch.setattr(broadcaster, "SECONDS_BETWEEN", 0.0)
    made = summer()
    async with asking(StandIn(made)) as client:
        response = await client.get("/api/board/events", headers={"Accept-Encoding": encoding})
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers.get("Content-Encoding", "identity") == encoding
        reading = Events(response)
        first = await reading.next()
        made.send([ticket("N1", "6000002", at("2009-07-20 11:00"))])
        made.count()
        second = await reading.next()
        assert second["counts"]["fault_tickets"]["month"] == first["counts"]["fault_tickets"]["month"] + 1
        response.close()


class Events:
    """Reads the data of server-sent events."""

    def __init__(self, response: Any) -> None:
        self._response, self._text = response, ""

    async def next(self) -> dict[str, Any]:
        """Return the data of the next event."""
        async with asyncio.timeout(5):
            while True:
                event, found, rest = self._text.partition("\n\n")
                if found:
                    self._text = rest
                    if event.startswith("event: update\ndata: "):
                        content: dict[str, Any] = json.loads(event.removeprefix("event: update\ndata: "))
                        return content
                    continue
                self._text += (await self._response.content.readany()).decode()


async def test_a_client_that_reads_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its socket is full it has a moment; then the connection is cut and its place is free again."""
    monkeypatch.setattr(broadcaster, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(broadcaster, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(routes, "WRITE_SECONDS", 0.2)
    reader = StandIn(Installation())
    reader.says = BEHIND
    api = routes.BoardApi(reader.as_reader(), DEFINITIONS, OpenLetters())
    monkeypatch.setattr(api.broadcaster, "_build", lambda: {"number": api.broadcaster.editions, "long": "x" * 500_000})
    monkeypatch.setattr(api.broadcaster, "_state", lambda: (api.broadcaster.editions, None))
    app = web.Application()
    api.add_to(app)
    async with TestServer(app) as server:
        _, writer = await asyncio.open_connection(server.host, server.port, limit=1_024)
        writer.write(b"GET /api/board/events HTTP/1.1\r\nHost: board\r\n\r\n")
        async with asyncio.timeout(20):
            while not api.broadcaster._clients:  # noqa: ASYNC110 (there is nothing else to wait for)
                await asyncio.sleep(0.01)
            while api.broadcaster._clients:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        writer.close()


async def test_a_server_that_ends_lets_its_listeners_go() -> None:
    """The stream ends at once, not when the server's patience does."""
    async with asking(StandIn(summer())) as client:
        response = await client.get("/api/board/events")
        await Events(response).next()
        began = time.monotonic()
        await client.server.close()
        assert time.monotonic() - began < 5


async def test_content_that_cannot_be_made_lets_listeners_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come back, and are served again once it can be made."""
    monkeypatch.setattr(broadcaster, "SECONDS_BETWEEN", 0.0)
    number = 0

    def build() -> dict[str, Any]:
        if number == 1:
            raise ZeroDivisionError
        return {"number": number}

    source = Broadcaster(lambda: (number, None), build)
    task = asyncio.create_task(source.run())
    with source.listening() as mailbox:
        assert await mailbox.take() is not None
        number = 1
        assert await asyncio.wait_for(mailbox.take(), 5) is None
    number = 2
    with source.listening() as mailbox:
        taken = await mailbox.take()
        assert taken is not None
        assert json.loads(taken.body)["number"] == number
    task.cancel()


def test_pieces_of_a_stream_need_nothing_before_them() -> None:
    """Whoever comes later begins with a later piece, after a header of its own."""
    pieces = [broadcaster.deflated(text) for text in (b"first " * 50, b"second " * 50)]
    for order in (pieces, pieces[::-1], pieces[1:]):
        read = zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(b"".join(order))
        assert read == b"".join(b"first " * 50 if piece is pieces[0] else b"second " * 50 for piece in order)


async def test_answers_are_guarded_and_compressed() -> None:
    """Nothing from other hosts, nothing kept by the browser; long JSON is compressed for who accepts it."""
    async with asking(StandIn(summer())) as client:
        plain = await client.get("/api/board", headers={"Accept-Encoding": "identity"})
        packed = await client.get("/api/board", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert await packed.json() == await plain.json()
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3
        for response in (plain, await client.get("/api/nothing"), await client.get("/health")):
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Cache-Control"] == "no-store"
