"""Scores alarms against what was put into a simulated city: false alarms, delay, the cell named, the tickets linked."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bench.detection.city import City, Truth
from streams.core.detection.signals import CellPath, lies_in
from streams.core.months import MINUTE

LATE = 30 * MINUTE
"""An alarm may come so long after the last report of what it is about."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector said: when, of which cell at the end, and which time it takes to be the burst's."""

    at: int
    cell: CellPath
    is_wave: bool = False
    begin: int = 0
    end: int = 0


class Score(msgspec.Struct, kw_only=True):
    """Figures of one city. Delays in minutes, one for each outage found; shares as (part, whole)."""

    false_alarms: int = 0
    again: int = 0
    outages: int = 0
    delays: list[float] = []
    right_cells: int = 0
    linked: tuple[int, int] = (0, 0)
    others: tuple[int, int] = (0, 0)
    waves: int = 0
    waves_called_waves: int = 0


def score(city: City, alarms: Sequence[Alarm]) -> Score:
    """Return how good the alarms of the time that counts are."""
    result = Score()
    matched: dict[int, list[Alarm]] = {number: [] for number in range(len(city.truths))}
    for alarm in alarms:
        if alarm.at < city.counted_from:
            continue
        numbers = [number for number, truth in enumerate(city.truths) if _is_about(alarm, truth)]
        if numbers:
            result.again += bool(matched[numbers[0]])
            matched[numbers[0]].append(alarm)
        else:
            result.false_alarms += 1
    for number, truth in enumerate(city.truths):
        if truth.cell:
            _score_outage(result, truth, matched[number])
        else:
            result.waves += 1
            result.waves_called_waves += bool(matched[number])
    _score_links(result, city, matched)
    return result


def _is_about(alarm: Alarm, truth: Truth) -> bool:
    """An alarm is about an outage if its cell is the outage's, or above or below it; about a wave if it says so."""
    if not truth.begin <= alarm.at <= truth.end + LATE:
        return False
    if not truth.cell or alarm.is_wave:
        return alarm.is_wave and not truth.cell
    return lies_in(alarm.cell, truth.cell) or lies_in(truth.cell, alarm.cell)


def _score_outage(result: Score, truth: Truth, alarms: Sequence[Alarm]) -> None:
    result.outages += 1
    if alarms:
        first = min(alarms, key=lambda alarm: alarm.at)
        result.delays.append((first.at - truth.begin) / MINUTE)
        result.right_cells += first.cell in (truth.cell, truth.cell[:-1])


def _score_links(result: Score, city: City, matched: dict[int, list[Alarm]]) -> None:
    linked = whole = others = all_others = 0
    for told in city.told:
        if told.signal.at < city.counted_from:
            continue
        of_outage = told.truth is not None and city.truths[told.truth].cell
        near = [
            number
            for number, truth in enumerate(city.truths)
            if truth.cell and truth.begin - LATE <= told.signal.at <= truth.end + LATE
        ]
        is_linked = any(
            alarm.begin <= told.signal.at <= alarm.end and lies_in(told.signal.leaves[0], alarm.cell)
            for number in near
            for alarm in matched[number]
        )
        if of_outage:
            whole += 1
            linked += is_linked
        else:
            all_others += 1
            others += is_linked
    result.linked, result.others = (linked, whole), (others, all_others)
