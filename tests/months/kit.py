"""An installation whose months are asked for over HTTP, with real processes behind it and a broker in memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from streams.definitions import load
from streams.months.routes import FREEZE, MonthsApi
from streams.serve.answers import errors_as_json, guard_headers
from streams.settings import Settings
from tests.conftest import Broker, on
from tests.core.installation import at, generated
from tests.reports.editions import Growing
from tests.serve.standin import StandIn

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
WRITER, AGENT = "writer-token-0001", "agent-token-00001"
NOW = at("2009-08-04 12:00")
JULY = "/api/months/2009-07"
PATIENCE_SECONDS = 60


class Months:
    """Tickets of July 2009, counted on 4 August, and what may be asked about them."""

    def __init__(self, broker: Broker, prefix: str, folder: Path) -> None:
        """Count the tickets; `folder` gets tokens and texts."""
        self.growing = Growing(broker, prefix, DEFINITIONS)
        self.growing.made.send(generated(7, 40, at("2009-07-02 00:00"), 20))
        asyncio.run(self.growing.count(NOW))
        self.texts = folder / "texts"
        self.texts.mkdir()
        self.tokens = folder / "tokens"
        self.tokens.write_text(f"writer {WRITER}\nagent {AGENT}\n")
        self.environment = on(broker, prefix) | {
            "STREAMS_API_TOKENS": str(self.tokens),
            "STREAMS_REPORT_TEXT_DIR": str(self.texts),
            "STREAMS_LOG": "json:warning",
        }

    async def count(self, *tickets: Mapping[str, Any]) -> None:
        """Count further tickets."""
        self.growing.made.send(tickets)
        await self.growing.count(NOW)

    @asynccontextmanager
    async def asked(self, says: str | None = None, **environment: str) -> AsyncIterator[Asking]:
        """Serve the months for the length of a block; `says` is what keeps the figures from being shown."""
        with patch.dict(os.environ, self.environment | environment):
            settings = Settings.from_environment()
            app = web.Application(middlewares=[errors_as_json])
            app.on_response_prepare.append(guard_headers)
            reader = StandIn(self.growing.made, says).as_reader()
            MonthsApi(self.growing.broker.connection, settings, DEFINITIONS).add_to(app, reader)
            async with TestClient(TestServer(app)) as client:
                yield Asking(client)


class Asking:
    """Asks as somebody with a token, or with none ("")."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client

    async def send(
        self, method: str, path: str, token: str = WRITER, json: Any = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Return status, content (JSON decoded, else bytes) and headers."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, path, json=json, headers=named) as response:
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.read()), response.headers

    async def get(self, path: str, token: str = "") -> Any:
        """Return the content of an answer that has to be there."""
        status, content, _ = await self.send("GET", path, token)
        assert status == 200, content
        return content

    async def refused(self, method: str, path: str, status: int, token: str = WRITER, json: Any = None) -> str:
        """Return what is said to be wrong, with the status that is expected."""
        found, content, _ = await self.send(method, path, token, json)
        assert found == status, content
        error: str = content["error"]
        return error

    async def freeze(self, reason: str | None = None) -> Any:
        """Freeze July, and return the job once it has ended."""
        status, content, _ = await self.send("POST", f"{JULY}/freeze", json={"reason": reason})
        assert status == 202, content
        return await self.frozen()

    async def frozen(self) -> Any:
        """Return the job that runs once it has ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                job = (await self.get(FREEZE))["job"]
                if job["state"] != "running":
                    return job
                await asyncio.sleep(0.05)

    async def july(self) -> Any:
        """Return what is listed of July."""
        [july] = [month for month in (await self.get("/api/months"))["months"] if month["period"] == "2009-07"]
        return july
