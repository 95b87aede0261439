"""Serves the board's page and the writers': their files as this package has them, and plotly.js as its wheel has it."""

from __future__ import annotations

import gzip
import mimetypes
from hashlib import blake2b
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Self

from aiohttp import web

from streams.serve.answers import content_security_policy

STATIC = "/static/"
INDEX, MONTHS = "index.html", "months.html"
# The writers' page shows a report in a frame.
MONTHS_POLICY = content_security_policy({"frame-src": "'self'"})
CHART_LIBRARY = "plotly.min.js"
_CHART_DISTRIBUTION, _CHART_FILE = "plotly", "plotly/package_data/plotly.min.js"
REVALIDATE = "no-cache"
"""Browsers keep a file, and ask each time whether it is still the same."""


class _File(NamedTuple):
    """A file as it is sent; the tag tells whether a browser has it already."""

    content_type: str
    tag: str
    body: bytes
    compressed: bytes

    @classmethod
    def of(cls, name: str, body: bytes) -> Self:
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(content_type, blake2b(body, digest_size=12).hexdigest(), body, gzip.compress(body, mtime=0))

    def answer(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": REVALIDATE, "ETag": f'"{self.tag}"', "Vary": "Accept-Encoding"}
        if any(tag.value == self.tag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        body = self.body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = self.compressed, "gzip"
        return web.Response(body=body, content_type=self.content_type, charset="utf-8", headers=headers)


class BoardPage:
    """The page and its files, read and compressed once; the chart library when somebody first asks for it."""

    def __init__(self) -> None:
        """Read the page's own files."""
        folder = files("streams.serve.board").joinpath("static")
        self._files = {file.name: _File.of(file.name, file.read_bytes()) for file in folder.iterdir()}

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.add_routes(
            [web.get("/", self.index), web.get("/months", self.months), web.get(f"{STATIC}{{name}}", self.file)]
        )

    async def index(self, request: web.Request) -> web.Response:
        """Answer with the page."""
        return self._files[INDEX].answer(request)

    async def months(self, request: web.Request) -> web.Response:
        """Answer with the page of the months."""
        response = self._files[MONTHS].answer(request)
        response.headers["Content-Security-Policy"] = MONTHS_POLICY
        return response

    async def file(self, request: web.Request) -> web.Response:
        """Answer with one of the page's files, or with plotly.js."""
        name = request.match_info["name"]
        if name == CHART_LIBRARY and name not in self._files:
            self._files[name] = _File.of(name, chart_library().read_bytes())
        if name not in self._files:
            raise web.HTTPNotFound
        return self._files[name].answer(request)


def chart_library() -> Path:
    """Return where plotly's wheel has plotly.js; its package need not be imported for that."""
    return Path(str(distribution(_CHART_DISTRIBUTION).locate_file(_CHART_FILE)))
