"""The subscriber directory's file: what is read, and which line and column is to be mended."""

from __future__ import annotations

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streams.core.events.outage import Scope
from streams.core.outages.directory import Directory
from streams.core.outages.numbers import Numbers
from streams.directory import DirectoryError, read_directory
from tests.core.story import instant

FILE = """number,services,site,active_from,active_to
6182560,fixed;broadband,FTTB媒体箱,2009-03-01,2009-07-02
6182560,fixed,机房,2009-07-02,
adsl7,broadband,"机房, 二楼",2009-07-01T18:00:00+08:00,2009-07-01T12:00:00Z

 6182561 ,,机房
"""
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(path: Path) -> Directory:
    """Return the directory in a file, with a branch for every number."""
    return read_directory(path, SHANGHAI, lambda number: f"branch of {number}")


def written(folder: Path, content: str | bytes) -> Path:
    """Return a file with this content."""
    file = folder / "subscribers.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_a_file_is_read(tmp_path: Path) -> None:
    """Dates begin at midnight here, date-times where their offset says; columns may be missing, and others be there."""
    directory = read(written(tmp_path, FILE))
    assert len(directory) == 4
    midnight = instant("2009-07-02T00:00:00+08:00")
    assert directory.site_of("6182560", instant("2009-02-28T23:59:59+08:00")) is None
    assert directory.site_of("6182560", midnight - 1) == "FTTB媒体箱"
    assert directory.site_of("6182560", midnight) == "机房"
    assert directory.site_of("adsl7", instant("2009-07-01T18:00:00+08:00")) == "机房, 二楼"
    assert directory.site_of("adsl7", instant("2009-07-01T20:00:00+08:00")) is None
    assert directory.in_scope(Scope(sites=["机房"]), midnight) == Numbers.of_numbers(("6182560", "6182561"))
    assert directory.branch_of("6182561", midnight) == "branch of 6182561"


def test_a_branch_in_the_file_goes_first(tmp_path: Path) -> None:
    """The prefix decides only where the row names none."""
    directory = read(written(tmp_path, "number,branch\n1,安岳\n2,\n"))
    assert [directory.branch_of(number, 0) for number in "12"] == ["安岳", "branch of 2"]


def test_a_gzipped_file_is_the_same_directory(tmp_path: Path) -> None:
    """Compressed or not, with a byte order mark or not, and with Windows' line ends: the same digest."""
    plain = read(written(tmp_path, FILE))
    packed = tmp_path / "subscribers.csv.gz"
    packed.write_bytes(gzip.compress(FILE.encode()))
    assert read(packed).digest == plain.digest
    assert read(written(tmp_path, b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())).digest == plain.digest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: there is no column 'number'"),
        ("phone,site\n6182560,A\n", "line 1: there is no column 'number'"),
        ("number,site\n6182560,A\n,A\n", "line 3: number: give 1 to 32 characters"),
        (f"number\n{'6' * 33}\n", "line 2: number: give 1 to 32 characters"),
        ("number,active_from\n6182560,01/07/2009\n", "line 2: active_from: give a date"),
        ("number,active_from\n6182560,2009-07-01T00:00:00\n", "line 2: active_from: give a date"),
        ("number,active_to\n6182560,2009-02-30\n", "line 2: active_to: give a date"),
        (
            "number,active_from,active_to\n6182560,2009-07-01,2009-07-01\n",
            "line 2: active_to: is not after active_from",
        ),
        ("number,site\n6182560,媒体箱\n".encode("gb18030"), "give a CSV file in UTF-8"),
        ('number,site\n6182560,"' + "A" * 200_000 + '"\n', "give a CSV file in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    """File, line, column and reason; nobody's number."""
    with pytest.raises(DirectoryError) as caught:
        read(written(tmp_path, content))
    assert "subscribers.csv: " in str(caught.value)
    assert message in str(caught.value)
    assert "6182560" not in str(caught.value)


def test_a_file_that_is_not_gzipped_is_named(tmp_path: Path) -> None:
    """Nor one that was cut off: the message names it."""
    file = tmp_path / "subscribers.csv.gz"
    for content in (b"number\n6182560\n", gzip.compress(FILE.encode())[:40]):
        file.write_bytes(content)
        with pytest.raises(DirectoryError, match=r"subscribers\.csv\.gz: "):
            read(file)
