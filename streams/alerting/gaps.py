"""Finds the times of the coming weeks in which a duty has nobody."""

from __future__ import annotations

from typing import NamedTuple

from streams.alerting.roster import CITY, Duty, Roster, Span, hand_overs, rotation_at, turn
from streams.alerting.yaml_lines import Lines, Problem
from streams.core.months import DAY, NEVER

AHEAD = 31 * DAY
"""How far the roster has to be complete."""


class Gap(NamedTuple):
    """Nobody is on duty in `span`; `rotation` is the place, among the duty's, of the rotation in force, if any."""

    duty: str
    branch: str
    span: Span
    rotation: int | None


def gaps(roster: Roster, now: int) -> list[Gap]:
    """Return the gaps in the month that begins at an instant (microseconds), by duty, branch and time.

    Branches without a rotation of their own are CITY's, and not told apart.
    """
    within = Span(now, now + AHEAD)
    return [
        gap
        for duty in roster.duties.values()
        for branch in sorted({branch for rotation in duty.rotations for branch in rotation.branches} | {CITY})
        for gap in _gaps(roster, duty, branch, within)
    ]


def gap_problems(roster: Roster, lines: Lines, now: int) -> list[Problem]:
    """Return the gaps as problems of the roster's file."""
    places = {duty: f".duties[{place}]" for place, duty in enumerate(roster.duties)}
    problems = []
    for gap in gaps(roster, now):
        place = places[gap.duty]
        if gap.rotation is not None:
            place += f".rotations[{gap.rotation}]"
        start, end = (f"{roster.local(at):%Y-%m-%d %H:%M}" for at in (gap.span.start, gap.span.end))
        reason = f"nobody is on duty for {gap.duty} of {gap.branch} from {start} until {end}"
        why = "no rotation is in force" if gap.rotation is None else "whose turn it is, is away: add an override"
        problems.append(Problem(lines.line(place), f"{reason}: {why}"))
    return sorted(problems)


def _gaps(roster: Roster, duty: Duty, branch: str, within: Span) -> list[Gap]:
    found: list[Gap] = []
    changes = sorted(_changes(roster, duty, within))
    for start, end in zip(changes, [*changes[1:], within.end], strict=True):
        if turn(roster, duty, branch, start).on_duty is not None:
            continue
        rotation = rotation_at(duty, branch, start)
        gap = Gap(duty.id, branch, Span(start, end), None if rotation is None else duty.rotations.index(rotation))
        if found and found[-1].span.end == start and found[-1].rotation == gap.rotation:
            gap = gap._replace(span=Span(found.pop().span.start, end))
        found.append(gap)
    return found


def _changes(roster: Roster, duty: Duty, within: Span) -> set[int]:
    """Return the instants at which somebody else may be on duty, the beginning among them."""
    spans = [
        *(rotation.span for rotation in duty.rotations),
        *(override.span for override in roster.overrides),
        *(span for person in roster.people.values() for span in person.away),
    ]
    ends = {at for span in spans for at in (span.start, span.end) if at != NEVER}
    turns = {at for rotation in duty.rotations for at in hand_overs(roster, rotation, within)}
    return {within.start} | {at for at in ends | turns if within.holds(at)}
