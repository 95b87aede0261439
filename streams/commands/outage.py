"""`streams outage`: a mass outage declared, changed, restored or rejected by the network operation centre."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

import click
import msgspec

from streams.commands.common import (
    CONNECTION,
    DEFINITIONS,
    Cannot,
    Command,
    Moment,
    Setup,
    error_console,
    result_console,
    set_up,
)
from streams.core.definitions import Definitions
from streams.core.events import Outage, Refused
from streams.core.events.fault import Service
from streams.core.events.outage import Scope
from streams.core.months import datetime_of
from streams.core.outages import revising
from streams.core.outages.impact import OutageImpact
from streams.core.outages.known import suspicions
from streams.core.outages.revising import CannotRevise, changed, impact_alone, overlapping
from streams.core.outages.scope import place
from streams.core.suspected import SuspectedOutage
from streams.kafka.outage_log import read_outages, write_outage
from streams.reports.reading import NotReady, read_tallies
from streams.reports.terminal.outages import print_written

READS = (*CONNECTION, *DEFINITIONS, "STREAMS_LOG")
MENDABLE = (NotReady, CannotRevise)

Function = TypeVar("Function", bound=Callable[..., Any])


class NumberRange(click.ParamType):
    """A range of numbers, both ends included."""

    name = "FIRST-LAST"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both ends; whether they make sense is for the event to say."""
        first, separator, last = str(value).partition("-")
        if not separator:
            self.fail(f"{value!r} is no range; write it as 6182560-6182687", param, ctx)
        return first, last


def _field_options(command: Function) -> Function:
    """Add the options that say what an outage is: each is one of the event's fields."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="print what was written as JSON"),
        click.option("--planned/--unplanned", default=None, help="planned work, counted apart"),
        click.option("--cause", help="why; never a subscriber's number or name"),
        click.option("--owner", help="who sees to it"),
        click.option("--expected-at", type=Moment(), help="when it should be over"),
        click.option("--started-at", type=Moment(), help="when it began"),
        click.option("--users", type=int, help="an estimate of the users who are out"),
        click.option("--service", "services", multiple=True, type=click.Choice(get_args(Service)), help="what is out"),
        click.option("--site", "sites", multiple=True, help="a site, as fault tickets name it"),
        click.option("--prefix", "prefixes", multiple=True, help="all numbers that begin so"),
        click.option("--range", "ranges", multiple=True, type=NumberRange(), help="numbers from FIRST to LAST"),
        click.option("--branch", help="the branch; else that of its numbers"),
    ):
        command = option(command)
    return command


@click.group("outage", short_help="declare, change, restore or reject a mass outage")
def command() -> None:
    """Tell of a mass outage (群障). Each command writes the outage's next revision to the topic outages.

    Users, hours and the reports that belong to it follow from the newest revision, also for what came before.
    """


@command.command(
    "declare",
    cls=Command,
    examples=[
        "streams outage declare --prefix 663 --users 600 --started-at 2009-07-14T18:24:00+08:00",
        "streams outage declare --range 6182560-6182687 --service fixed --service broadband --started-at …",
        "streams outage declare --suspected suspected-0a1b2c3d4e5f --owner 现业公众客户部",
    ],
    reads=READS,
    mendable=MENDABLE,
)
@click.option("--id", "identity", help="its id [default: one made of the start]")
@click.option("--suspected", metavar="ID", help="take scope, branch and start from what is suspected")
@_field_options
def declare_command(identity: str | None, suspected: str | None, *, as_json: bool, **given: Any) -> None:
    """Declare a mass outage: where it is, since when, and what is known beside that.

    Several ranges, prefixes and sites make up one scope.
    """
    setup = set_up("outage")
    fields = _given(given)
    if suspected is not None:
        fields = told_by(_find(setup, suspected), setup.definitions) | fields
    for field, option in (("scope", "--range, --prefix or --site"), ("started_at", "--started-at")):
        if field not in fields:
            raise click.UsageError(f"give {option}, or --suspected ID")
    identity = identity or _new_id(fields["started_at"], setup.definitions.timezone)
    known = _known(setup)
    if identity in known:
        raise Cannot(f"{identity} is declared already: `streams outage change {identity}` changes it")
    outage = Outage(id=identity, revision=0, updated_at=_now(), source="noc", status="confirmed", **fields)
    _write(setup, outage, known, as_json=as_json)


@command.command(
    "change",
    cls=Command,
    examples=[
        "streams outage change QZ-20090714-1 --prefix 663 --users 600",
        "streams outage change QZ-20090714-1 --expected-at 2009-07-14T22:00:00+08:00",
    ],
    reads=READS,
    mendable=MENDABLE,
)
@click.argument("identity", metavar="ID")
@_field_options
def change_command(identity: str, *, as_json: bool, **given: Any) -> None:
    """Change what is given of the outage ID; the rest stays.

    Ranges, prefixes and sites together are the scope: with any of them the whole scope is replaced, which widens or
    narrows it. Reports that came before find their outage anew.
    """
    fields = _given(given)
    if not fields:
        raise click.UsageError("give what is to change")
    _revise(identity, lambda outage: changed(outage, _now(), **fields), as_json=as_json)


@command.command(
    "restore",
    cls=Command,
    examples=[
        "streams outage restore QZ-20090714-1 --at 2009-07-14T21:54:00+08:00",
        "streams outage restore QZ-20090714-1 --users 200",
    ],
    reads=READS,
    mendable=MENDABLE,
)
@click.argument("identity", metavar="ID")
@click.option("--at", "at", type=Moment(), help="since when [default: now]")
@click.option("--users", type=int, help="only so many have service again: a step")
@click.option("--json", "as_json", is_flag=True, help="print what was written as JSON")
def restore_command(identity: str, at: int | None, users: int | None, *, as_json: bool) -> None:
    """Say that the outage ID is over; with --users, that a part of its users have service again."""
    now = _now()
    moment = now if at is None else datetime_of(at)
    _revise(identity, lambda outage: revising.restored(outage, moment, now, users), as_json=as_json)


@command.command(
    "reject",
    cls=Command,
    examples=["streams outage reject QZ-20090710-1 --reason 误报"],
    reads=READS,
    mendable=MENDABLE,
)
@click.argument("identity", metavar="ID")
@click.option("--reason", help="why; never a subscriber's number or name")
@click.option("--json", "as_json", is_flag=True, help="print what was written as JSON")
def reject_command(identity: str, reason: str | None, *, as_json: bool) -> None:
    """Say that the outage ID never was: it counts nowhere, and its reports belong to it no more."""
    _revise(identity, lambda outage: revising.rejected(outage, _now(), reason), as_json=as_json)


def _given(given: dict[str, Any]) -> dict[str, Any]:
    """Return the event's fields that were given, ranges, prefixes and sites as the scope."""
    scope = {name: list(given.pop(name)) for name in ("ranges", "prefixes", "sites")}
    services = list(given.pop("services"))
    fields = {name: value for name, value in given.items() if value is not None}
    fields |= {name: datetime_of(fields[name]) for name in ("started_at", "expected_at") if name in fields}
    if any(scope.values()):
        fields["scope"] = Scope(**scope)
    return fields | ({"services": services} if services else {})


def _find(setup: Setup, identity: str) -> SuspectedOutage:
    tallies = asyncio.run(read_tallies(setup.connection, setup.settings, setup.definitions))
    found = next((one for one in suspicions(tallies) if one.id == identity), None)
    if found is None:
        raise Cannot(f"nothing is suspected under {identity}: `streams outages` lists what is")
    return found


def told_by(suspected: SuspectedOutage, definitions: Definitions) -> dict[str, Any]:
    """Return the fields that a suspicion tells; where it names a whole branch alone, the scope is all its prefixes."""
    branch = {"branch": suspected.branch} if suspected.branch else {}
    fields: dict[str, Any] = {"started_at": suspected.first_report_at, **branch}
    scope = suspected.scope
    if scope == Scope():
        scope = Scope(prefixes=[prefix for prefix, owner in definitions.prefixes.items() if owner == suspected.branch])
    return fields | ({"scope": scope} if scope.ranges or scope.prefixes or scope.sites else {})


def _new_id(started_at: datetime, timezone: str) -> str:
    return f"NOC-{started_at.astimezone(ZoneInfo(timezone)):%Y%m%d-%H%M}-{secrets.token_hex(2)}"


def _now() -> datetime:
    return datetime.now(UTC)


def _known(setup: Setup) -> dict[str, Outage]:
    return asyncio.run(read_outages(setup.connection, setup.settings.prefix, setup.settings.partitions))


def _revise(identity: str, revise: Callable[[Outage], Outage], *, as_json: bool) -> None:
    setup = set_up("outage")
    known = _known(setup)
    if identity not in known:
        raise Cannot(f"there is no outage {identity}: `streams outages` lists those of a month")
    _write(setup, revise(known[identity]), known, as_json=as_json)


def _write(setup: Setup, outage: Outage, known: dict[str, Outage], *, as_json: bool) -> None:
    try:
        asyncio.run(write_outage(setup.connection, setup.settings.prefix, outage))
    except Refused as refused:
        raise Cannot(f"{refused.field or 'the outage'}: {refused.detail}") from refused
    impact = impact_alone(outage, setup.definitions)
    if as_json:
        click.echo(_as_json(outage, impact))
    else:
        print_written(outage, impact, setup.definitions, result_console())
    for other in overlapping(outage, known.values(), setup.definitions):
        error_console().print(
            f"Its scope overlaps that of {other.id} ({place(other.scope)}): users of both count once at a time, and a "
            "report in both belongs to the one that began last",
            highlight=False,
            soft_wrap=True,
        )


def _as_json(outage: Outage, impact: OutageImpact | None) -> str:
    users = None if impact is None else {"count": impact.users, "from": impact.users_from, "severity": impact.severity}
    return msgspec.json.format(msgspec.json.encode({"outage": outage, "users": users}), indent=1).decode()
