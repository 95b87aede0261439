"""Answers requests for mass outages: those of a month, those of now, and one with its reports by the minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from streams.core.definitions import Definitions
from streams.core.documents import instant_text
from streams.core.merged import MergedTallies
from streams.core.months import MINUTE, is_month
from streams.core.outages.known import known_outages, open_suspicions, reports_of
from streams.core.outages.month import live_outages, month_of_outages, outage_by_itself
from streams.core.outages.reports import Reports
from streams.serve.answers import Refusal, as_json
from streams.serve.labels import outage_label

LIVE = "live"


class OutageApi:
    """The handlers; `require_figures` raises Refusal while the tallies must not be shown."""

    def __init__(self, tallies: MergedTallies, definitions: Definitions, require_figures: Callable[[], None]) -> None:
        """Take what is merged, the definitions, and what tells whether to answer."""
        self._tallies, self._definitions, self._require_figures = tallies, definitions, require_figures

    async def outages(self, request: web.Request) -> web.Response:
        """Answer with the outages of `?month=2009-07`, or with those of now (the default, or `?month=live`)."""
        self._require_figures()
        month = request.query.get("month", LIVE)
        content: dict[str, Any] = {"as_of": instant_text(self._tallies.as_of()), "month": month}
        if month == LIVE:
            content["outages"] = live_outages(self._tallies, self._definitions)
            content["suspected"] = open_suspicions(self._tallies)
        elif is_month(month):
            found = month_of_outages(month, self._tallies, self._definitions)
            content |= {"outages": found.outages, "totals": found.totals}
        else:
            raise Refusal(400, f"month={month} is neither {LIVE} nor a month written as 2009-07")
        return as_json(content)

    async def outage(self, request: web.Request) -> web.Response:
        """Answer with one outage, by its id or what metrics show in its place; hours are those of its first month."""
        self._require_figures()
        identity = request.match_info["id"]
        known = known_outages(self._tallies)
        outage = next((one for one in known if identity in (one.id, outage_label(one.id))), None)
        if outage is None:
            raise Refusal(404, f"there is no outage {identity!r}: /api/outages?month=2009-07 lists those of a month")
        [reports] = reports_of([outage], self._tallies, self._definitions).values()
        content = {
            "as_of": instant_text(self._tallies.as_of()),
            "outage": outage_by_itself(outage, known, self._tallies, self._definitions),
            "reports_by_minute": _by_minute(reports),
        }
        return as_json(content)


def _by_minute(reports: Reports) -> list[dict[str, Any]]:
    return [
        {
            "at": instant_text(minute * MINUTE),
            "fault_tickets": reports.fault_tickets.get(minute, 0),
            "complaints": reports.complaints.get(minute, 0),
        }
        for minute in reports.minutes()
    ]
