"""A burst that is going on: what its reports add up to, and the suspicion that is told of it."""

from __future__ import annotations

from math import exp
from typing import Any

import msgspec

from streams.core.detection.ranges import Numbers, tightest
from streams.core.detection.recent import Report
from streams.core.detection.rules import DetectionRules
from streams.core.detection.scan import Found
from streams.core.detection.signals import CITY, SITE, CellPath, SignalKind, lies_in
from streams.core.detection.suspicion import Reason, Suspicion, SuspicionKind, suspicion_id
from streams.core.months import MINUTE

NAMED_BY = 192
"""So many of the newest lines name the numbers: more would name them no better, only slower."""
MOST_SYMPTOMS = 50
TOP_SYMPTOMS = 3
_LEAST_EXPECTED = 0.01
_HALF_SURE = 10.0
"""A score of so much, divided by the dispersion, leaves 1/e of the doubt."""


def times_usual(lines: float, expected: float) -> float:
    """Return how many times the usual has come, at least 1."""
    return max(1.0, lines / max(expected, _LEAST_EXPECTED))


class Burst(msgspec.Struct):
    """The state of one open suspicion. `lines` gives each line's first report; `told_lines` is what was told last.

    `factor`: how many times the usual has lately come.
    """

    id: str
    of: SignalKind
    cell: CellPath
    first_report_at: int
    raised_at: int
    updated_at: int
    last_report_at: int
    score: float = 0.0
    reports: int = 0
    line_count: int = 0
    lines: dict[str, int] = {}
    symptoms: dict[str, int] = {}
    numbers: Numbers = Numbers()
    reason: Reason = Reason("burst", {})
    told_lines: int = 0
    factor: float = 1.0

    @classmethod
    def raised(cls, of: SignalKind, found: Found, now: int) -> Burst:
        """Return a burst without reports, raised for what was found."""
        return cls(
            id=suspicion_id(of, found.cell, found.since),
            of=of,
            cell=found.cell,
            first_report_at=found.since,
            raised_at=now,
            updated_at=now,
            last_report_at=found.since,
            factor=times_usual(found.reports, found.expected),
        )

    @property
    def kind(self) -> SuspicionKind:
        """A burst of the whole city is a wave of complaints: no outage has no place."""
        return "wave" if self.cell == CITY else "outage"

    def lesson(self, rules: DetectionRules) -> float:
        """Return the weight with which each report teaches: all together teach little more than the usual."""
        return min(1.0, rules.lesson / self.factor)

    def covers(self, cell: CellPath) -> bool:
        """Tell whether a cell is mine or below it."""
        return lies_in(cell, self.cell)

    def take(self, report: Report, rules: DetectionRules) -> None:
        """Count one report in."""
        self.reports += 1
        self.first_report_at = min(self.first_report_at, report.at)
        self.last_report_at = max(self.last_report_at, report.at)
        if report.line and report.line not in self.lines:
            self.line_count += 1
            self.lines[report.line] = report.at
            if len(self.lines) > rules.most_lines:
                del self.lines[next(iter(self.lines))]
        if report.symptom and (report.symptom in self.symptoms or len(self.symptoms) < MOST_SYMPTOMS):
            self.symptoms[report.symptom] = self.symptoms.get(report.symptom, 0) + 1

    def take_over(self, other: Burst, rules: DetectionRules) -> None:
        """Count in what another burst, which turned out to be part of mine, has counted."""
        known = sum(line in self.lines for line in other.lines)
        self.line_count += other.line_count - known
        self.lines = dict(sorted({**self.lines, **other.lines}.items(), key=lambda item: (item[1], item[0])))
        for line in list(self.lines)[: max(0, len(self.lines) - rules.most_lines)]:
            del self.lines[line]
        self.reports += other.reports
        self.first_report_at = min(self.first_report_at, other.first_report_at)
        self.last_report_at = max(self.last_report_at, other.last_report_at)
        for symptom, count in other.symptoms.items():
            self.symptoms[symptom] = self.symptoms.get(symptom, 0) + count

    def explain(self, found: Found, now: int, cells: int) -> None:
        """Take over what explains the burst now: the cell, the score, the reason and the numbers.

        `cells` is how many of the finest cells have reported.
        """
        self.cell, self.score = found.cell, max(self.score, found.score)
        minutes = max(1, -(-(now - found.since) // MINUTE))
        figures: dict[str, float] = {
            "lines": found.reports,
            "minutes": minutes,
            "expected": round(found.expected, 1),
            "cells": cells,
        }
        self.reason = Reason("wave" if self.kind == "wave" else "burst", figures)
        self.numbers = Numbers() if self.kind == "wave" else tightest(list(self.lines)[-NAMED_BY:])

    def has_grown(self, rules: DetectionRules) -> bool:
        """Tell whether there are so many more lines that it should be told again."""
        return self.line_count >= self.told_lines * rules.growth and self.line_count > self.told_lines

    def told(self, now: int, rules: DetectionRules, **changes: Any) -> Suspicion:
        """Return the suspicion with `changes`, to be told; from here on growth is counted anew."""
        self.updated_at, self.told_lines = now, self.line_count
        return msgspec.structs.replace(self.suspicion(rules), **changes)

    def suspicion(self, rules: DetectionRules) -> Suspicion:
        """Return the suspicion as it stands."""
        doubt = exp(-self.score / (rules.dispersion * _HALF_SURE))
        return Suspicion(
            id=self.id,
            kind=self.kind,
            state="open",
            of=self.of,
            cell=self.cell,
            branch=self.cell[0] if self.cell else "",
            site=next((name[len(SITE) :] for name in self.cell if name.startswith(SITE)), ""),
            ranges=self.numbers.ranges,
            prefixes=self.numbers.prefixes,
            first_report_at=self.first_report_at,
            raised_at=self.raised_at,
            updated_at=self.updated_at,
            ended_at=None,
            reports=self.reports,
            lines=self.line_count,
            confidence=min(99, round(100 * (1 - doubt))),
            reason=self.reason,
            symptoms=tuple(sorted(self.symptoms.items(), key=lambda item: (-item[1], item[0]))[:TOP_SYMPTOMS]),
        )
