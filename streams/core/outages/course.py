"""The course of one outage: how many users it put out of service, and when they had it again, group by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.months import NEVER, instant_of
from streams.core.outages.numbers import Numbers
from streams.core.outages.scope import stated_numbers

UsersFrom = Literal["directory", "given", "range", "unknown"]


class Users(NamedTuple):
    """Who was out at the start: how many (None where nobody knows), who says so, and their numbers if it is known."""

    total: int | None
    told_by: UsersFrom
    numbers: Numbers | None = None


class Group(NamedTuple):
    """Users who were out from the outage's start until they came back together at the instant `back_at`."""

    users: int
    back_at: int


def users_of(outage: Outage, definitions: Definitions) -> Users:
    """Return who was out: by the directory if it knows anybody there, else as given, else whoever is in the ranges."""
    scope = outage.scope
    if definitions.directory is not None:
        known = definitions.directory.in_scope(scope, instant_of(outage.started_at))
        if known:
            return Users(known.size, "directory", known)
    if outage.users is not None:
        return Users(outage.users, "given")
    if scope.prefixes or scope.sites:
        return Users(None, "unknown")
    numbers = stated_numbers(scope)
    return Users(numbers.size, "range", numbers)


def groups_of(outage: Outage, users: int) -> tuple[Group, ...]:
    """Return the users in the order in which they came back; those still out come back at NEVER.

    A directory may know fewer users than were said to come back: then there is nobody left for later steps.
    """
    return tuple(_groups(outage, users))


def _groups(outage: Outage, users: int) -> Iterator[Group]:
    left = users
    for step in outage.steps or ():
        back = min(step.users, left)
        left -= back
        yield Group(back, instant_of(step.at))
    yield Group(left, NEVER if outage.restored_at is None else instant_of(outage.restored_at))


def user_microseconds(groups: tuple[Group, ...], started_at: int, begin: int, end: int) -> int:
    """Return the users' time out of service within [begin, end), for an outage that began at `started_at`."""
    return sum(group.users * max(0, min(group.back_at, end) - max(started_at, begin)) for group in groups)
