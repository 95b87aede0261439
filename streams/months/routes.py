"""Answers the requests of the writer's page: months, moves, reports and previews, free texts, and orders to freeze."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web
from aiokafka.errors import KafkaError

from streams.core.definitions import Definitions
from streams.core.editions import Editions
from streams.core.months import is_month
from streams.kafka.client import BrokerUnreachable, Connection
from streams.kafka.edition_log import read_editions
from streams.kafka.reader import LogError
from streams.kafka.topics import TopicsError
from streams.months.access import has_writers, known_role, require_writer
from streams.months.asking import FrozenSince, asked_edition, asked_language, asked_reason, asked_texts, remark_chapters
from streams.months.children import Children, Lane
from streams.months.freezing import Freezer
from streams.months.listing import ListedMonth, listed_months
from streams.months.moved import moved_in, moved_since
from streams.months.reports import Asked, Reports, Snapshots
from streams.months.texts import NotWritable, TextFiles, TextsMoved
from streams.reports.document import FORMATS, LANGUAGES, ReportTexts, TextsError
from streams.reports.document.texts import texts_folder
from streams.serve.answers import Refusal, as_json, content_security_policy
from streams.serve.reader import TallyReader
from streams.settings import Settings

MONTHS = "/api/months"
FREEZE = "/api/freeze"
MEDIA_TYPES: Mapping[str, str] = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
}
# A report's page has styles and drawings in it and nothing else; the writers' page frames it, and it runs nothing.
PREVIEW_POLICY = content_security_policy(
    {"script-src": None, "connect-src": None, "frame-ancestors": "'self'", "sandbox": "allow-same-origin"}
)


class MonthsApi:
    """The handlers, and what they have going on; `add_to` is an addition to `streams.serve.server.serve`."""

    def __init__(self, connection: Connection, settings: Settings, definitions: Definitions) -> None:
        """Take where the editions are, and the settings and definitions that the figures are made by."""
        self._connection, self._settings, self._definitions = connection, settings, definitions
        self._texts = TextFiles(texts_folder(settings.definitions_dir, settings.report_text_dir))
        self._children, self._lane, self._reading = Children(), Lane(), asyncio.Lock()
        self._freezer = Freezer(self._children)
        self._reports = Reports(self._children, self._lane, settings, self._texts)

    def add_to(self, app: web.Application, reader: TallyReader) -> None:
        """Add the routes to an application whose figures `reader` merges; what runs for it ends with it."""
        self._reader = reader
        self._snapshots = Snapshots(self._children, self._lane, reader.tallies)
        month = f"{MONTHS}/{{period}}"
        app.add_routes(
            [
                web.get(MONTHS, self.months),
                web.get(FREEZE, self.job),
                web.post(f"{month}/freeze", self.freeze),
                web.get(f"{month}/moved", self.moved),
                web.get(f"{month}/preview", self.preview),
                web.get(f"{month}/report.{{format}}", self.report),
                web.get(f"{month}/texts", self.texts),
                web.put(f"{month}/texts", self.keep_texts),
            ]
        )
        app.on_shutdown.append(self._end)

    async def _end(self, _: web.Application) -> None:
        self._children.end()

    async def months(self, request: web.Request) -> web.Response:
        """Answer with every month, what is being frozen, and what whoever asks may do."""
        tokens, editions = self._settings.api_tokens, await self._editions()
        content = {
            "problem": self._reader.problem(),
            "timezone": self._definitions.timezone,
            "has_writers": has_writers(tokens),
            "role": known_role(request, tokens),
            "formats": FORMATS,
            "languages": LANGUAGES,
            "job": self._freezer.job,
            "months": self._listed(editions),
        }
        return as_json(content)

    async def job(self, _: web.Request) -> web.Response:
        """Answer with the freeze that runs, or the last one."""
        return as_json({"job": self._freezer.job})

    async def freeze(self, request: web.Request) -> web.Response:
        """Begin to freeze or restate a month: 202, and how far it is under FREEZE."""
        require_writer(request, self._settings.api_tokens)
        if (problem := self._reader.problem()) is not None:
            raise Refusal(503, f"nothing can be frozen now: {problem}")
        period, editions = await self._known(request)
        edition = editions.last(period)
        since = None if edition is None else FrozenSince(edition.state, edition.frozen_at)
        reason = asked_reason(await request.read(), period, since)
        [month] = [one for one in self._listed(editions) if one.period == period]
        if month.state == "open":
            raise Refusal(409, f"{period} is not over: it can be frozen after {month.ends_on}")
        return as_json({"job": self._freezer.start(period, reason)}, 202)

    async def moved(self, request: web.Request) -> web.Response:
        """Answer with what an edition restated, or without `edition` with what moved since the one in force."""
        period, editions = await self._known(request)
        names = self._definitions.names
        in_force = editions.last(period)
        if in_force is None:
            raise Refusal(404, f"{period} was never frozen: nothing has moved since")
        if "edition" not in request.query:
            now = await self._snapshots.now(period)
            return as_json(await asyncio.to_thread(moved_since, editions.document(in_force), now.body, names))
        number = asked_edition(request.query, period, editions)
        if number == 0:
            raise Refusal(400, "edition=now restates nothing: leave edition out to see what moved since")
        restated = await self._snapshots.of(period, number, editions)
        found = await asyncio.to_thread(moved_in, restated.body, names)
        if found is None:
            raise Refusal(404, f"edition {number} of {period} is the first: it restates nothing")
        return as_json(found)

    async def preview(self, request: web.Request) -> web.Response:
        """Answer with the report as a page that may be framed by ours and runs nothing."""
        body, _ = await self._written(request, "html")
        headers = {"Content-Security-Policy": PREVIEW_POLICY}
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    async def report(self, request: web.Request) -> web.Response:
        """Answer with the report as a file to be kept."""
        wanted = request.match_info["format"]
        if wanted not in FORMATS:
            raise Refusal(404, f"there is no format {wanted!r}; there are {', '.join(FORMATS)}")
        body, name = await self._written(request, wanted)
        headers = {"Content-Disposition": f'attachment; filename="{name}.{wanted}"'}
        return web.Response(body=body, content_type=MEDIA_TYPES[wanted], headers=headers)

    async def texts(self, request: web.Request) -> web.Response:
        """Answer a writer with the month's free texts, whole, and their tag."""
        require_writer(request, self._settings.api_tokens)
        try:
            texts, tag = self._texts.read(self._period(request))
        except TextsError as error:
            raise Refusal(409, f"{error}: correct the file by hand") from error
        return self._told(texts, tag)

    async def keep_texts(self, request: web.Request) -> web.Response:
        """Keep a writer's texts if those that they were made from (If-Match) are still there."""
        require_writer(request, self._settings.api_tokens)
        period, tags = self._period(request), request.if_match
        if not tags or len(tags) != 1:
            raise Refusal(428, "send the ETag of the texts that these replace as If-Match")
        texts = asked_texts(await request.read())
        try:
            tag = await asyncio.to_thread(self._texts.write, period, texts, tags[0].value)
        except TextsMoved:
            raise Refusal(412, f"somebody else has changed the texts of {period} meanwhile: load them anew") from None
        except NotWritable as error:
            raise Refusal(500, str(error)) from error
        return self._told(texts, tag)

    def _told(self, texts: ReportTexts, tag: str) -> web.Response:
        response = as_json({"texts": texts, "chapters": remark_chapters()})
        response.headers["ETag"] = f'"{tag}"'
        return response

    async def _written(self, request: web.Request, wanted: str) -> tuple[bytes, str]:
        """Return a report's bytes, and the name of its file without ending."""
        language = asked_language(request.query)
        period, editions = await self._known(request)
        number = asked_edition(request.query, period, editions)
        document = await self._snapshots.of(period, number, editions)
        body = await self._reports.of(period, document, Asked(wanted, language))
        return body, f"report-{period}-{number or 'now'}-{language}"

    async def _editions(self) -> Editions:
        try:
            async with self._reading:
                return await read_editions(self._connection, self._settings.prefix, self._settings.partitions)
        except (BrokerUnreachable, LogError, TopicsError, KafkaError) as error:
            raise Refusal(503, f"the editions cannot be read: {error}") from error

    def _period(self, request: web.Request) -> str:
        period = request.match_info["period"]
        if not is_month(period):
            raise Refusal(400, f"{period!r} is no month; write it as 2009-07")
        return period

    async def _known(self, request: web.Request) -> tuple[str, Editions]:
        """Return the month that is asked for, and the editions of all; refuse one of which nothing is known."""
        period, editions = self._period(request), await self._editions()
        known = [month.period for month in self._listed(editions)]
        if period not in known:
            raise Refusal(404, f"nothing is known of {period}; there are {', '.join(known) or 'no months yet'}")
        return period, editions

    def _listed(self, editions: Editions) -> list[ListedMonth]:
        tallies = None if self._reader.problem() is not None else self._reader.tallies
        return listed_months(tallies, editions, self._definitions, self._settings.freeze_grace_days)
