"""The cells that a detector knows: each with its baseline and its evidence, the least recently heard of leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from streams.core.detection import cusum
from streams.core.detection.baseline import Baseline, Shape, assumed_shape
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CITY, CellPath
from streams.core.months import Calendar


class Cell(msgspec.Struct, array_like=True):
    """One cell. `evidence` stood so high at `evident_at`; `heard` counts up with every touch of any cell."""

    baseline: Baseline
    evidence: float = 0.0
    evident_at: int = 0
    heard: int = 0


class Cells:
    """A bounded number of cells; a cell that left begins anew, which only makes it slower to alarm on its level."""

    def __init__(self, calendar: Calendar, rules: DetectionRules) -> None:
        self._calendar, self._rules = calendar, rules
        self._cells: dict[CellPath, Cell] = {}
        self._heard = 0
        self.changed: set[CellPath] = set()

    def hear(self, path: CellPath, begin: int, learned_to: int) -> Cell:
        """Return the cell, a new one if it is unknown: then nothing was reported in it from `begin` to `learned_to`."""
        cell = self._cells.pop(path, None)
        if cell is None:
            cell = Cell(Baseline.begun(begin, learned_to, self._rules))
            if path == CITY:
                cell.baseline.begin_week(of_the_city=True)
        self._heard += 1
        cell.heard = self._heard
        self._cells[path] = cell
        self.changed.add(path)
        if len(self._cells) > self._rules.most_cells:
            longest_silent = next(iter(self._cells))
            del self._cells[longest_silent]
            self.changed.add(longest_silent)
        return cell

    def paths(self) -> list[CellPath]:
        """Return the cells that are known."""
        return list(self._cells)

    def usual(self, path: CellPath, at: int) -> float:
        """Return how many lines an hour are usual in a cell at an instant; 0 for an unknown one."""
        cell = self._cells.get(path)
        if cell is None:
            return 0.0
        weight = self._weight(path, self._calendar.hour_of_week(at))
        return cell.baseline.level() * weight * cell.baseline.lately(self._rules)

    def usual_by_now(self, path: CellPath, at: int, learned_to: int) -> float:
        """Return the same, reckoning with the silence until `learned_to`; nothing changes by asking."""
        cell = self._cells.get(path)
        if cell is None:
            return 0.0
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(cell.baseline), type=Baseline)
        copy.learn_time(learned_to, self._calendar, self._ancestor(path), self._rules)
        hour = self._calendar.hour_of_week(at)
        return copy.level() * copy.shape(hour, self._ancestor(path), self._rules) * copy.lately(self._rules)

    def learn(self, path: CellPath, at: int, weight: float) -> None:
        """Let a cell learn a ticket opened `at` an instant, by its weight, and the time before it."""
        cell = self._cells.get(path)
        if cell is None:
            return
        baseline = cell.baseline
        baseline.learn_time(at, self._calendar, self._ancestor(path), self._rules)
        baseline.learn_ticket(self._calendar.hour_of_week(at), weight)
        if not baseline.has_own_week() and baseline.tickets >= self._rules.own_week_tickets:
            baseline.begin_week(of_the_city=False)
        self.changed.add(path)

    def jump(self, path: CellPath, at: int, rate: float) -> None:
        """Take `rate` lines an hour for the cell's new level, and forget its evidence."""
        cell = self._cells.get(path)
        if cell is not None:
            cell.baseline.jump(rate, self._weight(path, self._calendar.hour_of_week(at)))
            cell.evidence = 0.0
            self.changed.add(path)

    def report(self, path: CellPath, at: int, usual: float) -> float:
        """Let one more line report in a cell; return the evidence."""
        cell = self._cells[path]
        silent = cusum.after_silence(cell.evidence, at - cell.evident_at, usual, self._rules)
        cell.evidence = cusum.after_report(silent, usual, self._rules)
        cell.evident_at = at
        return cell.evidence

    def evidence(self, path: CellPath) -> float:
        """Return the evidence in a cell as of its last report; 0 for an unknown one."""
        cell = self._cells.get(path)
        return 0.0 if cell is None else cell.evidence

    def set_evidence(self, path: CellPath, at: int, evidence: float) -> None:
        """Put a cell's evidence right, because reports in it were explained."""
        cell = self._cells.get(path)
        if cell is not None:
            cell.evidence, cell.evident_at = evidence, at
            self.changed.add(path)

    def _weight(self, path: CellPath, hour_of_week: int) -> float:
        """Return the shape of a cell's week: its own, or that of the next ancestor that has one."""
        for depth in range(len(path), -1, -1):
            cell = self._cells.get(path[:depth])
            if cell is not None and cell.baseline.has_own_week():
                return cell.baseline.shape(hour_of_week, self._ancestor(path[:depth]), self._rules)
        return assumed_shape(hour_of_week)

    def _ancestor(self, path: CellPath) -> Shape:
        return partial(self._weight, path[:-1]) if path else assumed_shape

    def record(self, path: CellPath) -> bytes:
        """Return a cell's bytes, empty if it has left."""
        cell = self._cells.get(path)
        return b"" if cell is None else msgspec.msgpack.encode(cell)

    def restore(self, records: Mapping[CellPath, bytes]) -> None:
        """Take up records as `record` gave them."""
        cells = {path: msgspec.msgpack.decode(record, type=Cell) for path, record in records.items()}
        self._cells = dict(sorted(cells.items(), key=lambda item: item[1].heard))
        self._heard = max((cell.heard for cell in cells.values()), default=0)
        self.changed.clear()
