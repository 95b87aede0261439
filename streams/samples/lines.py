"""The lines of a sample: messages with their arrival, and the replay file they can be written to."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec


class Line(NamedTuple):
    """One message as it reaches the broker.

    `at` is the simulated instant of arrival in microseconds since the epoch; the replayer's clock follows it.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    at: int


def write(path: Path, lines: Iterable[Line]) -> int:
    """Write `lines` as a replay file (JSON Lines; compressed when the name ends in .gz).

    Returns:
        the number of lines written. The same lines give the same bytes.
    """
    count = 0
    with path.open("wb") as raw:
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else None
        file = cast("IO[bytes]", packed or raw)
        for line in lines:
            file.write(replay_line(line) + b"\n")
            count += 1
        if packed:
            packed.close()
    return count


def replay_line(line: Line) -> bytes:
    """Return the line of the replay file that makes the replayer send exactly this message.

    Raises:
        ValueError: the bytes are no UTF-8 text and cannot stand bare either, because they have a key or a line break.
    """
    try:
        return _described(line)
    except UnicodeDecodeError:
        value = line.value or b""
        if line.key is not None or b"\n" in value:
            raise ValueError("a value that is not UTF-8 needs to have neither key nor line break") from None
        return value


def _described(line: Line) -> bytes:
    described: dict[str, object] = {"topic": line.topic}
    if line.key is not None:
        described["key"] = line.key.decode()
    if line.value is None or _is_object(line.value):
        described["value"] = msgspec.Raw(line.value or b"null")
    else:
        described["value"] = line.value.decode()
    return msgspec.json.encode(described)


def _is_object(value: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(value), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
