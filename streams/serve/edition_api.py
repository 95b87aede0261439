"""Answers requests for editions: those of every month, those of one, and one edition's document as it was written."""

from __future__ import annotations

from aiohttp import web

from streams.core.editions import Edition, Editions
from streams.core.months import is_month
from streams.kafka.client import Connection
from streams.kafka.edition_log import read_editions
from streams.serve.answers import Refusal, as_json
from streams.settings import Settings


class EditionApi:
    """The handlers; the topic of editions is small and seldom asked for, so it is read for each request."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        """Take where the topic is."""
        self._connection, self._settings = connection, settings

    def routes(self) -> list[web.RouteDef]:
        """Return what is answered here."""
        return [
            web.get("/api/snapshots", self.months),
            web.get("/api/snapshots/{period}", self.month),
            web.get("/api/snapshots/{period}/{edition}", self.document),
        ]

    async def months(self, _: web.Request) -> web.Response:
        """Answer with what is on record about every edition."""
        return as_json({"editions": (await self._editions()).all()})

    async def month(self, request: web.Request) -> web.Response:
        """Answer with what is on record about a month's editions, the one in force last."""
        period, editions = await self._asked(request)
        return as_json({"period": period, "editions": editions.all(period)})

    async def document(self, request: web.Request) -> web.Response:
        """Answer with the bytes of one edition's file; its number counts from 1, or is `last`."""
        period, editions = await self._asked(request)
        edition = _edition(editions, period, request.match_info["edition"])
        return web.Response(body=editions.document(edition), content_type="application/json")

    async def _asked(self, request: web.Request) -> tuple[str, Editions]:
        period = request.match_info["period"]
        if not is_month(period):
            raise Refusal(400, f"{period!r} is no month; write it as 2009-07")
        editions = await self._editions()
        if not editions.all(period):
            raise Refusal(404, f"{period} was never frozen: `streams snapshot {period} --freeze` does it")
        return period, editions

    async def _editions(self) -> Editions:
        return await read_editions(self._connection, self._settings.prefix, self._settings.partitions)


def _edition(editions: Editions, period: str, number: str) -> Edition:
    if number == "last":
        found = editions.last(period)
    else:
        found = editions.get(period, int(number)) if number.isascii() and number.isdigit() else None
    if found is None:
        listed = ", ".join(str(one.number) for one in editions.all(period))
        raise Refusal(404, f"{period} has no edition {number!r}: it has {listed}, and `last`")
    return found
