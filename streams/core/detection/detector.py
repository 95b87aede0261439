"""The detector: takes signals in the order of their time, and tells the suspicions that they raise, change and close.

A ticket moves the evidence of every cell that it lies in (`cusum`). Where evidence passes the threshold, the cell and
the time that explain the burst best are found among all related cells (`scan`), its reports are taken out of all other
evidence, and further reports in the cell belong to the suspicion until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import msgspec

from streams.core.detection.burst import Burst, times_usual
from streams.core.detection.evidence import Evidence
from streams.core.detection.recent import FREE, KNOWN, Report
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CellPath, Signal, site_of
from streams.core.detection.suspicion import Reason, Suspicion
from streams.core.months import HOUR, MINUTE, Calendar

GLOBAL = "detector"
_BURST, _CELL, _RECENT = "burst:", "cell:", "recent:"
"""Names of records begin so; a detector of complaints and one of faults need keys of their own around them."""

_FEW = 2
"""So many lines above the usual keep no suspicion open."""


class KnownOutage(NamedTuple):
    """A declared outage: whether it covers (line, site), from when to when it takes reports (µs, half-open)."""

    covers: Callable[[str, str], bool]
    begin: int
    end: int

    def takes(self, report: Report) -> bool:
        """Tell whether a report belongs to the outage."""
        return self.begin <= report.at < self.end and self.covers(report.line, site_of(report.leaves))


class _State(msgspec.Struct):
    begin: int | None = None
    now: int = 0
    minute: int = 0


class Detector:
    """Detection over one kind of tickets. Faults and complaints each have a detector of their own."""

    def __init__(self, calendar: Calendar, rules: DetectionRules) -> None:
        self._rules = rules
        self._evidence = Evidence(calendar, rules)
        self._cells, self._recent = self._evidence.cells, self._evidence.recent
        self._bursts: dict[str, Burst] = {}
        self._changed_bursts: set[str] = set()
        self._known: tuple[KnownOutage, ...] = ()
        self._state = _State()

    # --- what comes in -------------------------------------------------------------------------------------------

    def take(self, signal: Signal) -> list[Suspicion]:
        """Take one signal, not older than the one before; return the suspicions that it changed."""
        if self._state.begin is None:
            self._state.begin, self._state.now, self._state.minute = signal.at, signal.at, signal.at // MINUTE
            self._evidence.begin = signal.at
        changed = self.advance(signal.at)
        again = not signal.line or self._recent.has_line(signal.line)
        report = Report(signal.at, signal.line, signal.leaves, signal.symptom, again)
        if self._is_known(report):
            report.mark = KNOWN
        self._evidence.add(report)
        if report.mark == KNOWN:
            return changed
        burst = self._burst_over(self._evidence.cells_of(signal.leaves))
        if burst is not None:
            changed += self._join(burst, report)
        if not again and (burst is None or burst.kind == "wave"):
            alarmed = self._evidence.feed(signal.leaves, signal.at, burst)
            changed += self._raise(alarmed, signal, burst) if alarmed else []
        return changed

    def advance(self, now: int) -> list[Suspicion]:
        """Let time go by until `now` (µs); return the suspicions that ended. Time begins with the first signal."""
        state = self._state
        if state.begin is None:
            return []
        changed: list[Suspicion] = []
        while self._bursts and (state.minute + 1) * MINUTE <= now:
            state.minute += 1
            self._evidence.leave(state.minute * MINUTE)
            changed += self._end_bursts(state.minute * MINUTE)
        if now > state.now:
            state.now, state.minute = now, now // MINUTE
            self._evidence.leave(now)
        return changed

    def known(self, outages: Sequence[KnownOutage]) -> None:
        """Say which outages are declared, all of them: their reports raise no suspicion and teach no baseline.

        To be called again after every change, and after a restore.
        """
        self._known = tuple(outages)
        newly = [report for report in self._recent if report.mark == FREE and self._is_known(report)]
        self._recent.mark(newly, KNOWN, 0.0)
        self._evidence.put_right(newly, self._state.now)

    def declare(self, outage: str, known: KnownOutage) -> list[Suspicion]:
        """Let a declared outage take over the open suspicions of whose recent reports it covers at least half."""
        now = self._state.now
        told = []
        for burst in list(self._bursts.values()):
            reports = [report for report in self._recent if report.mark == burst.id]
            if reports and 2 * sum(map(known.takes, reports)) >= len(reports):
                told.append(burst.told(now, self._rules, state="declared", outage=outage, ended_at=now))
                self._end(burst)
        return told

    def open(self) -> list[Suspicion]:
        """Return the open suspicions as they were last told."""
        return [burst.suspicion(self._rules) for burst in self._bursts.values()]

    def expected(self, cell: CellPath, at: int) -> tuple[float, float]:
        """Return how many lines an hour are usual in a cell at `at`, and the upper end of the usual band."""
        mean = self._cells.usual_by_now(cell, at, self._evidence.kept_from(at))
        return mean, self._rules.band_end(mean)

    # --- suspicions ----------------------------------------------------------------------------------------------

    def _raise(self, alarmed: Sequence[CellPath], signal: Signal, wave: Burst | None) -> list[Suspicion]:
        """Raise a suspicion for the cell that explains best what alarmed."""
        now = signal.at
        found = self._evidence.what_burns(alarmed, now, wave)
        if found is None:
            return []
        burst = Burst.raised(signal.kind, found, now)
        marks = (FREE,) if wave is None else (FREE, wave.id)
        mine = [
            report
            for report in self._recent.newest_first(found.since)
            if report.mark in marks and found.cell in self._evidence.cells_of(report.leaves)
        ]
        for report in reversed(mine):
            burst.take(report, self._rules)
        self._recent.mark(mine, burst.id, burst.lesson(self._rules))
        merged = [] if burst.kind == "wave" else self._merge_into(burst, now)
        burst.explain(found, now, self._evidence.leaves_of(burst))
        self._bursts[burst.id] = burst
        self._changed_bursts.add(burst.id)
        self._evidence.put_right(mine, now)
        return [*merged, burst.told(now, self._rules)]

    def _is_known(self, report: Report) -> bool:
        return any(each.takes(report) for each in self._known)

    def _burst_over(self, cells: Sequence[CellPath]) -> Burst | None:
        """Return the burst of the finest of the cells that has one."""
        by_cell = {burst.cell: burst for burst in self._bursts.values()}
        return next((by_cell[cell] for cell in cells if cell in by_cell), None)

    def _join(self, burst: Burst, report: Report) -> list[Suspicion]:
        burst.take(report, self._rules)
        self._recent.mark([report], burst.id, burst.lesson(self._rules))
        self._changed_bursts.add(burst.id)
        if not burst.has_grown(self._rules):
            return []
        self._explain_anew(burst, report.at)
        return [burst.told(report.at, self._rules)]

    def _explain_anew(self, burst: Burst, now: int) -> None:
        """Look whether a finer cell, or other numbers, explain the burst by now."""
        instants = self._evidence.instants([burst.cell], [burst.id], now)
        below = {path: reports for path, reports in instants.items() if burst.covers(path)}
        found = self._evidence.explain(below, now, None)
        if found is not None:
            burst.explain(found, now, self._evidence.leaves_of(burst))

    def _merge_into(self, burst: Burst, now: int) -> list[Suspicion]:
        """Let a burst take over those of the cells below its own."""
        merged = []
        for other in list(self._bursts.values()):
            if burst.covers(other.cell):
                burst.take_over(other, self._rules)
                merged.append(other.told(now, self._rules, state="merged", merged_into=burst.id, ended_at=now))
                theirs = [report for report in self._recent if report.mark == other.id]
                self._recent.mark(theirs, burst.id, other.lesson(self._rules))
                self._end(other)
        return merged

    def _end_bursts(self, now: int) -> list[Suspicion]:
        """Close what has come down to the usual, and what has gone on for so long that it is the new level."""
        told = []
        held = self._rules.hold_minutes * MINUTE
        for burst in list(self._bursts.values()):
            since = max(burst.first_report_at, now - held)
            expected = self._cells.usual(burst.cell, now) * (now - since) / HOUR
            lines = self._evidence.lines_of(burst, since)
            burst.factor = times_usual(lines, expected)
            self._changed_bursts.add(burst.id)
            if now - burst.raised_at < held:
                continue
            if lines <= expected + max(_FEW, 2 * sqrt(self._rules.dispersion * expected)):
                end = burst.last_report_at if expected < 1 else since
                told.append(self._close(burst, now, end))
            elif now - burst.first_report_at >= self._rules.longest_hours * HOUR:
                burst.reason = Reason("new_level", {"hours": self._rules.longest_hours})
                told.append(self._close(burst, now, burst.last_report_at))
                self._evidence.take_for_usual(burst, now)
        return told

    def _close(self, burst: Burst, now: int, end: int) -> Suspicion:
        self._end(burst)
        return burst.told(now, self._rules, state="closed", ended_at=end)

    def _end(self, burst: Burst) -> None:
        del self._bursts[burst.id]
        self._changed_bursts.add(burst.id)

    # --- state ---------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, bytes]:
        """Return the records that changed since the last call, by name; an empty one is to be forgotten."""
        records = {GLOBAL: msgspec.msgpack.encode(self._state)}
        for path in self._cells.changed:
            records[_CELL + msgspec.json.encode(path).decode()] = self._cells.record(path)
        for minute in self._recent.changed:
            records[f"{_RECENT}{minute}"] = self._recent.chunk(minute)
        for name in self._changed_bursts:
            burst = self._bursts.get(name)
            records[_BURST + name] = b"" if burst is None else msgspec.msgpack.encode(burst)
        self._cells.changed.clear()
        self._recent.changed.clear()
        self._changed_bursts.clear()
        return records

    @classmethod
    def restored(cls, calendar: Calendar, rules: DetectionRules, records: Mapping[str, bytes]) -> Detector:
        """Return a detector that goes on from all records of `state`, put together; call `known` before going on."""
        detector = cls(calendar, rules)
        cells, chunks = {}, {}
        for name, record in records.items():
            if not record:
                continue
            if name == GLOBAL:
                detector._state = msgspec.msgpack.decode(record, type=_State)
                detector._evidence.begin = detector._state.begin or 0
            elif name.startswith(_CELL):
                cells[msgspec.json.decode(name[len(_CELL) :], type=CellPath)] = record
            elif name.startswith(_RECENT):
                chunks[int(name[len(_RECENT) :])] = record
            else:
                burst = msgspec.msgpack.decode(record, type=Burst)
                detector._bursts[burst.id] = burst
        detector._bursts = dict(sorted(detector._bursts.items(), key=lambda item: (item[1].raised_at, item[0])))
        detector._cells.restore(cells)
        detector._recent.restore(chunks)
        return detector
