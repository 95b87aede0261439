"""The roster as plain data, and who is on duty: a pure function of roster, duty, branch and instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from streams.core.months import DAY, MINUTE, NEVER, datetime_of, instant_of

CITY = "city"
"""The branch of what concerns the whole city, or no branch that is known."""

Severity = Literal["critical", "warning"]
Language = Literal["zh", "en"]
Notify = Literal["on_duty", "next", "backup", "fallback"]

_WEEK = timedelta(weeks=1)


class Span(msgspec.Struct, frozen=True):
    """A half-open time between two instants (microseconds)."""

    start: int
    end: int = NEVER

    def holds(self, at: int) -> bool:
        """Tell whether an instant lies in it."""
        return self.start <= at < self.end


class Channel(msgspec.Struct, frozen=True):
    """A way to a person: STREAMS_CHANNEL_<name> of the environment has the address; `is_short` asks for SMS texts."""

    name: str
    is_short: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can be paged, and when not."""

    id: str
    names: dict[Language, str]
    language: Language = "zh"
    channels: tuple[Channel, ...] = ()
    away: tuple[Span, ...] = ()

    def is_away(self, at: int) -> bool:
        """Tell whether the person cannot be paged at an instant."""
        return any(span.holds(at) for span in self.away)


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """People who take turns by the week, in order, for some branches.

    The turn passes on `weekday` (0 is Monday) at `minute` of the day, local time. On holidays `holiday_people`,
    if there are any, take turns by the day instead.
    """

    branches: tuple[str, ...]
    span: Span
    people: tuple[str, ...]
    weekday: int
    minute: int
    holiday_people: tuple[str, ...] = ()
    backup: str | None = None


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """One person instead of whoever's turn it is."""

    duty: str
    branches: tuple[str, ...]
    span: Span
    person: str


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is there for; rotations for CITY take what no branch has a rotation for."""

    id: str
    names: dict[Language, str]
    rotations: tuple[Rotation, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to page, `repeat` times, each time waiting for an acknowledgement before going on."""

    notify: Notify
    wait_minutes: float
    repeat: int = 1


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """When pages of some severities wait: between two minutes of the local day, and perhaps all day on holidays."""

    severities: tuple[Severity, ...]
    start: int
    end: int
    holidays: bool = False


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Who is paged for what, when, and who after them. `holidays` are local days, written 2026-10-01."""

    timezone: str
    fallback: str
    people: dict[str, Person]
    duties: dict[str, Duty]
    steps: dict[Severity, tuple[Step, ...]]
    quiet: tuple[Quiet, ...] = ()
    holidays: frozenset[str] = frozenset()
    overrides: tuple[Override, ...] = ()

    def local(self, at: int) -> datetime:
        """Return an instant on the clock of the roster's time zone, without the zone."""
        return datetime_of(at).astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)

    def instant(self, local: datetime) -> int:
        """Return the instant of a local clock time."""
        return instant_of(local.replace(tzinfo=ZoneInfo(self.timezone)))

    def duty(self, name: str) -> Duty:
        """Return a duty by its id; the first one takes what names none that there is."""
        return self.duties.get(name) or next(iter(self.duties.values()))

    def steps_of(self, severity: str) -> tuple[Step, ...]:
        """Return whom to page for a severity; nobody for one that the roster does not know."""
        return next((steps for known, steps in self.steps.items() if known == severity), ())

    def is_holiday(self, at: int) -> bool:
        """Tell whether an instant lies on a holiday."""
        return self.local(at).date().isoformat() in self.holidays


class Turn(NamedTuple):
    """Who answers at an instant; None where there is nobody."""

    on_duty: str | None
    next: str | None
    backup: str | None
    fallback: str | None

    def person(self, notify: Notify) -> str | None:
        """Return whom a step means."""
        found: str | None = getattr(self, notify)
        return found


def turn(roster: Roster, duty: Duty, branch: str, at: int) -> Turn:
    """Return who answers for a duty of a branch at an instant (microseconds).

    Nobody who is away is named: `on_duty` is then None, `next` the one after them.
    """
    fallback = _present(roster, roster.fallback, at)
    rotation = rotation_at(duty, branch, at)
    override = override_at(roster, duty, branch, at)
    if rotation is None:
        person = None if override is None else override.person
        return Turn(_present(roster, person, at), None, None, fallback)
    people, place = _order(roster, rotation, at)
    person = people[place] if override is None else override.person
    others = [people[(place + ahead) % len(people)] for ahead in range(1, len(people) + 1)]
    following = (one for one in others if one != person and _present(roster, one, at))
    return Turn(
        on_duty=_present(roster, person, at),
        next=next(following, None),
        backup=_present(roster, rotation.backup, at),
        fallback=fallback,
    )


def rotation_at(duty: Duty, branch: str, at: int) -> Rotation | None:
    """Return the rotation that is in force: the branch's own if the duty has any for it, else CITY's."""
    wanted = _answering(duty, branch)
    return next((one for one in duty.rotations if wanted in one.branches and one.span.holds(at)), None)


def override_at(roster: Roster, duty: Duty, branch: str, at: int) -> Override | None:
    """Return the override in force for a duty of a branch, CITY's where that answers; None if there is none."""
    in_force = [one for one in roster.overrides if one.duty == duty.id and one.span.holds(at)]
    for wanted in (branch, _answering(duty, branch)):
        for override in in_force:
            if wanted in override.branches:
                return override
    return None


def quiet_until(roster: Roster, severity: str, at: int) -> int:
    """Return when a page of a severity may go out: `at` itself, or the end of the quiet time around it."""
    moved = True
    while moved:
        moved = False
        for rule in roster.quiet:
            if severity in rule.severities and (until := _quiet_until(roster, rule, at)) > at:
                at, moved = until, True
    return at


def hand_overs(roster: Roster, rotation: Rotation, within: Span) -> list[int]:
    """Return the instants in a time at which the turn may pass to another person."""
    day = roster.local(within.start).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while (midnight := roster.instant(day)) < within.end:
        found.append(midnight)
        if day.weekday() == rotation.weekday:
            found.append(roster.instant(day + timedelta(minutes=rotation.minute)))
        day += timedelta(days=1)
    return [at for at in found if within.holds(at)]


def _answering(duty: Duty, branch: str) -> str:
    """Return the branch itself if it has a rotation of its own, else CITY."""
    return branch if any(branch in rotation.branches for rotation in duty.rotations) else CITY


def _order(roster: Roster, rotation: Rotation, at: int) -> tuple[tuple[str, ...], int]:
    """Return the people who take turns at an instant, and the place of the one whose turn it is."""
    if rotation.holiday_people and roster.is_holiday(at):
        days = roster.local(at).toordinal()
        return rotation.holiday_people, days % len(rotation.holiday_people)
    weeks = _week(roster, rotation, at) - _week(roster, rotation, rotation.span.start)
    return rotation.people, weeks % len(rotation.people)


def _week(roster: Roster, rotation: Rotation, at: int) -> int:
    """Return how many hand-overs there were from a fixed one until an instant, by the local clock."""
    monday = datetime(2001, 1, 1)  # noqa: DTZ001 (a local clock time)
    first = monday + timedelta(days=rotation.weekday, minutes=rotation.minute)
    return (roster.local(at) - first) // _WEEK


def _present(roster: Roster, person: str | None, at: int) -> str | None:
    return None if person is None or roster.people[person].is_away(at) else person


def _quiet_until(roster: Roster, rule: Quiet, at: int) -> int:
    local = roster.local(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if rule.holidays and roster.is_holiday(at):
        return roster.instant(midnight + timedelta(days=1))
    for first in (midnight - timedelta(days=1), midnight):
        length = (rule.end - rule.start) % (DAY // MINUTE)
        start = first + timedelta(minutes=rule.start)
        if start <= local < start + timedelta(minutes=length):
            return roster.instant(start + timedelta(minutes=length))
    return at
