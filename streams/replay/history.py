"""Reads anyone's history of tickets from a CSV file, as signals for detection."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streams.core.detection.signals import CellPath, Signal
from streams.core.events.base import EARLIEST_YEAR, LATEST_YEAR
from streams.core.months import instant_of
from streams.replay.errors import ReplayError
from streams.replay.lines import ReplayFile

FORMATS = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
)
"""How a time may be written besides ISO 8601. Where day and month could be taken for each other, neither is guessed."""
_FIRST_ROW = 2
"""The row below the header, as a spreadsheet counts."""


class Columns(NamedTuple):
    """Names of columns: when a ticket was opened, its cells from coarse to fine, who reported it."""

    time: str
    cells: tuple[str, ...]
    line: str | None


class History(NamedTuple):
    """The tickets in the order of time, and the rows whose time cannot be read: (row, what stands there)."""

    signals: list[Signal]
    unreadable: list[tuple[int, str]]


def read_history(path: Path, columns: Columns, timezone: str) -> History:
    """Read the tickets; times without an offset are of `timezone`. Raises ReplayError, also for missing columns.

    A cell that is empty ends the path: such a ticket belongs to the coarser cell. Without a column for the line every
    row is a line of its own; with one, a row whose line is empty counts as a report but not as a line.
    """
    rows = csv.DictReader(_text(path))
    zone = ZoneInfo(timezone)
    signals: list[Signal] = []
    unreadable: list[tuple[int, str]] = []
    try:
        _require(columns, rows.fieldnames or ())
        for number, row in enumerate(rows, start=_FIRST_ROW):
            text = (row[columns.time] or "").strip()
            at = _instant(text, zone)
            if at is None:
                unreadable.append((number, text))
                continue
            line = str(number) if columns.line is None else (row[columns.line] or "").strip()
            signals.append(Signal(id=str(number), at=at, line=line, leaves=(_cell(row, columns.cells),)))
    except csv.Error as error:
        raise ReplayError(f"{path} is no CSV file: line {rows.line_num}: {error}") from error
    signals.sort(key=lambda signal: signal.at)
    return History(signals, unreadable)


def _text(path: Path) -> Iterator[str]:
    for number, line in enumerate(ReplayFile(path), start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ReplayError(f"{path} is not UTF-8: line {number}; save it as CSV UTF-8") from error


def _require(columns: Columns, there: object) -> None:
    names = list(there) if isinstance(there, list | tuple) else []
    for wanted in (columns.time, *columns.cells, *([] if columns.line is None else [columns.line])):
        if wanted not in names:
            raise ReplayError(f"there is no column {wanted!r}; the columns are: {', '.join(map(str, names)) or 'none'}")


def _cell(row: dict[str, str | None], columns: tuple[str, ...]) -> CellPath:
    path: list[str] = []
    for column in columns:
        name = (row[column] or "").strip()
        if not name:
            break
        path.append(name)
    return tuple(path)


def _instant(text: str, zone: ZoneInfo) -> int | None:
    moment = _moment(text)
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return None
    return instant_of(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


def _moment(text: str) -> datetime | None:
    """Return the time that a text says; a day alone says none."""
    if ":" not in text and "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is put in by the caller
        except ValueError:
            continue
    return None
