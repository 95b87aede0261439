"""The sample's bytes: the same in every run, and the same again after a way through a replay file."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from streams.samples import july_2009
from streams.samples.lines import Line, replay_line, write

Message = tuple[str, bytes | None, bytes | None]
DIGEST = """
from streams.samples import july_2009
from tests.samples.test_july_2009_bytes import digest
print(digest(july_2009.lines()))
"""


def digest(lines: Iterable[Line]) -> str:
    """Return a hash of everything in the lines."""
    result = hashlib.sha256()
    for line in lines:
        result.update(repr(tuple(line)).encode())
    return result.hexdigest()


def test_every_process_makes_the_same_bytes(lines: list[Line]) -> None:
    """Another process with another order of hashes makes the same messages, arrivals included."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    other = subprocess.run([sys.executable, "-c", DIGEST], env=environment, capture_output=True, check=True, text=True)
    assert other.stdout.strip() == digest(lines)


def test_replay_file_holds_the_messages(lines: list[Line], tmp_path: Path) -> None:
    """A replay file, plain or compressed, sends what the sample sends; writing it twice gives the same bytes."""
    plain, packed, again = (tmp_path / name for name in ("july.jsonl", "july.jsonl.gz", "again.jsonl.gz"))
    counts = july_2009.write(packed), write(again, lines), write(plain, lines)
    assert set(counts) == {len(lines)}
    assert packed.read_bytes() == again.read_bytes()
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    replayed = [_message(line) for line in plain.read_bytes().removesuffix(b"\n").split(b"\n")]
    assert replayed == [(line.topic, line.key, line.value) for line in lines]


def test_what_a_file_cannot_hold_is_refused() -> None:
    """Bytes that are no UTF-8 stand bare in a replay file, so a key beside them would be lost: an error says so."""
    assert replay_line(Line("faults", None, b"\xb9\xca", 0)) == b"\xb9\xca"
    with pytest.raises(ValueError, match="not UTF-8"):
        replay_line(Line("faults", b"6332827", b"\xb9\xca", 0))


def _message(line: bytes) -> Message:
    """Read a line by the contract of the replay file."""
    try:
        described = json.loads(line)
    except ValueError:
        return "faults", None, line
    value = described["value"]
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    key = described.get("key")
    return described["topic"], key and key.encode(), value if value is None else value.encode()
