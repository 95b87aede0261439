"""The HTTP interface: the snapshot's figures, reasons instead of figures that are not whole, errors that help."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from streams.core.catalogue import INDICATORS
from streams.core.definitions import Definitions
from streams.core.snapshot import build_snapshot, write_snapshot
from streams.credentials import ApiToken
from streams.serve.api import make_app
from streams.serve.open_letters import OpenLetters
from tests.core.installation import DEFINITIONS, Installation, at, generated, ticket
from tests.serve.standin import StandIn

BEHIND = "the tallies are not read to their end yet"


def installation() -> Installation:
    """Return an installation with tickets of June and July, as of 20 July."""
    made = Installation()
    made.send(generated(4, 120, at("2009-06-15 00:00"), 30))
    made.count(at("2009-07-20 12:00"))
    return made


@asynccontextmanager
async def asking(
    reader: StandIn, definitions: Definitions = DEFINITIONS, tokens: Sequence[ApiToken] = ()
) -> AsyncIterator[TestClient[Any, Any]]:
    """Serve what a reader has, for the length of a `with` block."""
    app = make_app(reader.as_reader(), definitions, reader.log(), OpenLetters(), tokens)
    async with TestClient(TestServer(app)) as client:
        yield client


async def answer(reader: StandIn, path: str) -> tuple[int, Any]:
    """Return status and JSON of one request."""
    async with asking(reader) as client:
        response = await client.get(path)
        return response.status, await response.json()


async def test_the_snapshot_is_the_one_that_the_command_takes() -> None:
    """Byte by byte, also when it is asked for twice, and anew after another round."""
    made = installation()
    async with asking(StandIn(made)) as client:
        for _ in range(2):
            body = await (await client.get("/api/snapshot/2009-07")).read()
            assert body == write_snapshot(build_snapshot("2009-07", made.tallies, DEFINITIONS))
        made.send([ticket("new", "6000001", at("2009-07-19 10:00"))])
        made.count()
        assert await (await client.get("/api/snapshot/2009-07")).read() != body


async def test_indicators_agree_with_the_snapshot() -> None:
    """Every figure by roll-up in the window `month`, and all subsets for a single indicator, are the snapshot's."""
    made = installation()
    stated = {
        (figure.id, frozenset(figure.labels.items())): (
            figure.numerator,
            figure.denominator,
            figure.ratio,
            figure.verdicts,
        )
        for figure in build_snapshot("2009-07", made.tallies, DEFINITIONS).indicators
        if figure.denominator
    }
    _, content = await answer(StandIn(made), "/api/indicators")
    assert (content["window"], content["as_of"]) == ("month", "2009-07-20T04:00:00Z")
    assert [entry["id"] for entry in content["indicators"]] == [indicator.id for indicator in INDICATORS]
    for indicator in INDICATORS:
        _, single = await answer(StandIn(made), f"/api/indicators/{indicator.id}")
        [entry] = single["indicators"]
        found = {
            (indicator.id, frozenset(figure["labels"].items())): tuple(
                figure[name] for name in ("numerator", "denominator", "ratio", "verdicts")
            )
            for figure in entry["figures"]
        }
        assert found == {where: figure for where, figure in stated.items() if where[0] == indicator.id}


async def test_indicators_of_a_window_are_those_that_have_it() -> None:
    """Users have no window of a day, so their indicator is not listed for one."""
    status, content = await answer(StandIn(installation()), "/api/indicators?window=24h")
    assert status == 200
    assert [entry["id"] for entry in content["indicators"]] == [
        indicator.id for indicator in INDICATORS if "24h" in indicator.windows
    ]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/snapshot/2009-13", 400, "write it as in /api/snapshot/2009-07"),
        ("/api/snapshot/2007-01", 404, "they hold 2009-06, 2009-07"),
        ("/api/indicators?window=2h", 400, "window=2h is not one of 5m, 1h, 24h, 7d, month, last_month"),
        ("/api/indicators/repeat_report_rate?window=24h", 400, "is not one of month, last_month"),
        ("/api/indicators?outages=no", 400, "outages=no is not one of with, without"),
        ("/api/outages?month=July", 400, "neither live nor a month written as 2009-07"),
        ("/api/outages/QZ-9", 404, "there is no outage 'QZ-9'"),
        ("/api/indicators/churn", 404, "there is no indicator 'churn'; there are repeat_report_rate"),
        ("/api/nothing", 404, "GET /api/nothing"),
    ],
)
async def test_errors_say_what_is_wrong(path: str, status: int, words: str) -> None:
    """A mistake is answered in JSON, with what would have been right."""
    found, content = await answer(StandIn(installation()), path)
    assert found == status
    assert words in content["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/snapshot/2009-07",
        "/api/indicators",
        "/api/indicators/repeat_report_rate",
        "/api/outages",
        "/api/outages/QZ-1",
    ],
)
async def test_figures_that_are_not_whole_are_refused_with_the_reason(path: str) -> None:
    """A reader that is behind answers 503 and says why, rather than with a figure."""
    assert await answer(StandIn(installation(), BEHIND), path) == (503, {"error": BEHIND})


async def test_health_and_readiness_are_two_things() -> None:
    """A reader that is behind is alive and not ready."""
    assert await answer(StandIn(installation(), BEHIND), "/health") == (200, {"status": "alive"})
    assert await answer(StandIn(installation(), BEHIND), "/ready") == (503, {"ready": False, "problem": BEHIND})
    assert await answer(StandIn(installation()), "/ready") == (200, {"ready": True, "problem": None})


async def test_metrics_are_text_that_prometheus_reads() -> None:
    """The exposition has the figures, and no body part of the API."""
    async with asking(StandIn(installation())) as client:
        response = await client.get("/metrics")
        text = await response.text()
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert "# TYPE streams_indicator_numerator gauge" in text
    assert 'indicator="repeat_report_rate"' in text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
