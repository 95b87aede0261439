"""The detector: takes signals in the order of their time, and tells the suspicions that they raise, change and close.

A ticket moves the evidence of every cell that it lies in (`cusum`). Where evidence passes the threshold, the cell and
the time that explain the burst best are found among all related cells (`scan`), its reports are taken out of all other
evidence, and further reports in the cell belong to the suspicion until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from math import sqrt
from typing import NamedTuple

import msgspec

from streams.core.detection import cusum, scan
from streams.core.detection.burst import Burst, times_usual
from streams.core.detection.cells import Cells
from streams.core.detection.recent import FREE, KNOWN, RecentReports, Report
from streams.core.detection.rules import DetectionRules
from streams.core.detection.scan import Found
from streams.core.detection.signals import CITY, CellPath, Signal, cells_of, lies_in, site_of
from streams.core.detection.suspicion import Reason, Suspicion
from streams.core.months import HOUR, MINUTE, Calendar

GLOBAL = "detector"
_BURST, _CELL, _RECENT = "burst:", "cell:", "recent:"
"""Names of records begin so; a detector of complaints and one of faults need keys of their own around them."""

_FEW = 2
"""So many lines above the usual keep no suspicion open."""
_LATEST = 20 * MINUTE
"""On the first day, what came so lately may be the burst itself, and does not tell what is usual."""


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
        self._calendar = calendar
        self._cells = Cells(calendar, rules)
        self._recent = RecentReports(rules.most_signals)
        self._bursts: dict[str, Burst] = {}
        self._changed_bursts: set[str] = set()
        self._known: tuple[KnownOutage, ...] = ()
        self._state = _State()
        self._cells_of = lru_cache(maxsize=rules.most_cells)(cells_of)

    # --- what comes in -------------------------------------------------------------------------------------------

    def take(self, signal: Signal) -> list[Suspicion]:
        """Take one signal, not older than the one before; return the suspicions that it changed."""
        if self._state.begin is None:
            self._state.begin, self._state.now, self._state.minute = signal.at, signal.at, signal.at // MINUTE
        changed = self.advance(signal.at)
        again = not signal.line or self._recent.has_line(signal.line)
        report = Report(signal.at, signal.line, signal.leaves, signal.symptom, again)
        if self._is_known(report):
            report.mark = KNOWN
        self._learn(self._recent.add(report))
        if report.mark == KNOWN:
            return changed
        cells = self._cells_of(signal.leaves)
        burst = self._burst_over(cells)
        if burst is not None:
            changed += self._join(burst, report)
        if not again and (burst is None or burst.kind == "wave"):
            changed += self._feed(signal, cells, burst)
        return changed

    def advance(self, now: int) -> list[Suspicion]:
        """Let time go by until `now` (µs); return the suspicions that ended by it. Time begins with the first signal."""
        state = self._state
        if state.begin is None:
            return []
        changed: list[Suspicion] = []
        while self._bursts and (state.minute + 1) * MINUTE <= now:
            state.minute += 1
            self._leave(state.minute * MINUTE)
            changed += self._end_bursts(state.minute * MINUTE)
        if now > state.now:
            state.now, state.minute = now, now // MINUTE
            self._leave(now)
        return changed

    def known(self, outages: Sequence[KnownOutage]) -> None:
        """Say which outages are declared, all of them: their reports raise no suspicion and teach no baseline.

        To be called again after every change, and after a restore.
        """
        self._known = tuple(outages)
        newly = [report for report in self._recent if report.mark == FREE and self._is_known(report)]
        self._recent.mark(newly, KNOWN, 0.0)
        self._put_right(newly)

    def declare(self, outage: str, known: KnownOutage) -> list[Suspicion]:
        """Let a declared outage take over the open suspicions of which it covers at least half of the recent reports."""
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
        mean = self._cells.usual_by_now(cell, at, self._quarantine(at))
        return mean, mean + self._rules.band_deviations * sqrt(self._rules.dispersion * mean)

    # --- learning ------------------------------------------------------------------------------------------------

    def _quarantine(self, now: int) -> int:
        return now - self._rules.keep_minutes * MINUTE

    def _leave(self, now: int) -> None:
        self._learn(self._recent.leave(self._quarantine(now)))

    def _learn(self, reports: Iterable[Report]) -> None:
        """Learn what belongs to no declared outage; what a suspicion has taken weighs little."""
        for report in reports:
            if report.mark != KNOWN and not report.again:
                for cell in self._cells_of(report.leaves):
                    self._cells.learn(cell, report.at, report.lesson)

    # --- evidence ------------------------------------------------------------------------------------------------

    def _feed(self, signal: Signal, cells: Sequence[CellPath], wave: Burst | None) -> list[Suspicion]:
        """Move the evidence of the cells, from fine to coarse; return what is raised. Under a wave, more is usual."""
        now = signal.at
        threshold = self._rules.threshold * (2 if self._is_first_day(now) else 1)
        alarmed = []
        for path in cells:
            if wave is not None and path == wave.cell:
                continue
            self._cells.hear(path, self._begin(now), self._quarantine(now))
            if self._cells.report(path, now, self._usual(path, now, wave)) >= threshold:
                alarmed.append(path)
        if self._is_first_day(now):
            alarmed = [path for path in alarmed if self._is_more_than_before(path, now, threshold)]
        if wave is not None:
            alarmed = [path for path in alarmed if self._stands_out(path, now, wave)]
        return self._raise(alarmed, signal, wave) if alarmed else []

    def _begin(self, now: int) -> int:
        return now if self._state.begin is None else self._state.begin

    def _usual(self, path: CellPath, now: int, wave: Burst | None) -> float:
        return self._cells.usual(path, now) * (1.0 if wave is None else wave.factor)

    def _is_first_day(self, now: int) -> bool:
        return now - self._begin(now) < self._rules.first_day_hours * HOUR

    def _is_more_than_before(self, path: CellPath, now: int, threshold: float) -> bool:
        """Tell whether a cell burns also against its own last hour and a half, but for the last 20 minutes.

        On the first day nothing else tells what is usual.
        """
        begin, end = max(self._begin(now), self._quarantine(now)), now - _LATEST
        if now - self._begin(now) < self._rules.first_hour_minutes * MINUTE:
            return False
        reports = self._instants([path], (FREE,), now).get(path, [])
        usual = sum(at < end for at in reports) * HOUR / (end - begin)
        return cusum.evidence_of(reversed(reports), now, lambda _: usual, self._rules) >= threshold

    def _stands_out(self, path: CellPath, now: int, wave: Burst) -> bool:
        """Tell whether a cell burns also against the wave as strong as it is by now: at first it was not known well."""
        reports = self._instants([path], (FREE, wave.id), now).get(path, [])
        evidence = cusum.evidence_of(reversed(reports), now, lambda at: self._usual(path, at, wave), self._rules)
        self._cells.set_evidence(path, now, evidence)
        return evidence >= self._rules.threshold

    def _raise(self, alarmed: Sequence[CellPath], signal: Signal, wave: Burst | None) -> list[Suspicion]:
        """Raise a suspicion for the cell that explains best what alarmed; it must burn itself, if not so much yet."""
        now = signal.at
        marks = (FREE,) if wave is None else (FREE, wave.id)
        enough = self._rules.threshold / 2
        burning = {
            path: instants
            for path, instants in self._instants(alarmed, marks, now).items()
            if self._cells.evidence(path) >= enough and (wave is None or path != wave.cell)
        }
        found = self._explain(burning, now, wave)
        if found is None:
            return []
        burst = Burst.raised(signal.kind, found, now)
        mine = [
            report
            for report in self._recent.newest_first(found.since)
            if report.mark in marks and found.cell in self._cells_of(report.leaves)
        ]
        for report in reversed(mine):
            burst.take(report, self._rules)
        self._recent.mark(mine, burst.id, burst.lesson(self._rules))
        merged = [] if burst.kind == "wave" else self._merge_into(burst, now)
        burst.explain(found, now, self._leaves_of(burst))
        self._bursts[burst.id] = burst
        self._changed_bursts.add(burst.id)
        self._put_right(mine)
        return [*merged, burst.told(now, self._rules)]

    def _explain(self, reports: Mapping[CellPath, Sequence[int]], now: int, wave: Burst | None) -> Found | None:
        return scan.explain(
            reports,
            now,
            lambda path, at: self._usual(path, at, wave),
            lambda usual: cusum.busy(usual, self._rules),
            lines=self._rules.lines,
        )

    def _leaves_of(self, burst: Burst) -> int:
        """Return in how many of the finest cells the burst has reports that are still kept."""
        return len({report.leaves for report in self._recent if report.mark == burst.id})

    def _instants(
        self, related: Sequence[CellPath], marks: Sequence[str], now: int
    ) -> dict[CellPath, list[int]]:
        """Return the instants, from new to old, of the reports with these marks, by the cells related to `related`."""
        instants: dict[CellPath, list[int]] = {}
        for report in self._recent.newest_first(self._quarantine(now)):
            if report.mark in marks and not report.again:
                for path in self._cells_of(report.leaves):
                    if any(lies_in(path, cell) or lies_in(cell, path) for cell in related):
                        instants.setdefault(path, []).append(report.at)
        return instants

    def _put_right(self, taken: Iterable[Report]) -> None:
        """Reckon the evidence anew of every cell from which reports were taken."""
        now = self._state.now
        paths = {path for report in taken for path in self._cells_of(report.leaves)}
        instants: dict[CellPath, list[int]] = {path: [] for path in sorted(paths)}
        for report in self._recent:
            if report.mark == FREE and not report.again:
                for path in self._cells_of(report.leaves):
                    if path in instants:
                        instants[path].append(report.at)
        for path, reports in instants.items():
            evidence = cusum.evidence_of(reports, now, partial(self._cells.usual, path), self._rules)
            self._cells.set_evidence(path, now, evidence)

    # --- bursts --------------------------------------------------------------------------------------------------

    def _is_known(self, report: Report) -> bool:
        site = site_of(report.leaves)
        return any(each.begin <= report.at < each.end and each.covers(report.line, site) for each in self._known)

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
        instants = self._instants([burst.cell], [burst.id], now)
        below = {path: reports for path, reports in instants.items() if burst.covers(path)}
        found = self._explain(below, now, None)
        if found is not None:
            burst.explain(found, now, self._leaves_of(burst))

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
            lines = self._lines_since(burst, since)
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
                self._take_for_usual(burst, now)
        return told

    def _close(self, burst: Burst, now: int, end: int) -> Suspicion:
        self._end(burst)
        return burst.told(now, self._rules, state="closed", ended_at=end)

    def _lines_since(self, burst: Burst, since: int) -> int:
        return sum(
            not report.again and report.mark in (FREE, burst.id) and any(burst.covers(leaf) for leaf in report.leaves)
            for report in self._recent.newest_first(since)
        )

    def _end(self, burst: Burst) -> None:
        del self._bursts[burst.id]
        self._changed_bursts.add(burst.id)

    def _take_for_usual(self, burst: Burst, now: int) -> None:
        """Take the rate of the last hour for the level of the burst's cell and of all that are related to it."""
        since = now - HOUR
        instants: dict[CellPath, int] = {}
        for report in self._recent.newest_first(since):
            if not report.again and report.mark != KNOWN:
                for path in self._cells_of(report.leaves):
                    if burst.covers(path) or lies_in(burst.cell, path):
                        instants[path] = instants.get(path, 0) + 1
        for path, count in instants.items():
            if count >= self._rules.smallest_rate / 2:
                self._cells.jump(path, now, float(count))

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
