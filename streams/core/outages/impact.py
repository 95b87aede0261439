"""What outages cost: users out, and the time that they had no service, per outage, per branch and in all, exactly.

A pure function of all outages that reach into a period. Lines whose numbers are known (from a directory, or from
ranges) count once at a time, over several outages too; given estimates, of which nobody knows who is meant, add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.months import HOUR, instant_of
from streams.core.outages.branches import branch_of
from streams.core.outages.course import Group, Users, UsersFrom, groups_of, user_microseconds, users_of
from streams.core.outages.numbers import Numbers
from streams.core.outages.rules import Severity
from streams.core.outages.scope import stated_numbers
from streams.core.outages.sharing import Held, Share, shares_of

State = Literal["suspected", "active", "restored", "planned"]


class OutageImpact(msgspec.Struct, frozen=True, kw_only=True):
    """What one outage cost. Users and times are None where nobody knows how many users it has.

    `users` are those who were out at its start, `numbers` how many its ranges hold. Gross times count every user of
    this outage; what is net leaves out lines that another outage had already, and adds up over outages. Times are cut
    to the period; `whole_user_microseconds` runs from the outage's start until now. `interruptions` are the net users
    whose service broke off in the period. Suspected outages have nothing net.
    """

    outage: Outage
    branch: str
    state: State
    severity: str | None
    users: int | None
    users_from: UsersFrom
    numbers: int | None
    users_out: int | None
    user_microseconds: int | None
    whole_user_microseconds: int | None
    net_users_out: int = 0
    net_user_microseconds: int = 0
    interruptions: int = 0


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over outages: those that began in the period, `unknown` ones of unknown users; net users and times.

    Totals of periods that follow each other add up to those of the whole, but for `users_out`: those whom outages that
    reach into the period keep out of service now.
    """

    outages: int = 0
    unknown: int = 0
    users: int = 0
    user_microseconds: int = 0
    users_out: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(**{field: getattr(self, field) + getattr(other, field) for field in self.__struct_fields__})


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """All outages of a period, by their start. Planned work has totals of its own; suspected outages are in none."""

    outages: list[OutageImpact]
    by_branch: dict[str, Totals]
    total: Totals
    planned: Totals


class Period(NamedTuple):
    """The instants [start, end) that are looked at, and the instant up to which anything is known."""

    start: int
    end: int
    now: int

    def holds(self, instant: int) -> bool:
        """Tell whether something that happened at `instant` has happened by now, and in the period."""
        return self.start <= instant < self.end and instant <= self.now

    def common(self, start: int, end: int) -> int:
        """Return for how long (microseconds) of the period up to now [start, end) lasts."""
        return max(0, min(end, self.end, self.now) - max(start, self.start))


class _Known(NamedTuple):
    """An outage, and all that is told of it without looking at the period or at other outages."""

    outage: Outage
    started_at: int
    users: Users
    groups: tuple[Group, ...] | None


class _Net(NamedTuple):
    users_out: int = 0
    user_microseconds: int = 0
    interruptions: int = 0


def assess(outages: Iterable[Outage], definitions: Definitions, start: int, end: int, now: int) -> Assessment:
    """Return what the outages cost in [start, end) as far as is known at `now` (instants).

    Give every outage that may reach into the period, also those that began before it: lines they hold already are not
    counted again. Rejected ones are passed over.
    """
    period = Period(start, end, now)
    known = [_known(outage, definitions) for outage in outages if outage.status != "rejected"]
    known.sort(key=lambda one: (one.started_at, one.outage.id))
    net = _net([one for one in known if _is_counted(one.outage)], period)
    net |= _net([one for one in known if _is_planned_work(one.outage)], period)
    impacts = [
        _impact(one, net.get(one.outage.id, _Net()), period, definitions) for one in known if _touches(one, period)
    ]
    counted = [impact for impact in impacts if _is_counted(impact.outage)]
    return Assessment(
        outages=impacts,
        by_branch={
            branch: _totals([impact for impact in counted if impact.branch == branch], period)
            for branch in sorted({impact.branch for impact in counted})
        },
        total=_totals(counted, period),
        planned=_totals([impact for impact in impacts if _is_planned_work(impact.outage)], period),
    )


def _known(outage: Outage, definitions: Definitions) -> _Known:
    users = users_of(outage, definitions)
    groups = None if users.total is None else groups_of(outage, users.total)
    return _Known(outage, instant_of(outage.started_at), users, groups)


def _is_counted(outage: Outage) -> bool:
    return outage.status != "suspected" and not outage.planned


def _is_planned_work(outage: Outage) -> bool:
    return outage.status != "suspected" and bool(outage.planned)


def _touches(known: _Known, period: Period) -> bool:
    restored_at = known.outage.restored_at
    begins_in_time = known.started_at < period.end
    return begins_in_time and (
        restored_at is None or instant_of(restored_at) > period.start or known.started_at >= period.start
    )


def _net(known: Sequence[_Known], period: Period) -> dict[str, _Net]:
    """Return by outage id what each of these outages adds to their sum."""
    net: dict[str, _Net] = {}
    for share in _shares(known):
        before = net.get(share.outage, _Net())
        is_out = share.start <= period.now < share.end
        is_interrupted = share.begins and period.holds(share.start)
        net[share.outage] = _Net(
            before.users_out + share.lines * is_out,
            before.user_microseconds + share.lines * period.common(share.start, share.end),
            before.interruptions + share.lines * is_interrupted,
        )
    return net


def _shares(known: Sequence[_Known]) -> Iterator[Share]:
    held: list[Held] = []
    for outage, started_at, users, groups in known:
        if users.numbers is not None:
            held += _held(outage.id, started_at, users.numbers, groups or ())
        else:
            for users_back, back_at in groups or ():
                if started_at < back_at:
                    yield Share(outage.id, users_back, started_at, back_at, begins=True)
    yield from shares_of(held)


def _held(outage_id: str, started_at: int, numbers: Numbers, groups: Iterable[Group]) -> Iterator[Held]:
    """Return the lines group by group. Nobody says which lines a step brought back: it is taken to be the lowest."""
    for users, back_at in groups:
        rest = numbers.without_lowest(users)
        yield Held(started_at, outage_id, back_at, numbers - rest)
        numbers = rest


def _impact(known: _Known, net: _Net, period: Period, definitions: Definitions) -> OutageImpact:
    outage, started_at, users, groups = known
    whole = None if groups is None else user_microseconds(groups, started_at, started_at, period.now)
    return OutageImpact(
        outage=outage,
        branch=branch_of(outage, definitions),
        state=_state(outage, period.now),
        severity=_severity(definitions.outages.severities, users.total, whole),
        users=users.total,
        users_from=users.told_by,
        numbers=stated_numbers(outage.scope).size if outage.scope.ranges else None,
        users_out=None if groups is None else sum(g.users for g in groups if started_at <= period.now < g.back_at),
        user_microseconds=None
        if groups is None
        else user_microseconds(groups, started_at, period.start, min(period.end, period.now)),
        whole_user_microseconds=whole,
        net_users_out=net.users_out,
        net_user_microseconds=net.user_microseconds,
        interruptions=net.interruptions,
    )


def _state(outage: Outage, now: int) -> State:
    if outage.status == "suspected":
        return "suspected"
    if outage.planned:
        return "planned"
    return "active" if outage.restored_at is None or now < instant_of(outage.restored_at) else "restored"


def _severity(severities: Sequence[Severity], users: int | None, whole_user_microseconds: int | None) -> str | None:
    """Return the gravest class that is reached; None where nobody knows the users."""
    if users is None or whole_user_microseconds is None:
        return None
    reached = [
        severity.id
        for severity in severities
        if users >= severity.users or whole_user_microseconds >= severity.user_hours * HOUR
    ]
    return reached[-1] if reached else None


def _totals(impacts: Sequence[OutageImpact], period: Period) -> Totals:
    begun = [impact for impact in impacts if period.holds(instant_of(impact.outage.started_at))]
    return Totals(
        outages=len(begun),
        unknown=sum(impact.users is None for impact in begun),
        users=sum(impact.interruptions for impact in impacts),
        user_microseconds=sum(impact.net_user_microseconds for impact in impacts),
        users_out=sum(impact.net_users_out for impact in impacts),
    )
