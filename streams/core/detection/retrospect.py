"""Looks back over a history of tickets with the detector, as if they came in one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from streams.core.detection.detector import Detector
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CellPath, Signal
from streams.core.detection.suspicion import Suspicion, SuspicionKind
from streams.core.months import Calendar


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm, as it turned out: raised `at`, over at `ended_at`, None if it was not. Instants are µs."""

    at: int
    cell: CellPath
    kind: SuspicionKind
    reports: int
    first_report_at: int
    ended_at: int | None


def look_back(
    signals: Sequence[Signal], calendar: Calendar, rules: DetectionRules, on_progress: Callable[[int], None]
) -> list[Alarm]:
    """Return the alarms of `signals`, which are in the order of their time; `on_progress` hears how many are done.

    A suspicion that another took in is no alarm of its own, but the other was then raised as early.
    """
    detector = Detector(calendar, rules)
    last: dict[str, Suspicion] = {}
    for done, signal in enumerate(signals, start=1):
        last |= {suspicion.id: suspicion for suspicion in detector.take(signal)}
        on_progress(done)
    last |= {suspicion.id: suspicion for suspicion in detector.open()}
    raised = {name: suspicion.raised_at for name, suspicion in last.items()}
    for suspicion in last.values():
        into = suspicion
        while into.merged_into is not None:
            into = last[into.merged_into]
        raised[into.id] = min(raised[into.id], suspicion.raised_at)
    alarms = [
        Alarm(
            at=raised[suspicion.id],
            cell=suspicion.cell,
            kind=suspicion.kind,
            reports=suspicion.reports,
            first_report_at=suspicion.first_report_at,
            ended_at=suspicion.ended_at,
        )
        for suspicion in last.values()
        if suspicion.merged_into is None
    ]
    return sorted(alarms, key=lambda alarm: (alarm.at, alarm.cell))
