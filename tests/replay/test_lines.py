"""What a replay file's lines mean."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.replay.errors import ReplayError
from streams.replay.lines import Message, ReplayFile, read_line, read_lines
from streams.samples.lines import Line, replay_line

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
values = st.one_of(
    st.none(),
    st.text().map(str.encode),
    st.dictionaries(st.text(), json_values, max_size=3).map(
        lambda value: json.dumps(value, separators=(",", ":")).encode()
    ),
)


@given(key=st.none() | st.text().map(str.encode), value=values)
def test_a_written_line_is_read_as_the_same_message(key: bytes | None, value: bytes | None) -> None:
    """Whatever a sample writes to a replay file, the replayer sends: key and value byte for byte."""
    assert read_line(replay_line(Line("faults", key, value, 0))) == Message("faults", key, value)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (
            b'{"topic": "faults", "value": {"id": "1", "revision": 1.0, "id": "2" }}',
            b'{"id":"1","revision":1.0,"id":"2"}',
        ),
        (b'{"topic": "faults", "value": "112 TEST"}', b"112 TEST"),
        (b'{"topic": "faults", "value": "\\u969c"}', "障".encode()),
        (b'{"topic": "faults", "value": ""}', b""),
        (b'{"topic": "faults", "value": null}', None),
    ],
)
def test_a_value_is_sent_as_its_kind_says(line: bytes, value: bytes | None) -> None:
    """An object goes out as compact JSON with all that stood in it, text as its bytes, null as an empty message."""
    assert read_line(line) == Message("faults", None, value)


@pytest.mark.parametrize(
    "line",
    [
        b"112 TEST 6332827 LOOP OPEN",
        "障碍申告".encode("gb18030"),
        b'{"id": "N1", "revision": 1}',
        b'{"topic": "faults"}',
        b'{"topic": "faults", "value": 7}',
        b'{"topic": "faults", "value": [1]}',
        b'{"topic": "faults", "key": 6332827, "value": {}}',
        b'{"topic": "faults", "value": {"id": 1}',
        b'["faults", {}]',
        b'{"topic": "faults", "value": "\\ud800"}',
    ],
)
def test_a_line_that_is_no_such_object_is_a_message_by_itself(line: bytes) -> None:
    """It goes to faults as it stands, without a key, so that the dead letters show what the source sent."""
    assert read_line(line) == Message("faults", None, line)


def test_empty_lines_are_skipped_and_the_last_needs_no_end() -> None:
    """A file may have empty lines, and end without a line break."""
    lines = io.BytesIO(b'\n{"topic":"faults","value":"a"}\n \nb')
    assert list(read_lines(lines)) == [Message("faults", None, b"a"), Message("faults", None, b"b")]


def test_a_topic_that_nobody_reads_is_told_with_its_line() -> None:
    """A misspelt topic is no message for faults: the replay stops and says where."""
    with pytest.raises(ReplayError, match=r"line 2: there is no topic 'fault' to replay to, only: faults"):
        list(read_lines([b"first\n", b'{"topic": "fault", "value": {}}\n']))


def test_a_file_is_read_plain_packed_or_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lines come out of all three; a file also tells how much of it is read."""
    content = b"first\nsecond\n"
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    for path in (plain, packed, Path("-")):
        file = ReplayFile(path)
        assert list(file) == [b"first\n", b"second\n"]
        assert file.read_bytes() == (file.size_bytes or 0)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file, and one that is damaged half-way, give an error that names it."""
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(gzip.compress(b"first\n" * 10_000)[:-20])
    with pytest.raises(ReplayError, match=r"missing\.jsonl cannot be read"):
        ReplayFile(tmp_path / "missing.jsonl")
    with pytest.raises(ReplayError, match=r"damaged\.jsonl\.gz cannot be read"):
        list(ReplayFile(damaged))
