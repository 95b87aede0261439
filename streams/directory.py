"""Reads the subscriber directory: a CSV file, perhaps gzipped, of the numbers that are or were in service.

    number,site,branch,active_from,active_to
    6182560,FTTB媒体箱,现业,2008-03-01,
    6182561,FTTB媒体箱,,2008-03-01,2009-06-30T18:00:00+08:00

Only `number` has to be there, other columns are passed over. A date is the beginning of that day; `active_to` is the
first instant at which the number is no longer in service. Without a branch it is the one of the number's prefix.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from streams.core.months import NEVER, instant_of
from streams.core.outages.directory import ALWAYS, Directory, Row
from streams.core.outages.numbers import LONGEST_NUMBER

NUMBER, SITE, BRANCH, ACTIVE_FROM, ACTIVE_TO = "number", "site", "branch", "active_from", "active_to"


class DirectoryError(ValueError):
    """The directory cannot be used; the message names the file, the line, the column and the reason."""


def read_directory(path: Path, timezone: ZoneInfo, branch_of_number: Callable[[str], str]) -> Directory:
    """Return the directory in a file; dates are days of `timezone`. Raises DirectoryError.

    A number, which is somebody's, is in no message.
    """
    try:
        with _opened(path) as file:
            return Directory(_rows(file, str(path), timezone, branch_of_number))
    except OSError as error:
        raise DirectoryError(f"{path}: {error.strerror or error}; STREAMS_DIRECTORY names the file") from error
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error) as error:
        raise DirectoryError(f"{path}: {error}; give a CSV file in UTF-8") from error


def _opened(path: Path) -> AbstractContextManager[TextIO]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(file: TextIO, name: str, timezone: ZoneInfo, branch_of_number: Callable[[str], str]) -> Iterator[Row]:
    reader = csv.DictReader(file, restval="")
    if NUMBER not in (reader.fieldnames or ()):
        raise DirectoryError(f"{name}: line 1: there is no column {NUMBER!r}; the first line names the columns")
    read_instant = lru_cache(maxsize=100_000)(lambda text: _instant(text, timezone))
    for cells in reader:
        try:
            yield _row(cells, read_instant, branch_of_number)
        except _Unreadable as error:
            raise DirectoryError(f"{name}: line {reader.line_num}: {error}") from error


class _Unreadable(ValueError):
    """A cell cannot be used; the message names its column and the reason."""


def _row(cells: dict[str, str], read_instant: Callable[[str], int], branch_of_number: Callable[[str], str]) -> Row:
    number = cells[NUMBER].strip()
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise _Unreadable(f"{NUMBER}: give 1 to {LONGEST_NUMBER} characters")
    active_from, active_to = (
        _time(column, cells.get(column, "").strip(), otherwise, read_instant)
        for column, otherwise in ((ACTIVE_FROM, ALWAYS), (ACTIVE_TO, NEVER))
    )
    if active_to <= active_from:
        raise _Unreadable(f"{ACTIVE_TO}: is not after {ACTIVE_FROM}")
    return Row(
        number=number,
        site=cells.get(SITE, "").strip() or None,
        branch=cells.get(BRANCH, "").strip() or branch_of_number(number),
        active_from=active_from,
        active_to=active_to,
    )


def _time(column: str, text: str, otherwise: int, read_instant: Callable[[str], int]) -> int:
    if not text:
        return otherwise
    try:
        return read_instant(text)
    except ValueError:
        raise _Unreadable(f"{column}: give a date (2009-07-01), or a date-time with an offset") from None


def _instant(text: str, timezone: ZoneInfo) -> int:
    """Return the instant of a date (its midnight) or of a date-time with an offset; raises ValueError."""
    try:
        moment = datetime.combine(date.fromisoformat(text), time.min, timezone)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return instant_of(moment)
