"""What all answers of the API share: JSON, and errors that say what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """A request that cannot be answered: HTTP status, and what is wrong."""

    def __init__(self, status: int, error: str) -> None:
        """Take both."""
        super().__init__(error)
        self.status, self.error = status, error


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors in JSON too."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return as_json({"error": refusal.error}, refusal.status)
    except web.HTTPException as error:
        return as_json({"error": f"{error.reason}: {request.method} {request.path}"}, error.status)


def as_json(content: Any, status: int = 200) -> web.Response:
    """Return an answer."""
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
