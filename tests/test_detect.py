"""`streams detect`: anyone's history of tickets, from a CSV file to alarms."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from streams.cli import streams

BURST_AT = datetime(2026, 3, 12, 14, 0)  # noqa: DTZ001 - the file says it without an offset
ROWS = tuple[str, str, str, str]


def _rows(days: int = 14) -> list[ROWS]:
    """A ticket or so an hour over nine cells, and a burst of 40 lines within 40 minutes in A/y; in no order of time."""
    random = Random(3)
    begin = BURST_AT - timedelta(days=11, hours=14)
    quiet = [
        (begin + timedelta(seconds=random.randrange(days * 86_400)), random.choice("ABC"), random.choice("xyz"))
        for _ in range(400)
    ]
    burst = [(BURST_AT + timedelta(seconds=random.randrange(2_400)), "A", "y") for _ in range(40)]
    rows = [
        (f"{at:%Y-%m-%d %H:%M:%S}", area, block, str(number)) for number, (at, area, block) in enumerate(quiet + burst)
    ]
    random.shuffle(rows)
    return rows


def _write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("opened at", "area", "block", "line"), *rows])
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """The history as a file."""
    return _write(tmp_path / "tickets.csv", _rows())


def _detect(*arguments: object, **options: object) -> Result:
    return CliRunner().invoke(streams, ["detect", *map(str, arguments)], **options)


def _alarms(*arguments: object, **options: object) -> list[dict[str, object]]:
    result = _detect(*arguments, "--json", **options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_burst_is_one_alarm_with_exactly_these_keys(history: Path) -> None:
    """Each line of the JSON is an alarm: when it was raised, where, what it is, how many reports, from when to when."""
    (alarm,) = _alarms(history, "--time", "opened at", "--cell", "area,block", "--timezone", "UTC")
    assert list(alarm) == ["at", "cell", "kind", "reports", "first_report_at", "ended_at"]
    assert (alarm["cell"], alarm["kind"]) == ("A/y", "outage")
    assert 40 <= int(str(alarm["reports"])) <= 43
    begin = BURST_AT.replace(tzinfo=UTC)
    first, at, ended = (datetime.fromisoformat(str(alarm[key])) for key in ("first_report_at", "at", "ended_at"))
    assert begin <= first < at <= begin + timedelta(minutes=20)
    assert at < ended <= begin + timedelta(minutes=45)


def test_the_zone_is_of_times_without_an_offset(history: Path) -> None:
    """The same rows in another zone are alarms at the same local time."""
    (here,) = _alarms(history, "--time", "opened at", "--cell", "area,block", "--timezone", "Asia/Shanghai")
    assert str(here["at"]).startswith("2026-03-12T14:")
    assert str(here["at"]).endswith("+08:00")


def test_nothing_is_learned_from_the_future(tmp_path: Path, history: Path) -> None:
    """What comes after a burst changes nothing of when it is raised: half a file tells the same as all of it."""
    until = f"{BURST_AT + timedelta(hours=2):%Y-%m-%d %H:%M:%S}"
    half = _write(tmp_path / "half.csv", [row for row in _rows() if row[0] < until])
    arguments = ("--time", "opened at", "--cell", "area,block")
    assert [alarm["at"] for alarm in _alarms(half, *arguments)] == [
        alarm["at"] for alarm in _alarms(history, *arguments)
    ]


def test_one_line_that_reports_again_and_again_is_no_alarm(tmp_path: Path) -> None:
    """With a column for the line, distinct lines count; without one, every row is a line of its own."""
    rows = [(at, area, block, "7" if int(line) >= 400 else line) for at, area, block, line in _rows()]
    path = _write(tmp_path / "again.csv", rows)
    assert _alarms(path, "--time", "opened at", "--cell", "area,block", "--line", "line") == []
    assert len(_alarms(path, "--time", "opened at", "--cell", "area,block")) == 1


def test_rows_with_an_unreadable_time_are_listed_and_counted(tmp_path: Path) -> None:
    """No row is skipped in silence; the first twenty are shown with their number and what stands there."""
    bad = [(text, "A", "y", "1") for text in ("yesterday", "", "2026-03-12", "1900-01-01 00:00:00", *["?"] * 20)]
    path = _write(tmp_path / "bad.csv", [*bad, *_rows()])
    result = _detect(path, "--time", "opened at", "--cell", "area,block", "--json")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert "row 2: 'yesterday'" in result.stderr
    assert "row 5: '1900-01-01 00:00:00'" in result.stderr
    assert result.stderr.count("no time that can be read") == 20
    assert "24 rows left out" in result.stderr


@pytest.mark.parametrize(
    "written",
    ["%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S+00:00"],
)
def test_times_are_read_as_systems_write_them(tmp_path: Path, written: str) -> None:
    """ISO 8601 and the usual others come to the same alarm."""
    rows = [(datetime.fromisoformat(at).strftime(written), *rest) for at, *rest in _rows()]
    path = _write(tmp_path / "other.csv", rows)
    (alarm,) = _alarms(path, "--time", "opened at", "--cell", "area,block", "--timezone", "UTC")
    assert str(alarm["at"]).startswith("2026-03-12T14:")


def test_packed_files_and_standard_input_are_read(tmp_path: Path, history: Path) -> None:
    """A .gz is unpacked, and - is standard input."""
    packed = tmp_path / "tickets.csv.gz"
    packed.write_bytes(gzip.compress(history.read_bytes()))
    plain = _alarms(history, "--time", "opened at", "--cell", "area,block")
    assert _alarms(packed, "--time", "opened at", "--cell", "area,block") == plain
    assert _alarms("-", "--time", "opened at", "--cell", "area,block", input=history.read_bytes()) == plain


def test_the_table_has_a_row_for_each_alarm(history: Path) -> None:
    """Without --json a person reads a table."""
    result = _detect(history, "--time", "opened at", "--cell", "area,block")
    assert result.exit_code == 0
    assert "1 alarms in 440 tickets" in result.stdout
    assert "A/y" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--time", "when", "--cell", "area"), "the columns are: opened at, area, block, line"),
        (("--time", "opened at", "--cell", "area,city"), "there is no column 'city'"),
        (("--time", "opened at", "--cell", "area", "--line", "phone"), "there is no column 'phone'"),
        (("--time", "opened at", "--cell", "area", "--timezone", "Mars/North"), "'Mars/North' is no time zone"),
    ],
)
def test_wrong_columns_and_zones_end_with_two_and_say_what_there_is(
    history: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Exit code 2, and a message that helps."""
    result = _detect(history, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_files_that_cannot_be_read_end_with_two(tmp_path: Path) -> None:
    """No file, an empty one, and one that is no text are told of without a traceback."""
    empty, binary = tmp_path / "empty.csv", tmp_path / "binary.csv"
    empty.write_bytes(b"")
    binary.write_bytes(b"opened at,area\n\xff\xfe,1\n")
    for path, said in ((tmp_path / "none.csv", "cannot be read"), (empty, "the columns are: none"), (binary, "UTF-8")):
        result = _detect(path, "--time", "opened at", "--cell", "area")
        assert result.exit_code == 2
        assert said in result.stderr
