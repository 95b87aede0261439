"""`streams check`: whether everything is as the program needs it, and what to do where it is not."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import click
from rich.table import Table

from streams.alerting.gaps import gap_problems
from streams.alerting.pager.delivery import address_problem, channel_addresses
from streams.alerting.pager.desk import wall_clock
from streams.alerting.roster import Roster
from streams.alerting.roster_file import ROSTER_FILE, read_roster
from streams.alerting.rules.planned_work import PLANNED_WORK_FILE, read_planned_work
from streams.alerting.yaml_lines import Problem
from streams.commands.common import Command, result_console, settings_and_logs
from streams.core.catalogue import INDICATORS
from streams.core.definitions import Definitions
from streams.credentials import Secret
from streams.definitions import TARGETS_FILE, DefinitionsError, load
from streams.kafka import client, topics
from streams.kafka.client import BrokerUnreachable, Connection
from streams.settings import Settings, SettingsError, Variable


class Found(NamedTuple):
    """The result of one check; `what_to_do` is empty where all is well."""

    subject: str
    what_to_do: str = ""


@click.command(
    "check",
    cls=Command,
    short_help="what is wrong, and what to do",
    examples=["streams check", "streams check --json"],
    reads=[variable.name for variable in Settings.table()],
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Check settings, definitions, targets, roster, planned work, broker and topics; say what to do about problems.

    Exit code 1: something is wrong.
    """
    found = list(_checks())
    if as_json:
        click.echo(json.dumps([each._asdict() for each in found], ensure_ascii=False, indent=1))
    else:
        _print(found)
    ctx.exit(int(any(each.what_to_do for each in found)))


def _checks() -> Iterator[Found]:
    try:
        settings = settings_and_logs()
    except SettingsError as error:
        yield Found("settings", str(error))
        return
    yield Found("settings")
    try:
        definitions = load(
            settings.definitions_dir,
            timezone=settings.timezone,
            ledger_months=settings.ledger_months,
            subscribers=settings.directory,
        )
    except DefinitionsError as error:
        yield Found("definitions", str(error))
    else:
        yield Found(f"definitions in {settings.definitions_dir}, {definitions.digest()}")
        yield from _check_targets(definitions)
        yield from _check_files(settings, definitions)
    yield from asyncio.run(_check_broker(settings))


def _check_targets(definitions: Definitions) -> Iterator[Found]:
    known = {indicator.id: set(indicator.labels) for indicator in INDICATORS}
    problems = []
    for target in definitions.targets:
        if target.indicator not in known:
            problems.append(f"there is no indicator {target.indicator!r}; known are {', '.join(known)}")
        elif unknown := sorted(target.labels.keys() - known[target.indicator]):
            problems.append(f"{target.indicator} is not counted by {', '.join(unknown)}")
    yield from (Found("targets", f"{TARGETS_FILE}: {problem}") for problem in dict.fromkeys(problems))
    if not problems:
        yield Found(f"{len(definitions.targets)} targets, all of indicators in the catalogue")


def _check_files(settings: Settings, definitions: Definitions) -> Iterator[Found]:
    """Yield what is wrong with the files that say who is told of what, and when, with line and reason."""
    for subject, name, check in (
        ("roster", ROSTER_FILE, _check_roster),
        ("planned work", PLANNED_WORK_FILE, _check_planned_work),
    ):
        path = settings.definitions_dir / name
        try:
            problems, fine = check(path.read_text(encoding="utf-8"), settings, definitions)
        except (OSError, UnicodeDecodeError) as error:
            yield Found(subject, f"{path}: {error}")
            continue
        yield from (Found(subject, f"{path}, {problem}") for problem in problems)
        if not problems:
            yield from fine


def _check_roster(text: str, settings: Settings, definitions: Definitions) -> tuple[list[Problem], Iterable[Found]]:
    """Return the roster's problems, and what to say without them: where a pager's secret is set, of addresses too."""
    roster, lines, problems = read_roster(text, definitions.branches)
    if roster is None or problems:
        return problems, []
    fine = Found(f"roster of {len(roster.people)} people, without gaps for a month")
    channels = [] if settings.pager_secret is None else _check_channels(roster)
    return gap_problems(roster, lines, wall_clock()), chain([fine], channels)


def _check_planned_work(text: str, _: Settings, definitions: Definitions) -> tuple[list[Problem], Iterable[Found]]:
    planned, problems = read_planned_work(text, definitions.branches)
    return problems, [Found(f"planned work: {len(planned)} in {PLANNED_WORK_FILE}")]


def _check_channels(roster: Roster) -> Iterator[Found]:
    addresses = channel_addresses(os.environ)
    names = [channel.name for person in roster.people.values() for channel in person.channels]
    problems = [problem for name in names if (problem := address_problem(name, addresses))]
    yield from (Found("channels", problem) for problem in problems)
    if not problems:
        yield Found(f"{len(names)} channels of the roster, all with an address")


async def _check_broker(settings: Settings) -> list[Found]:
    connection = Connection.from_settings(settings, "streams-check")
    try:
        cluster = await client.cluster_id(connection)
        problems = await topics.problems(connection, settings.prefix, settings.partitions)
    except BrokerUnreachable as error:
        return [Found(f"broker at {connection.bootstrap}", str(error))]
    kind = "embedded: in memory, no transactions" if client.is_embedded(cluster) else "Kafka"
    reached = Found(f"broker at {connection.bootstrap} ({kind}, cluster {cluster})")
    return (
        [reached, *(Found("topics", problem) for problem in problems)]
        if problems
        else [
            reached,
            Found(f"{len(topics.TOPICS)} topics of {settings.partitions} partitions each"),
        ]
    )


def _print(found: list[Found]) -> None:
    console = result_console()
    table = Table("setting", "content", "from", box=None)
    for variable in Settings.table():
        table.add_row(variable.name, *_content(variable))
    console.print(table)
    for each in found:
        mark = "[red]✗[/]" if each.what_to_do else "[green]✓[/]"
        words = f"{each.subject}: {each.what_to_do}" if each.what_to_do else each.subject
        console.print(f"{mark} ", end="")
        console.print(words, markup=False, highlight=False, soft_wrap=True)


def _content(variable: Variable) -> tuple[str, str]:
    text = os.environ.get(variable.name, "").strip()
    if not text:
        return variable.default or "(none)", "default"
    try:
        is_secret = isinstance(variable.read(os.environ), Secret)
    except SettingsError:
        is_secret = False
    return "***" if is_secret else text, "environment"
