"""What speaks for a burst: the recent reports, and the baseline and evidence of every cell that they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial

from streams.core.detection import cusum, scan
from streams.core.detection.burst import Burst
from streams.core.detection.cells import Cells
from streams.core.detection.recent import FREE, KNOWN, RecentReports, Report
from streams.core.detection.rules import DetectionRules
from streams.core.detection.scan import Found
from streams.core.detection.signals import CellPath, cells_of, lies_in
from streams.core.months import HOUR, MINUTE, Calendar

_LATEST = 20 * MINUTE
"""On the first day, what came so lately may be the burst itself, and does not tell what is usual."""


class Evidence:
    """Cells and recent reports together; `begin` is when the first of all reports came (µs)."""

    def __init__(self, calendar: Calendar, rules: DetectionRules) -> None:
        self._rules = rules
        self.begin = 0
        self.cells = Cells(calendar, rules)
        self.recent = RecentReports(rules.most_signals)
        self.cells_of = lru_cache(maxsize=rules.most_cells)(cells_of)

    def add(self, report: Report) -> None:
        """Keep one more report; one that it displaces is learned."""
        self._learn(self.recent.add(report))

    def leave(self, now: int) -> None:
        """Learn the reports that no burst needs any more."""
        self._learn(self.recent.leave(self.kept_from(now)))

    def kept_from(self, now: int) -> int:
        """Return since when reports are kept; what is older has been learned."""
        return now - self._rules.keep_minutes * MINUTE

    def _learn(self, reports: Iterable[Report]) -> None:
        """Learn what belongs to no declared outage; what a suspicion has taken weighs little."""
        for report in reports:
            if report.mark != KNOWN and not report.again:
                for cell in self.cells_of(report.leaves):
                    self.cells.learn(cell, report.at, report.lesson)

    def usual(self, path: CellPath, at: int, wave: Burst | None) -> float:
        """Return how many lines an hour are usual in a cell; under a wave it is so many times more."""
        return self.cells.usual(path, at) * (1.0 if wave is None else wave.factor)

    def feed(self, leaves: tuple[CellPath, ...], now: int, wave: Burst | None) -> list[CellPath]:
        """Let one more line report; return the cells that alarm, from fine to coarse."""
        is_first_day = now - self.begin < self._rules.first_day_hours * HOUR
        threshold = self._rules.threshold * (2 if is_first_day else 1)
        alarmed = []
        for path in self.cells_of(leaves):
            if wave is not None and path == wave.cell:
                continue
            self.cells.hear(path, self.begin, self.kept_from(now))
            if self.cells.report(path, now, self.usual(path, now, wave)) >= threshold:
                alarmed.append(path)
        if is_first_day:
            alarmed = [path for path in alarmed if self._is_more_than_before(path, now, threshold)]
        if wave is not None:
            alarmed = [path for path in alarmed if self._stands_out(path, now, wave)]
        return alarmed

    def _is_more_than_before(self, path: CellPath, now: int, threshold: float) -> bool:
        """Tell whether a cell burns also against its own last hour and a half, but for the last 20 minutes.

        On the first day nothing else tells what is usual.
        """
        if now - self.begin < self._rules.first_hour_minutes * MINUTE:
            return False
        begin, end = max(self.begin, self.kept_from(now)), now - _LATEST
        reports = self.instants([path], (FREE,), now).get(path, [])
        usual = sum(at < end for at in reports) * HOUR / (end - begin)
        return cusum.evidence_of(reversed(reports), now, lambda _: usual, self._rules) >= threshold

    def _stands_out(self, path: CellPath, now: int, wave: Burst) -> bool:
        """Tell whether a cell burns also against the wave as strong as it is by now: at first it was not known well."""
        reports = self.instants([path], (FREE, wave.id), now).get(path, [])
        evidence = cusum.evidence_of(reversed(reports), now, lambda at: self.usual(path, at, wave), self._rules)
        self.cells.set_evidence(path, now, evidence)
        return evidence >= self._rules.threshold

    def what_burns(self, alarmed: Sequence[CellPath], now: int, wave: Burst | None) -> Found | None:
        """Return what explains best that these cells alarm; a cell must burn itself for that, if not so much yet."""
        marks = (FREE,) if wave is None else (FREE, wave.id)
        burning = {
            path: instants
            for path, instants in self.instants(alarmed, marks, now).items()
            if self.cells.evidence(path) >= self._rules.threshold / 2 and (wave is None or path != wave.cell)
        }
        return self.explain(burning, now, wave)

    def explain(self, reports: Mapping[CellPath, Sequence[int]], now: int, wave: Burst | None) -> Found | None:
        """Return which of the cells with these instants of reports, from new to old, explains them best."""
        return scan.explain(
            reports,
            now,
            lambda path, at: self.usual(path, at, wave),
            lambda usual: cusum.busy(usual, self._rules),
            lines=self._rules.lines,
        )

    def instants(self, related: Sequence[CellPath], marks: Sequence[str], now: int) -> dict[CellPath, list[int]]:
        """Return the instants, from new to old, of the reports with these marks, by the cells related to `related`."""
        instants: dict[CellPath, list[int]] = {}
        for report in self.recent.newest_first(self.kept_from(now)):
            if report.mark in marks and not report.again:
                for path in self.cells_of(report.leaves):
                    if any(lies_in(path, cell) or lies_in(cell, path) for cell in related):
                        instants.setdefault(path, []).append(report.at)
        return instants

    def put_right(self, taken: Iterable[Report], now: int) -> None:
        """Reckon the evidence anew of every cell from which reports were taken."""
        paths = {path for report in taken for path in self.cells_of(report.leaves)}
        instants: dict[CellPath, list[int]] = {path: [] for path in sorted(paths)}
        for report in self.recent:
            if report.mark == FREE and not report.again:
                for path in self.cells_of(report.leaves):
                    if path in instants:
                        instants[path].append(report.at)
        for path, reports in instants.items():
            evidence = cusum.evidence_of(reports, now, partial(self.cells.usual, path), self._rules)
            self.cells.set_evidence(path, now, evidence)

    def lines_of(self, burst: Burst, since: int) -> int:
        """Return how many lines have reported in a burst's cell since an instant."""
        return sum(
            not report.again and report.mark in (FREE, burst.id) and any(burst.covers(leaf) for leaf in report.leaves)
            for report in self.recent.newest_first(since)
        )

    def leaves_of(self, burst: Burst) -> int:
        """Return in how many of the finest cells a burst has reports that are still kept."""
        return len({report.leaves for report in self.recent if report.mark == burst.id})

    def take_for_usual(self, burst: Burst, now: int) -> None:
        """Take the rate of the last hour for the level of the burst's cell and of all that are related to it."""
        lines: dict[CellPath, int] = {}
        for report in self.recent.newest_first(now - HOUR):
            if not report.again and report.mark != KNOWN:
                for path in self.cells_of(report.leaves):
                    if burst.covers(path) or lies_in(burst.cell, path):
                        lines[path] = lines.get(path, 0) + 1
        # What is kept of the burst teaches fully from here on, or the new level would at once be unlearned.
        taken = [report for report in self.recent if report.mark == burst.id]
        self.recent.mark(taken, burst.id, 1.0)
        for path, count in lines.items():
            if count >= self._rules.smallest_rate / 2:
                self.cells.jump(path, now, float(count))
