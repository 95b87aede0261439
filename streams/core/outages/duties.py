"""How far an outage is from the duties to report it, and when each falls due at the present number of users."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from streams.core.months import MINUTE, NEVER, instant_of
from streams.core.outages.course import Group, groups_of, user_microseconds
from streams.core.outages.impact import OutageImpact
from streams.core.outages.rules import Duty


class Distance(msgspec.Struct, frozen=True, kw_only=True):
    """How far one outage is from one duty.

    `share` is the part of the way, below 1 while the duty is not reached: that to the threshold furthest away, as all
    of a duty's must be reached. `reached_at` is the instant at which it was reached, or will be if nobody gets service
    before: None if never. `due_at` is the instant by which to report. Where the users are unknown, so is all this.
    """

    duty: str
    reached: bool
    share: Fraction | None
    reached_at: int | None
    due_at: int | None


def distances(impact: OutageImpact, duties: Iterable[Duty], now: int) -> list[Distance]:
    """Return the outage's distance from every duty at the instant `now`."""
    if impact.users is None:
        return [Distance(duty=duty.id, reached=False, share=None, reached_at=None, due_at=None) for duty in duties]
    groups = groups_of(impact.outage, impact.users)
    started_at = instant_of(impact.outage.started_at)
    return [_distance(duty, groups, started_at, now) for duty in duties]


def _distance(duty: Duty, groups: tuple[Group, ...], started_at: int, now: int) -> Distance:
    reached_at = _reached_at(duty, groups, started_at)
    return Distance(
        duty=duty.id,
        reached=reached_at is not None and reached_at <= now,
        share=min(_shares(duty, groups, started_at, now)),
        reached_at=reached_at,
        due_at=None if reached_at is None else reached_at + duty.within_minutes * MINUTE,
    )


def _reached_at(duty: Duty, groups: tuple[Group, ...], started_at: int) -> int | None:
    """Return when all of the duty's thresholds are reached; None if that is never."""
    long_enough_at = started_at + duty.minutes * MINUTE
    if _out(groups) < duty.users or _below_at(groups, max(duty.users, 1), started_at) < long_enough_at:
        return None
    enough_time_at = _user_time_reached_at(groups, started_at, duty.user_minutes * MINUTE)
    return None if enough_time_at is None else max(long_enough_at, enough_time_at)


def _shares(duty: Duty, groups: tuple[Group, ...], started_at: int, now: int) -> list[Fraction]:
    """Return the part of the way to each of the duty's thresholds; where users are too few, all of them are timed."""
    shares = []
    if duty.users:
        shares.append(Fraction(_out(groups), duty.users))
    if duty.minutes:
        timed = max(1, min(duty.users, _out(groups)))
        lasted = min(_below_at(groups, timed, started_at), max(now, started_at)) - started_at
        shares.append(Fraction(lasted, duty.minutes * MINUTE))
    if duty.user_minutes:
        microseconds = user_microseconds(groups, started_at, started_at, now)
        shares.append(Fraction(microseconds, duty.user_minutes * MINUTE))
    return shares


def _out(groups: tuple[Group, ...]) -> int:
    return sum(group.users for group in groups)


def _below_at(groups: tuple[Group, ...], users: int, started_at: int) -> int:
    """Return when fewer than `users` (at least 1) are out for the first time; NEVER while that many are out."""
    out = _out(groups)
    if out < users:
        return started_at
    for group in groups:
        out -= group.users
        if out < users:
            return group.back_at
    return NEVER


def _user_time_reached_at(groups: tuple[Group, ...], started_at: int, microseconds: int) -> int | None:
    """Return when the users' time out of service comes to so much: each group adds to it until it comes back."""
    out, reached, since = _out(groups), 0, started_at
    for group in groups:
        until = group.back_at
        if reached + out * (until - since) >= microseconds:
            return since + -(-(microseconds - reached) // out) if out else since
        reached += out * (until - since)
        out, since = out - group.users, until
    return None
