"""Reads the roster's file and tells everything that is wrong with it, with line and reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from streams.alerting import yaml_lines
from streams.alerting.roster import (
    CITY,
    Channel,
    Duty,
    Override,
    Person,
    Quiet,
    Roster,
    Rotation,
    Span,
    Step,
)
from streams.alerting.roster_form import WEEKDAYS, DutyPart, PersonPart, RosterFile, RotationPart
from streams.alerting.yaml_lines import Lines, Problem
from streams.core.months import NEVER, instant_of

ROSTER_FILE = "roster.yaml"


class RosterError(ValueError):
    """The roster cannot be used; the message names the file, the lines and the reasons."""


def load_roster(path: Path, branches: Collection[str]) -> Roster:
    """Return the roster of a file, for the branches of places.yaml; raises RosterError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RosterError(f"{path}: {error}; STREAMS_DEFINITIONS_DIR names the folder") from error
    roster, _, problems = read_roster(text, branches)
    if roster is None or problems:
        raise RosterError("; ".join(f"{path}, {problem}" for problem in problems))
    return roster


def read_roster(text: str, branches: Collection[str]) -> tuple[Roster | None, Lines, list[Problem]]:
    """Return the roster that a text holds, its lines, and what is wrong with it, by line (then there may be none).

    Times without an hour are the beginning of that day; those without an offset are of the roster's time zone.
    """
    content, lines, problems = yaml_lines.read(text, RosterFile)
    if content is None:
        return None, lines, problems
    try:
        zone = ZoneInfo(content.timezone)
    except (KeyError, OSError, ValueError):
        reason = f"timezone: {content.timezone!r} is no IANA time zone such as Asia/Shanghai"
        return None, lines, [Problem(lines.line(".timezone"), reason)]
    reading = _Reading(content, zone, branches)
    roster = reading.roster()
    found = [Problem(lines.line(place), f"{place.lstrip('.')}: {reason}") for place, reason in reading.problems]
    return roster, lines, sorted(found)


class _Reading:
    """Turns the file's content into a roster; `problems` gets what makes no sense, as (place, reason)."""

    def __init__(self, content: RosterFile, zone: ZoneInfo, branches: Collection[str]) -> None:
        self.problems: list[tuple[str, str]] = []
        self._content, self._zone = content, zone
        self._people = {person.id for person in content.people}
        self._duties = {duty.id for duty in content.duties}
        self._branches = {*branches, CITY}

    def roster(self) -> Roster:
        """Return the roster; whether it can be used, `problems` tells."""
        content = self._content
        self._known(".fallback", content.fallback, self._people, "person")
        self._once(".people", [person.id for person in content.people])
        self._once(".duties", [duty.id for duty in content.duties])
        return Roster(
            timezone=content.timezone,
            fallback=content.fallback,
            people={one.id: self._person(f".people[{place}]", one) for place, one in enumerate(content.people)},
            duties={one.id: self._duty(f".duties[{place}]", one) for place, one in enumerate(content.duties)},
            steps={
                severity: tuple(
                    Step(notify=one.notify, wait_minutes=one.wait_minutes, repeat=one.repeat) for one in steps
                )
                for severity, steps in content.escalation.items()
            },
            quiet=tuple(
                Quiet(
                    severities=tuple(one.severities),
                    start=_minute(one.start),
                    end=_minute(one.until),
                    holidays=one.holidays,
                )
                for one in content.quiet
            ),
            holidays=frozenset(self._holidays()),
            overrides=self._overrides(),
        )

    def _person(self, place: str, part: PersonPart) -> Person:
        if not (part.channels or part.sms):
            self.problems.append((place, f"{part.id} has neither channels nor sms: nothing could reach them"))
        if part.language not in part.names:
            self.problems.append((f"{place}.names", f"there is no name in {part.language!r}, their language"))
        return Person(
            id=part.id,
            names=part.names,
            language=part.language,
            channels=(*map(Channel, part.channels), *(Channel(name, is_short=True) for name in part.sms)),
            away=tuple(self._span(f"{place}.away[{at}]", one.start, one.until) for at, one in enumerate(part.away)),
        )

    def _duty(self, place: str, part: DutyPart) -> Duty:
        if not any(CITY in rotation.branches for rotation in part.rotations):
            reason = f"no rotation is for {CITY!r}: nobody would take what belongs to no branch"
            self.problems.append((f"{place}.rotations", reason))
        rotations = [self._rotation(f"{place}.rotations[{at}]", one) for at, one in enumerate(part.rotations)]
        for (_, one), (at, other) in combinations(enumerate(rotations), 2):
            if shared := _shared(one.branches, other.branches, one.span, other.span):
                reason = f"overlaps another rotation of {part.id} for {', '.join(shared)}"
                self.problems.append((f"{place}.rotations[{at}]", reason))
        return Duty(id=part.id, names=part.names, rotations=tuple(rotations))

    def _rotation(self, place: str, part: RotationPart) -> Rotation:
        for field, people in (("people", part.people), ("holiday_people", part.holiday_people)):
            for at, person in enumerate(people):
                self._known(f"{place}.{field}[{at}]", person, self._people, "person")
        if part.backup is not None:
            self._known(f"{place}.backup", part.backup, self._people, "person")
        self._known_branches(place, part.branches)
        weekday, time = part.hand_over.split()
        return Rotation(
            branches=tuple(part.branches),
            span=self._span(place, part.starts, part.ends, "starts", "ends"),
            people=tuple(part.people),
            weekday=WEEKDAYS.index(weekday),
            minute=_minute(time),
            holiday_people=tuple(part.holiday_people),
            backup=part.backup,
        )

    def _overrides(self) -> tuple[Override, ...]:
        found = []
        for at, part in enumerate(self._content.overrides):
            place = f".overrides[{at}]"
            self._known(f"{place}.duty", part.duty, self._duties, "duty")
            self._known(f"{place}.person", part.person, self._people, "person")
            self._known_branches(place, part.branches)
            span = self._span(place, part.start, part.until)
            found.append(Override(duty=part.duty, branches=tuple(part.branches), span=span, person=part.person))
        for (first, one), (at, other) in combinations(enumerate(found), 2):
            shared = _shared(one.branches, other.branches, one.span, other.span)
            if one.duty == other.duty and shared:
                reason = f"overlaps overrides[{first}]: {one.duty} of {', '.join(shared)} would have two people"
                self.problems.append((f".overrides[{at}]", reason))
        return tuple(found)

    def _holidays(self) -> Iterator[str]:
        for at, part in enumerate(self._content.holidays):
            span = self._span(f".holidays[{at}]", part.start, part.until)
            first, last = (
                datetime.fromtimestamp(end // 1_000_000, self._zone).date() for end in (span.start, span.end)
            )
            yield from ((first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days))

    def _span(self, place: str, start: str, end: str | None, first: str = "from", last: str = "until") -> Span:
        begins = self._moment(f"{place}.{first}", start)
        ends = NEVER if end is None else self._moment(f"{place}.{last}", end)
        if ends <= begins and begins > 0:
            self.problems.append((f"{place}.{last}", f"{end} is not after {start}"))
        return Span(begins, ends)

    def _moment(self, place: str, text: str) -> int:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.problems.append((place, f"{text!r} is no time: write 2026-10-01 or 2026-10-01 09:00"))
            return 0
        return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=self._zone))

    def _known(self, place: str, name: str, known: Collection[str], what: str) -> None:
        if name not in known:
            self.problems.append((place, f"there is no {what} {name!r}; there are {', '.join(sorted(known))}"))

    def _known_branches(self, place: str, branches: Iterable[str]) -> None:
        for at, branch in enumerate(branches):
            self._known(f"{place}.branches[{at}]", branch, self._branches, "branch")

    def _once(self, place: str, ids: list[str]) -> None:
        for at, one in enumerate(ids):
            if one in ids[:at]:
                self.problems.append((f"{place}[{at}].id", f"{one!r} stands twice"))


def _shared(one: Iterable[str], other: Iterable[str], first: Span, second: Span) -> list[str]:
    overlaps = first.start < second.end and second.start < first.end
    return sorted({*one} & {*other}) if overlaps else []


def _minute(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)
