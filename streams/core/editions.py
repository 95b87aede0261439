"""Editions of a month's snapshot: the record of each, and how it and its document become Kafka records and files."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from streams.core.head import ClosedMonth, Head, Offsets
from streams.core.snapshot import Snapshot, write_snapshot

EDITIONS_TOPIC = "snapshots"
PART_BYTES = 1 << 20
"""A document is kept compressed, in parts of this size: a record of the topic takes four times as much."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What is on record about one edition of a month: where in the log it was counted, and what it is.

    number: 1 for the frozen snapshot, higher for restatements. reason: why it was restated.
    as_of: the clock that was counted at. offsets: the broker's, below which was counted: topic → partition → offset.
    closed: the months closed by then, by partition. records: how many were counted, over all topics.
    sha256: the snapshot's own. moved: how many figures are other than in the edition before.
    parts: how many records hold the document. frozen_at: when the broker took it, None before (not part of the record).
    """

    period: str
    number: int
    state: Literal["frozen", "restated"]
    reason: str | None
    as_of: str
    offsets: dict[str, dict[str, int]]
    closed: dict[str, list[ClosedMonth]]
    records: int
    definitions: str
    sha256: str
    moved: int
    parts: int = 0
    frozen_at: str | None = None

    @property
    def file_name(self) -> str:
        """Return the name of the file that the edition's document is written to."""
        return "snapshot.json" if self.number == 1 else f"snapshot-restated-{self.number - 1}.json"

    def heads(self, as_of: int) -> dict[int, Head]:
        """Return what the partitions' heads were taken to be: the edition is a recount up to them."""
        applied: dict[int, Offsets] = {}
        for topic, by_partition in self.offsets.items():
            for partition, offset in by_partition.items():
                applied.setdefault(int(partition), {})[topic] = offset
        return {
            partition: Head(offsets, {}, {}, as_of, self.closed.get(str(partition), []), self.definitions, settled=True)
            for partition, offsets in applied.items()
        }


def edition_of(snapshot: Snapshot, heads: dict[int, Head]) -> Edition:
    """Return the record of a frozen or restated snapshot that was counted up to these heads."""
    restated = snapshot.restatement
    offsets: dict[str, dict[str, int]] = {}
    for partition, head in sorted(heads.items()):
        for topic, offset in sorted(head.applied.items()):
            offsets.setdefault(topic, {})[str(partition)] = offset
    return Edition(
        period=snapshot.period,
        number=snapshot.edition,
        state="frozen" if restated is None else "restated",
        reason=None if restated is None else restated.reason,
        as_of=snapshot.as_of,
        offsets=offsets,
        closed={str(partition): head.closed for partition, head in sorted(heads.items()) if head.closed},
        records=sum(sum(of_topic.values()) for of_topic in snapshot.records.values()),
        definitions=snapshot.definitions,
        sha256=snapshot.sha256,
        moved=0 if restated is None else len(restated.moved),
    )


def records_of(edition: Edition, snapshot: Snapshot) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of an edition, key and value: the parts of its document, and last what is on record of it."""
    content = zlib.compress(write_snapshot(snapshot), 9)
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    key = f"{edition.period}/{edition.number}"
    for place, part in enumerate(parts):
        yield f"{key}/{edition.sha256}/{place}".encode(), part
    yield key.encode(), msgspec.json.encode(msgspec.structs.replace(edition, parts=len(parts)))


class Editions:
    """The editions of all months, read from the topic's records in order.

    An edition is what its first record says: where a broker has no transactions to keep two people from writing the
    same number, the one who came first has it.
    """

    def __init__(self) -> None:
        self._editions: dict[tuple[str, int], Edition] = {}
        self._parts: dict[str, bytes] = {}

    def read(self, key: bytes, value: bytes, written_at: str) -> None:
        """Take in the next record; `written_at` is the broker's time of it. Raises msgspec.DecodeError."""
        name = key.decode()
        if name.count("/") > 1:
            self._parts[name] = value
            return
        edition = msgspec.structs.replace(msgspec.json.decode(value, type=Edition), frozen_at=written_at)
        self._editions.setdefault((edition.period, edition.number), edition)

    def all(self, period: str | None = None) -> list[Edition]:
        """Return the editions of a month, or of all months, in order."""
        return [edition for (month, _), edition in sorted(self._editions.items()) if period in (None, month)]

    def last(self, period: str) -> Edition | None:
        """Return the edition of a month that is in force, None where it was never frozen."""
        return next(reversed(self.all(period)), None)

    def get(self, period: str, number: int) -> Edition | None:
        """Return one edition."""
        return self._editions.get((period, number))

    def document(self, edition: Edition) -> bytes:
        """Return an edition's snapshot as it was written: the bytes of its file."""
        key = f"{edition.period}/{edition.number}/{edition.sha256}"
        return zlib.decompress(b"".join(self._parts[f"{key}/{place}"] for place in range(edition.parts)))


def is_sound(edition: Edition, document: bytes) -> bool:
    """Tell whether a document is the edition's, unchanged: its digest is that of its content, and the one on record."""
    content = msgspec.json.decode(document)
    sha256 = content.pop("sha256")
    found = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
    return bool(sha256 == found == edition.sha256)
