"""The HTTP interface of the read side: metrics, health, and figures as JSON; every error says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.core.catalogue import INDICATORS, Indicator, Window
from streams.core.definitions import Definitions
from streams.core.months import Calendar, add_months, datetime_of, is_month
from streams.core.ratios import ratio_text
from streams.core.rollups import Counts, subsets
from streams.core.snapshot import SnapshotError, build_snapshot, write_snapshot
from streams.core.targets import verdicts
from streams.core.without_outages import without_outages
from streams.credentials import ApiToken
from streams.serve.answers import Refusal, as_json, compressed_json, errors_as_json, guard_headers
from streams.serve.board.page import BoardPage
from streams.serve.board.routes import BoardApi
from streams.serve.collector import TallyCollector
from streams.serve.exposition import exposition
from streams.serve.open_letters import OpenLetters
from streams.serve.outage_api import OutageApi
from streams.serve.reader import TallyReader
from streams.serve.snapshot_metric import SnapshotCollector
from streams.serve.tickets.routes import TicketApi
from streams.serve.tickets.search import Log, Search

DEFAULT_WINDOW: Window = "month"
READER = web.AppKey("reader", TallyReader)
WITH, WITHOUT = "with", "without"


class _Asked(NamedTuple):
    """The window that is asked for, and whether with the reports that belong to mass outages or without."""

    window: Window
    outages: str


def make_app(
    reader: TallyReader, definitions: Definitions, log: Log, letters: OpenLetters, tokens: Sequence[ApiToken] = ()
) -> web.Application:
    """Return the application that shows what `reader` has merged, and finds tickets in `log` for good tokens."""
    app = web.Application(middlewares=[compressed_json, errors_as_json])
    app.on_response_prepare.append(guard_headers)
    figures = _Figures(reader, definitions)
    outages = OutageApi(reader.tallies, definitions, figures.require)
    search = Search(reader.tallies, definitions, log)
    tickets = TicketApi(search, reader.tallies, definitions, tokens, figures.require)
    registry = CollectorRegistry()
    registry.register(TallyCollector(reader, definitions))
    registry.register(SnapshotCollector(reader, definitions))

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=exposition(registry.collect()), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes(
        [
            web.get("/metrics", metrics),
            web.get("/health", _health),
            web.get("/ready", figures.ready),
            web.get("/api/snapshot/{period}", figures.snapshot),
            web.get("/api/indicators", figures.indicators),
            web.get("/api/indicators/{id}", figures.indicator),
            web.get("/api/outages", outages.outages),
            web.get("/api/outages/{id}", outages.outage),
            web.get("/api/tickets", tickets.tickets),
        ]
    )
    BoardApi(reader, definitions, letters).add_to(app)
    BoardPage().add_to(app)
    return app


async def _health(_: web.Request) -> web.Response:
    return as_json({"status": "alive"})


class _Figures:
    """Answers requests for figures; while there is a reason not to show them, with 503 and that reason."""

    def __init__(self, reader: TallyReader, definitions: Definitions) -> None:
        self._reader, self._tallies, self._definitions = reader, reader.tallies, definitions
        self._calendar = Calendar(definitions.timezone)
        self._snapshot: tuple[tuple[str, int], bytes] | None = None

    async def ready(self, _: web.Request) -> web.Response:
        problem = self._reader.problem()
        return as_json({"ready": problem is None, "problem": problem}, 200 if problem is None else 503)

    async def snapshot(self, request: web.Request) -> web.Response:
        self.require()
        period = request.match_info["period"]
        if not is_month(period):
            raise Refusal(400, f"{period!r} is no month: write it as in /api/snapshot/2009-07")
        made_from = (period, self._tallies.version)
        if self._snapshot is None or self._snapshot[0] != made_from:
            try:
                body = write_snapshot(build_snapshot(period, self._tallies, self._definitions))
            except SnapshotError as error:
                raise Refusal(404, str(error)) from error
            self._snapshot = (made_from, body)
        return web.Response(body=self._snapshot[1], content_type="application/json")

    async def indicators(self, request: web.Request) -> web.Response:
        self.require()
        asked = _asked(request, get_args(Window))
        shown = [indicator for indicator in INDICATORS if asked.window in indicator.windows]
        return as_json(self._content(asked, [self._entry(one, asked, one.roll_ups) for one in shown]))

    async def indicator(self, request: web.Request) -> web.Response:
        self.require()
        identity = request.match_info["id"]
        indicator = next((one for one in INDICATORS if one.id == identity), None)
        if indicator is None:
            known = ", ".join(one.id for one in INDICATORS)
            raise Refusal(404, f"there is no indicator {identity!r}; there are {known}")
        asked = _asked(request, indicator.windows)
        return as_json(self._content(asked, [self._entry(indicator, asked, subsets(indicator.labels))]))

    def require(self) -> None:
        """Raise Refusal while there is a reason not to show figures."""
        problem = self._reader.problem()
        if problem is not None:
            raise Refusal(503, problem)

    def _content(self, asked: _Asked, entries: list[dict[str, Any]]) -> dict[str, Any]:
        as_of = datetime_of(self._tallies.as_of())
        return {"as_of": as_of, "window": asked.window, "outages": asked.outages, "indicators": entries}

    def _entry(self, indicator: Indicator, asked: _Asked, roll_ups: Any) -> dict[str, Any]:
        counts, day = self._tallies.window(asked.window), self._judging_day(asked.window)
        if asked.outages == WITHOUT:
            counts = without_outages(counts, (indicator.numerator, indicator.denominator))
        return {
            "id": indicator.id,
            "names": indicator.names,
            "better": indicator.better,
            "figures": [figure for labels in roll_ups for figure in self._rows(indicator, counts, labels, day)],
        }

    def _rows(
        self, indicator: Indicator, counts: Counts, labels: tuple[str, ...], day: date
    ) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        for values, (numerator, denominator) in sorted(indicator.figures(counts, labels).items()):
            named = dict(zip(labels, values, strict=True))
            rows.append(
                {
                    "labels": named,
                    "numerator": numerator,
                    "denominator": denominator,
                    "ratio": ratio_text(numerator, denominator),
                    "verdicts": verdicts(self._definitions.targets, indicator, named, (numerator, denominator), day),
                }
            )
        return rows

    def _judging_day(self, window: Window) -> date:
        """Return the day whose targets judge a window: the last of a month, else that of the clock."""
        as_of = self._tallies.as_of()
        if window not in ("month", "last_month"):
            return date.fromisoformat(self._calendar.day_of(as_of))
        month = add_months(self._calendar.month_of(as_of), 0 if window == "month" else -1)
        return self._calendar.last_day(month)


def _asked(request: web.Request, windows: tuple[Window, ...]) -> _Asked:
    window, outages = request.query.get("window", DEFAULT_WINDOW), request.query.get("outages", WITH)
    if window not in windows:
        raise Refusal(400, f"window={window} is not one of {', '.join(windows)}")
    if outages not in (WITH, WITHOUT):
        raise Refusal(400, f"outages={outages} is not one of {WITH}, {WITHOUT}")
    return _Asked(window, outages)
