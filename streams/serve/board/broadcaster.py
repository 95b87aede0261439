"""Puts the board's content into bytes once for each version, however many clients look on, and hands it to them."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
import structlog

log = structlog.get_logger("streams.serve")

SECONDS_BETWEEN = 1.0
"""There is a new edition at most so often, whatever changes."""
LOOK_SECONDS = 0.2
MOST_CLIENTS = 200
COMPRESSION_LEVEL = 5

State = tuple[object, ...]
"""All that the content depends on; last the problem that keeps figures from being shown, None where there is none."""


class Edition(NamedTuple):
    """The content as one JSON document; and as a server-sent event, plain and as a piece of a deflate stream.

    The pieces refer to nothing before them, so every client may begin with any of them.
    """

    version: str
    body: bytes
    event: bytes
    deflated_event: bytes


class TooManyClients(Exception):
    """No further client can listen now."""


class Broadcaster:
    """Makes an edition when the state has changed, for those who ask and for those who listen."""

    def __init__(self, state: Callable[[], State], build: Callable[[], dict[str, Any]]) -> None:
        """Take what tells whether there is anything new, and what makes the content."""
        self._state, self._build = state, build
        self._made_of: State | None = None
        self._made_at = 0.0
        self._edition: Edition | None = None
        self._clients: set[Mailbox] = set()
        self.editions = 0

    def latest(self) -> Edition:
        """Return the edition of now, or one less than SECONDS_BETWEEN old; a problem is told at once."""
        state = self._state()
        if self._edition is None or self._made_of is None or self._is_due(state, self._made_of):
            self._edition, self._made_of, self._made_at = _edition(self._build()), state, time.monotonic()
            self.editions += 1
        return self._edition

    def _is_due(self, state: State, made_of: State) -> bool:
        if state[-1] != made_of[-1]:
            return True
        return state != made_of and time.monotonic() - self._made_at >= SECONDS_BETWEEN

    @contextmanager
    def listening(self) -> Iterator[Mailbox]:
        """Give a mailbox that gets every edition from now on. Raises TooManyClients."""
        if len(self._clients) >= MOST_CLIENTS:
            raise TooManyClients
        mailbox = Mailbox()
        mailbox.put(self.latest())
        self._clients.add(mailbox)
        try:
            yield mailbox
        finally:
            self._clients.discard(mailbox)

    async def run(self) -> None:
        """Hand out new editions for ever; while nobody listens none is made."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._clients:
                continue
            try:
                edition = self.latest()
            except Exception:
                # Whoever comes back is told what is wrong, or is served again.
                log.exception("the board's content could not be made")
                self.close()
                continue
            for mailbox in self._clients:
                mailbox.put(edition)

    def close(self) -> None:
        """Let those who listen go."""
        for mailbox in self._clients:
            mailbox.close()


class Mailbox:
    """Holds the newest edition that a client has not taken: who is slow misses some, and never makes a queue."""

    def __init__(self) -> None:
        self._edition: Edition | None = None
        self._taken = ""
        self._is_closed = False
        self._is_new = asyncio.Event()

    def put(self, edition: Edition) -> None:
        """Let the client have the edition next, unless it is the one that it took last."""
        if edition.version != self._taken:
            self._edition = edition
            self._is_new.set()

    def close(self) -> None:
        """Let the client know that nothing more comes."""
        self._is_closed = True
        self._is_new.set()

    async def take(self) -> Edition | None:
        """Wait for an edition that is new to the client, and return it; None once nothing more comes."""
        while (edition := self._edition) is None:
            if self._is_closed:
                return None
            await self._is_new.wait()
        self._edition, self._taken = None, edition.version
        self._is_new.clear()
        return edition


def _edition(content: dict[str, Any]) -> Edition:
    figures = msgspec.json.encode(content)
    version = blake2b(figures, digest_size=8).hexdigest()
    body = msgspec.json.encode({"version": version, **content})
    event = b"event: update\ndata: " + body + b"\n\n"
    return Edition(version, body, event, deflated(event))


def deflated(data: bytes) -> bytes:
    """Return a piece of a raw deflate stream that can follow any other."""
    compressor = zlib.compressobj(COMPRESSION_LEVEL, wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)
