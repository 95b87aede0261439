"""The tickets of the last while: a burst is named by them, and they teach the baselines when they leave."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from streams.core.detection.signals import CellPath
from streams.core.months import MINUTE

FREE = ""
"""The mark of a ticket that no suspicion has taken; others bear the suspicion's id."""
KNOWN = "known"
"""The mark of a ticket that belongs to an outage which somebody declared."""


class Report(msgspec.Struct, array_like=True):
    """One recent ticket; `again` if its line was heard of a short time before, or it names none.

    `lesson` is the weight with which it teaches the baselines.
    """

    at: int
    line: str
    leaves: tuple[CellPath, ...]
    symptom: str
    again: bool = False
    mark: str = FREE
    lesson: float = 1.0


class RecentReports:
    """Recent tickets in their order, in chunks of a minute: a round writes only the chunks that changed."""

    def __init__(self, most: int) -> None:
        """Keep `most` tickets at most."""
        self._most = most
        self._chunks: dict[int, deque[Report]] = {}
        self._lines: dict[str, int] = {}
        self._size = 0
        self.changed: set[int] = set()

    def __iter__(self) -> Iterator[Report]:
        """Yield the tickets from old to new."""
        for chunk in self._chunks.values():
            yield from chunk

    def newest_first(self, since: int) -> Iterator[Report]:
        """Yield the tickets from new to old, those at `since` or later."""
        for chunk in reversed(self._chunks.values()):
            for report in reversed(chunk):
                if report.at < since:
                    return
                yield report

    def has_line(self, line: str) -> bool:
        """Tell whether the line is among the recent ones."""
        return line in self._lines

    def add(self, report: Report) -> list[Report]:
        """Keep one more; return the oldest that it displaces."""
        minute = report.at // MINUTE
        self._chunks.setdefault(minute, deque()).append(report)
        self.changed.add(minute)
        self._lines[report.line] = self._lines.get(report.line, 0) + 1
        self._size += 1
        return [self._oldest()] if self._size > self._most else []

    def leave(self, before: int) -> list[Report]:
        """Let go of the minutes that ended at `before` or earlier; return their tickets in their order."""
        gone: list[Report] = []
        while self._chunks and (next(iter(self._chunks)) + 1) * MINUTE <= before:
            gone.append(self._oldest())
        return gone

    def mark(self, reports: Iterable[Report], mark: str, lesson: float) -> None:
        """Mark reports of mine as taken; they teach by this weight."""
        for report in reports:
            report.mark, report.lesson = mark, lesson
            self.changed.add(report.at // MINUTE)

    def _oldest(self) -> Report:
        minute, chunk = next(iter(self._chunks.items()))
        report = chunk.popleft()
        self.changed.add(minute)
        if not chunk:
            del self._chunks[minute]
        self._size -= 1
        self._lines[report.line] -= 1
        if not self._lines[report.line]:
            del self._lines[report.line]
        return report

    def chunk(self, minute: int) -> bytes:
        """Return the bytes of a minute's tickets, empty if there are none."""
        return msgspec.msgpack.encode(list(self._chunks[minute])) if minute in self._chunks else b""

    def restore(self, chunks: Mapping[int, bytes]) -> None:
        """Take up chunks as `chunk` gave them."""
        for minute in sorted(chunks):
            for report in msgspec.msgpack.decode(chunks[minute], type=list[Report]):
                self.add(report)
        self.changed.clear()
