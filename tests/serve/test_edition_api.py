"""The API's answers about editions: what is on record, and each document byte for byte."""

from __future__ import annotations

import json

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from streams.serve.answers import errors_as_json
from streams.serve.edition_api import EditionApi
from tests.conftest import Broker
from tests.core.installation import at, generated, ticket
from tests.reports.editions import Growing
from tests.reports.test_audit import settings


async def test_editions_are_listed_and_given_as_they_were_written(embedded_broker: Broker, prefix: str) -> None:
    """Both editions of July, the document of each by number and the last by name; what there is not says what is."""
    growing = Growing(embedded_broker, prefix)
    growing.made.send(generated(7, 40, at("2009-07-02 00:00"), 20))
    await growing.count(at("2009-08-04 12:00"))
    frozen = await growing.freeze()
    growing.made.send([ticket("LATE", "6000001", at("2009-07-14 10:00"))])
    await growing.count(at("2009-08-04 12:00"))
    restated = await growing.freeze("a ticket came late")
    app = web.Application(middlewares=[errors_as_json])
    app.add_routes(EditionApi(embedded_broker.connection, settings(prefix)).routes())
    async with TestClient(TestServer(app)) as client:

        async def get(path: str) -> tuple[int, bytes]:
            response = await client.get(f"/api/snapshots{path}")
            return response.status, await response.read()

        _, listed = await get("/2009-07")
        shown = [(one["number"], one["state"], one["reason"], one["sha256"]) for one in json.loads(listed)["editions"]]
        assert shown == [
            (1, "frozen", None, frozen.edition.sha256),
            (2, "restated", "a ticket came late", restated.edition.sha256),
        ]
        assert json.loads((await get(""))[1])["editions"] == json.loads(listed)["editions"]
        assert await get("/2009-07/1") == (200, frozen.document)
        assert await get("/2009-07/last") == await get("/2009-07/2") == (200, restated.document)
        for path, status, words in (
            ("/2009-07/3", 404, "it has 1, 2, and `last`"),
            ("/2009-06", 404, "never frozen"),
            ("/July", 400, "write it as 2009-07"),
        ):
            found, answer = await get(path)
            assert found == status
            assert words in json.loads(answer)["error"]
