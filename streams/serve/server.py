"""Runs the read side: one task that follows the tallies, one HTTP server, until a signal or an error ends both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

import structlog
from aiohttp import web

from streams.core.definitions import Definitions
from streams.kafka import topics
from streams.kafka.client import Connection
from streams.serve.api import make_app
from streams.serve.edition_api import EditionApi
from streams.serve.open_letters import OpenLetters
from streams.serve.reader import TallyReader
from streams.serve.tickets.search import log_of
from streams.settings import Settings

log = structlog.get_logger("streams.serve")

SHUTDOWN_SECONDS = 5.0
"""How long requests that are being answered may take when the server ends."""


Addition = Callable[[web.Application, TallyReader], None]
"""Adds routes of another room to the application; the reader has the figures that it shows."""


async def serve(settings: Settings, definitions: Definitions, additions: Sequence[Addition] = ()) -> None:
    """Answer where the settings say until SIGTERM or SIGINT, with what `additions` answer besides.

    Creates topics that are missing. Raises what ends the reader (see `TallyReader.run`), TopicsError and
    BrokerUnreachable at the start, OSError when the address is taken.
    """
    connection = Connection.from_settings(settings, "streams-serve")
    await topics.ensure(connection, settings.prefix, settings.partitions)
    reader = TallyReader(connection, settings, definitions)
    letters = OpenLetters()
    app = make_app(reader, definitions, log_of(connection, settings), letters, settings.api_tokens)
    app.add_routes(EditionApi(connection, settings).routes())
    for add in additions:
        add(app, reader)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    counting = asyncio.create_task(letters.follow(connection, settings))
    try:
        await web.TCPSite(runner, settings.serve.host, settings.serve.port).start()
        log.info("serve listens", address=f"http://{settings.serve}")
        await _follow_until_signalled(reader)
    finally:
        counting.cancel()
        await runner.cleanup()


async def _follow_until_signalled(reader: TallyReader) -> None:
    following = asyncio.create_task(reader.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, following.cancel)
    try:
        await following
    except asyncio.CancelledError:
        log.info("serve ends")
