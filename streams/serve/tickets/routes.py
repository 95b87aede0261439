"""Answers /api/tickets: a page of the tickets behind a figure, with masked numbers for who may not see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from streams.core.definitions import Definitions
from streams.core.documents import instant_text
from streams.core.finding import Found
from streams.core.merged import MergedTallies
from streams.core.months import NEVER, Calendar, instant_of
from streams.credentials import ApiToken
from streams.logs import masked_text
from streams.serve.answers import Refusal, as_json
from streams.serve.tickets.access import masked_number, role_of, without_number
from streams.serve.tickets.asking import page, question
from streams.serve.tickets.search import Search

ENDS = ("restored_at", "answered_at", "completed_at")
"""What says that a fact is over, by the kind that it is of."""
WORDS = (
    "status", "service", "brand", "product", "department", "responsible", "channel", "category", "subcategory",
    "symptom", "cause", "reached", "satisfied",
)  # fmt: skip
"""Further fields that are told, of the kinds that have them."""


class TicketApi:
    """The handler; `require_figures` raises Refusal while the tallies must not be shown."""

    def __init__(
        self,
        search: Search,
        tallies: MergedTallies,
        definitions: Definitions,
        tokens: Sequence[ApiToken],
        require_figures: Callable[[], None],
    ) -> None:
        """Take what looks through the log, the tallies' clock, and whose tokens are good."""
        self._search, self._tallies, self._tokens = search, tallies, tokens
        self._definitions, self._calendar = definitions, Calendar(definitions.timezone)
        self._require_figures = require_figures

    async def tickets(self, request: web.Request) -> web.Response:
        """Answer with one page."""
        role = role_of(request, self._tokens)
        query = dict(request.query)
        wanted = page(query)
        if wanted.numbers == "whole" and role != "agent":
            raise Refusal(403, "numbers=whole needs the token of an agent")
        self._require_figures()
        asked = question(query, self._calendar.month_of(self._tallies.as_of()))
        answer = await self._search.answer(asked)
        end = wanted.start + wanted.limit
        content = {
            "as_of": instant_text(answer.as_of),
            "upto": answer.upto,
            "total": answer.total,
            "masked": wanted.numbers != "whole",
            "tickets": [self._ticket(one, wanted.numbers) for one in answer.found[wanted.start : end]],
            "next": str(end) if end < len(answer.found) else None,
        }
        return as_json(content)

    def _ticket(self, found: Found, numbers: str) -> dict[str, Any]:
        event = found.event
        number = getattr(event, "subscriber", None)
        told: dict[str, Any] = {
            "topic": found.topic,
            "id": event.id,
            "subscriber": number,
            "branch": event.branch or (number and self._definitions.branch_of_number(number)),
            "at": instant_text(instant_of(event.happened_at())),
            "due_at": None if found.deadline == NEVER else instant_text(found.deadline),
            "ended_at": _ended(event),
            "outage": found.outage,
        }
        told |= {name: content for name in WORDS if (content := getattr(event, name, None)) is not None}
        return told if numbers == "whole" else _masked(told, number)


def _ended(event: Any) -> str | None:
    moments = (getattr(event, name, None) for name in ENDS)
    return next((instant_text(instant_of(moment)) for moment in moments if moment is not None), None)


def _masked(told: dict[str, Any], number: str | None) -> dict[str, Any]:
    """Return what a viewer sees: no number, neither in its field nor in a text."""
    masked = {
        name: masked_text(content) if name in WORDS and isinstance(content, str) else content
        for name, content in told.items()
    }
    masked["id"] = without_number(told["id"], number)
    masked["subscriber"] = None if number is None else masked_number(number)
    return masked
