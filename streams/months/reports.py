"""A month's snapshots and reports, which `streams` makes in other processes, one at a time; the last ones are kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

import msgspec

from streams.core.editions import Editions
from streams.core.merged import MergedTallies
from streams.core.snapshot import SNAPSHOT_FILE
from streams.months.children import Children, Lane
from streams.months.texts import TextFiles
from streams.reports.document import Language
from streams.reports.document.files import FILE_NAME
from streams.reports.document.templates import DECK_TEMPLATE, PAPER_TEMPLATE
from streams.settings import Settings

WORK_SECONDS = 180.0
"""A report of a million tickets takes 30 s on a machine that does nothing else."""
MOST_KEPT_BYTES = 64 << 20
MOST_SNAPSHOTS = 4

Made = TypeVar("Made")


class Document(NamedTuple):
    """A snapshot as it is written, its digest, and the number of its edition (0: figures as they stand)."""

    body: bytes
    sha256: str
    edition: int


class _Named(msgspec.Struct):
    sha256: str
    edition: int


def document_of(body: bytes) -> Document:
    """Return a snapshot's document with what names it."""
    named = msgspec.json.decode(body, type=_Named)
    return Document(body, named.sha256, named.edition)


class _Shared:
    """Lets all who want the same thing at the same time wait for one making of it."""

    def __init__(self) -> None:
        self._making: dict[Hashable, asyncio.Future[Any]] = {}

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(make())
            making.add_done_callback(lambda _: self._making.pop(key, None))
        made: Made = await asyncio.shield(making)
        return made


class Snapshots:
    """Documents of editions, and of months as the tallies stand."""

    def __init__(self, children: Children, lane: Lane, tallies: MergedTallies) -> None:
        """Take what runs processes, one at a time, and the tallies, whose version tells when a snapshot is old."""
        self._children, self._lane, self._tallies = children, lane, tallies
        self._kept: OrderedDict[tuple[str, int], Document] = OrderedDict()
        self._shared = _Shared()

    async def of(self, period: str, number: int, editions: Editions) -> Document:
        """Return the document of an edition that there is, or of the figures as they stand (0). Raises Refusal."""
        edition = editions.get(period, number)
        return await self.now(period) if edition is None else document_of(editions.document(edition))

    async def now(self, period: str) -> Document:
        """Return the snapshot of the tallies as they stand. Raises Refusal with what `streams snapshot` says."""
        version = self._tallies.version
        if (period, version) in self._kept:
            return self._kept[period, version]
        document = await self._shared.get(period, lambda: self._take(period))
        self._kept[period, version] = document
        while len(self._kept) > MOST_SNAPSHOTS:
            self._kept.popitem(last=False)
        return document

    async def _take(self, period: str) -> Document:
        async with self._lane.turn():
            with TemporaryDirectory(prefix="streams-months-") as folder:
                await self._children.run(("streams", "snapshot", period, "--out", folder), seconds=WORK_SECONDS)
                return document_of((Path(folder) / SNAPSHOT_FILE).read_bytes())


class Asked(NamedTuple):
    """Which report is wanted: its format (a key of WRITERS) and language."""

    format: str
    language: Language


class Reports:
    """Reports of snapshots, written by `streams report`; those asked for last are kept."""

    def __init__(self, children: Children, lane: Lane, settings: Settings, texts: TextFiles) -> None:
        """Take what runs processes, one at a time, and where templates and texts are."""
        self._children, self._lane, self._texts = children, lane, texts
        self._templates = [settings.definitions_dir / name for name in (DECK_TEMPLATE, PAPER_TEMPLATE)]
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._shared = _Shared()

    async def of(self, period: str, document: Document, asked: Asked) -> bytes:
        """Return a report's bytes. Raises Refusal with what `streams report` says."""
        key = (document.sha256, self._inputs(period), asked)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        body = await self._shared.get(key, lambda: self._write(period, document, asked))
        self._kept[key] = body
        while sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)
        return body

    def _inputs(self, period: str) -> str:
        """Return a name of what a report is made of beside its snapshot."""
        templates = (hashlib.sha256(path.read_bytes()).hexdigest() for path in self._templates if path.exists())
        return " ".join((self._texts.tag(period), *templates))

    async def _write(self, period: str, document: Document, asked: Asked) -> bytes:
        async with self._lane.turn():
            with TemporaryDirectory(prefix="streams-months-") as name:
                folder = Path(name)
                file = folder / SNAPSHOT_FILE
                file.write_bytes(document.body)
                options = ("--format", asked.format, "--lang", asked.language, "--snapshot", str(file), "--out", name)
                await self._children.run(("streams", "report", period, *options), seconds=WORK_SECONDS)
                return (folder / f"{FILE_NAME}.{asked.format}").read_bytes()
