"""What published documents have in common: canonical JSON with a digest, and how far into the log they go."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

from streams.core.merged import MergedTallies
from streams.core.months import datetime_of

_ENCODE_SORTED = msgspec.json.Encoder(order="sorted").encode
_ENCODE = msgspec.json.Encoder().encode


Document = TypeVar("Document", bound=msgspec.Struct)
"""A Struct of figures whose field `sha256` is the digest of the others."""


def sealed(document: Document) -> Document:
    """Return a document with the digest of its content in it."""
    return msgspec.structs.replace(document, sha256=digest(document))


def digest(document: msgspec.Struct) -> str:
    """Return the SHA-256 of a document's canonical JSON (sorted keys, no white space) without its digest."""
    without = msgspec.structs.asdict(document)
    del without["sha256"]
    return hashlib.sha256(_ENCODE_SORTED(without)).hexdigest()


def write_document(document: msgspec.Struct) -> bytes:
    """Return a document as indented JSON, in the order in which a reader wants it."""
    return msgspec.json.format(_ENCODE(document), indent=1) + b"\n"


def offsets(tallies: MergedTallies) -> dict[str, dict[str, int]]:
    """Return the log below which the tallies count: topic → partition → next offset."""
    found: dict[str, dict[str, int]] = {}
    for partition, head in sorted(tallies.heads.items()):
        for topic, offset in sorted(head.applied.items()):
            found.setdefault(topic, {})[str(partition)] = offset
    return found


def instant_text(instant: int) -> str:
    """Return an instant (microseconds) as an RFC 3339 date-time in UTC."""
    return datetime_of(instant).isoformat().replace("+00:00", "Z")
