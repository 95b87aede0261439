"""What all answers of the API share: JSON, and errors that say what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


SMALLEST_COMPRESSED_BYTES = 1_024
RETRY_SECONDS = 5
# The chart library writes style elements, and draws pictures to be saved; nothing comes from another host.
_ALLOWED: Mapping[str, str | None] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(others: Mapping[str, str | None] = MappingProxyType({})) -> str:
    """Return what a page may load: that of all pages, with `others` (directive → sources, None: by default-src)."""
    allowed = {**_ALLOWED, **others}
    return "; ".join(f"{directive} {sources}" for directive, sources in allowed.items() if sources is not None)


HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


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
        response = as_json({"error": refusal.error}, refusal.status)
        if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    except web.HTTPException as error:
        return as_json({"error": f"{error.reason}: {request.method} {request.path}"}, error.status)


@web.middleware
async def compressed_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress long JSON for who accepts it."""
    response = await handler(request)
    if (
        isinstance(response, web.Response)
        and response.content_type == "application/json"
        and "Content-Encoding" not in response.headers
        and isinstance(response.body, bytes)
        and len(response.body) >= SMALLEST_COMPRESSED_BYTES
    ):
        response.enable_compression()
    return response


async def guard_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Let browsers load nothing from elsewhere and keep no figure, unless the handler says otherwise."""
    for name, content in HEADERS.items():
        response.headers.setdefault(name, content)


def as_json(content: Any, status: int = 200) -> web.Response:
    """Return an answer."""
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
