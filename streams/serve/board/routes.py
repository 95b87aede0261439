"""Answers /api/board with everything the page shows, and /api/board/events with the same again whenever it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from streams.core.definitions import Definitions
from streams.serve.answers import Refusal
from streams.serve.board.broadcaster import Broadcaster, Mailbox, State, TooManyClients, deflated
from streams.serve.board.content import BoardContent
from streams.serve.open_letters import OpenLetters
from streams.serve.reader import TallyReader

HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 10.0
"""A client that takes nothing for so long is dropped: it comes back, and gets the whole state."""
RETRY = b"retry: 2000\n\n"
HEARTBEAT = b": still here\n\n"
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class BoardApi:
    """The handlers, and the task that tells those who listen."""

    def __init__(self, reader: TallyReader, definitions: Definitions, letters: OpenLetters) -> None:
        """Take what is merged, the definitions, and what counts the dead letters."""
        content = BoardContent(reader, definitions, letters)

        def state() -> State:
            return reader.tallies.version, letters.count, reader.problem()

        self.broadcaster = Broadcaster(state, content.build)

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application, and the task to its life."""
        app.add_routes([web.get("/api/board", self.board), web.get("/api/board/events", self.events)])
        app.cleanup_ctx.append(self._broadcasting)
        app.on_shutdown.append(self._end)

    async def _broadcasting(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self.broadcaster.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _end(self, _: web.Application) -> None:
        self.broadcaster.close()

    async def board(self, _: web.Request) -> web.Response:
        """Answer with everything at once."""
        return web.Response(body=self.broadcaster.latest().body, content_type="application/json")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Answer with everything, and again whenever it has changed, for as long as the client listens."""
        try:
            with self.broadcaster.listening() as mailbox:
                return await self._tell(request, mailbox)
        except TooManyClients:
            raise Refusal(503, "too many clients listen: ask /api/board instead, or come back later") from None

    async def _tell(self, request: web.Request, mailbox: Mailbox) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        is_compressed = "gzip" in request.headers.get("Accept-Encoding", "")
        if is_compressed:
            response.headers["Content-Encoding"] = "gzip"
        await response.prepare(request)
        retry, heartbeat = (deflated(RETRY), deflated(HEARTBEAT)) if is_compressed else (RETRY, HEARTBEAT)
        with suppress(TimeoutError, ConnectionResetError):
            await _write(response, GZIP_HEADER + retry if is_compressed else retry)
            while True:
                try:
                    edition = await asyncio.wait_for(mailbox.take(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await _write(response, heartbeat)
                else:
                    if edition is None:
                        return response
                    await _write(response, edition.deflated_event if is_compressed else edition.event)
        if request.transport is not None:
            request.transport.abort()
        return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(data)
