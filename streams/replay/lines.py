"""Reads replay files: JSON Lines of {"topic", "key"?, "value"}, and whatever else stands in them.

A value that is an object is sent as compact JSON, a string as its UTF-8 bytes, null as an empty value. A line that is
no such object is a message by itself: its bytes go to `faults` without a key, as they stand. Empty lines are skipped.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from streams.core.events import SOURCE_TOPICS, FaultTicket
from streams.replay.errors import ReplayError

STANDARD_INPUT = Path("-")


class Message(NamedTuple):
    """One message to be sent."""

    topic: str
    key: bytes | None
    value: bytes | None


class _Described(msgspec.Struct):
    topic: str
    value: msgspec.Raw
    key: str | None = None


_DECODE = msgspec.json.Decoder(_Described).decode
_DECODE_TEXT = msgspec.json.Decoder(str).decode


def read_lines(lines: Iterable[bytes]) -> Iterator[Message]:
    """Yield the message of each line; raises ReplayError for one that names a topic that nobody reads."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            message = read_line(line.removesuffix(b"\n"))
            if message.topic not in SOURCE_TOPICS:
                known = ", ".join(SOURCE_TOPICS)
                raise ReplayError(f"line {number}: there is no topic {message.topic!r} to replay to, only: {known}")
            yield message


def read_line(line: bytes) -> Message:
    """Return the message that one line describes, or that it is."""
    try:
        described = _DECODE(line)
        value = _value(bytes(described.value))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Message(FaultTicket.topic, None, line)
    return Message(described.topic, None if described.key is None else described.key.encode(), value)


def _value(raw: bytes) -> bytes | None:
    """Return a value's bytes; raises msgspec.ValidationError where it is neither object nor string nor null."""
    match raw[:1]:
        case b"{":
            # Formatting, other than decoding and encoding, leaves numbers and repeated fields as they are.
            return msgspec.json.format(raw, indent=-1)
        case b"n":
            return None
        case _:
            return _DECODE_TEXT(raw).encode()


class ReplayFile:
    """A replay file, unpacked where its name ends in .gz; `-` is standard input.

    size_bytes: its size as it lies on disk, None where that is not known.
    """

    def __init__(self, path: Path) -> None:
        """Take the path; raises ReplayError if there is no such file."""
        self._path = path
        self._file: IO[bytes] | None = None
        self.size_bytes: int | None = None
        if path != STANDARD_INPUT:
            try:
                self.size_bytes = path.stat().st_size
            except OSError as error:
                raise ReplayError(f"{path} cannot be read: {error.strerror}") from error

    def read_bytes(self) -> int:
        """Return how many of the `size_bytes` have been read."""
        if self._file is None or self.size_bytes is None:
            return 0
        return self.size_bytes if self._file.closed else self._file.tell()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines; raises ReplayError where they cannot be read."""
        try:
            yield from self._lines()
        except (OSError, EOFError, zlib.error) as error:
            raise ReplayError(f"{self._path} cannot be read: {error}") from error

    def _lines(self) -> Iterator[bytes]:
        if self._path == STANDARD_INPUT:
            yield from sys.stdin.buffer
            return
        with self._path.open("rb") as self._file:
            yield from gzip.GzipFile(fileobj=self._file) if self._path.suffix == ".gz" else self._file
