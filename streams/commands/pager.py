"""`streams pager`: tells whoever is on duty, until somebody takes it; acknowledging and listing from the terminal."""

from __future__ import annotations

import asyncio
import getpass
import os

import aiohttp
import click
import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table

from streams.alerting.pager.acknowledge import COMMAND_LIFE, AcknowledgeError, Signer
from streams.alerting.pager.desk import wall_clock
from streams.alerting.pager.log import LoggedPage, log_of
from streams.alerting.pager.run import run_pager
from streams.alerting.pager.store import StoreError, read_pages
from streams.alerting.roster_file import ROSTER_FILE, RosterError, load_roster
from streams.commands.common import (
    CONNECTION,
    DEFINITIONS,
    Cannot,
    Command,
    Period,
    result_console,
    set_up,
    settings_and_logs,
)
from streams.kafka.client import Connection
from streams.settings import Settings

ANSWER_SECONDS = 40
"""Longer than the pager waits for Kafka."""
SERVE = ("STREAMS_SERVE", "STREAMS_PUBLIC_URL")
SECRET = ("STREAMS_PAGER_SECRET", "STREAMS_PAGER_SECRET_FILE")


@click.group("pager", short_help="tell whoever is on duty", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Take alerts from Alertmanager and tell whoever is on duty by the roster, the next one if nobody takes it.

    Without a command of its own it runs as `streams pager run`.
    """
    if ctx.invoked_subcommand is None:
        with run_command.make_context("run", [], parent=ctx) as running:
            run_command.invoke(running)


@click.command(
    "run",
    cls=Command,
    examples=["streams pager", "STREAMS_CHANNEL_NOC_1_CHAT=wecombot://KEY streams pager run"],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_PAGER", "STREAMS_PAGER_URL", *SECRET, *SERVE, "STREAMS_LOG"],
    mendable=(StoreError, RosterError, AcknowledgeError),
)
def run_command() -> None:
    """Take alerts from Alertmanager's webhook where STREAMS_PAGER points, and page, until SIGTERM or Ctrl-C.

    The address of each channel of roster.yaml is an apprise URL in STREAMS_CHANNEL_ and the channel's name. A pager
    that was killed goes on where it was. Where Kafka has transactions, one that is started takes over from another.
    """
    setup = set_up("pager", is_server=True)
    settings = setup.settings
    roster = load_roster(settings.definitions_dir / ROSTER_FILE, setup.definitions.branches)
    try:
        asyncio.run(run_pager(settings, setup.definitions, roster, _signer(settings), os.environ))
    except OSError as error:
        raise Cannot(f"{error}: free the address, or set STREAMS_PAGER to another") from error


@click.command(
    "ack",
    cls=Command,
    examples=["streams pager ack k3f9a2bq", "streams pager ack k3f9a2bq --as noc-1"],
    reads=["STREAMS_PAGER", *SECRET, "STREAMS_LOG"],
    mendable=(AcknowledgeError,),
)
@click.argument("identity", metavar="ID")
@click.option("--as", "person", help="who takes it: an id of roster.yaml [default: your user name]")
def ack_command(identity: str, person: str | None) -> None:
    """Take the page ID, so that nobody else is told; the ID stands in each of its messages."""
    settings = settings_and_logs()
    # Messages have the page's id and their own number.
    page, person = identity.partition("-")[0].lower(), person or getpass.getuser()
    answer = asyncio.run(_acknowledge(settings, _signer(settings), page, person))
    click.echo(f"{page}: {answer['state']}, {answer['acknowledged_by']}")


@click.command(
    "list",
    cls=Command,
    examples=["streams pager list", "streams pager list --month 2009-07 --json"],
    reads=[*CONNECTION, "STREAMS_TIMEZONE", "STREAMS_LOG"],
)
@click.option("--month", type=Period(), help="those opened in a month, with how long until somebody took them")
@click.option("--json", "as_json", is_flag=True, help="print JSON, with every message")
def list_command(month: str | None, *, as_json: bool) -> None:
    """List the pages that are open, or those of a month."""
    settings = settings_and_logs()
    connection = Connection.from_settings(settings, "streams-pager-list")
    pages = asyncio.run(read_pages(connection, settings.prefix, settings.partitions))
    logged = log_of(pages.values(), month, settings.timezone)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(logged), indent=1))
    else:
        _print(logged)


for _subcommand in (run_command, ack_command, list_command):
    command.add_command(_subcommand)


def _signer(settings: Settings) -> Signer:
    if settings.pager_secret is None:
        raise AcknowledgeError(f"set {' or '.join(SECRET)}: links are signed with it (openssl rand -hex 32 makes one)")
    return Signer(settings.pager_secret)


async def _acknowledge(settings: Settings, signer: Signer, page: str, person: str) -> dict[str, str]:
    expires_at = wall_clock() + COMMAND_LIFE
    content = {"person": person, "expires_at": expires_at, "signature": signer.command(page, person, expires_at)}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session,
            session.post(f"http://{settings.pager}/api/pages/{page}/acknowledge", json=content) as response,
        ):
            answer: dict[str, str] = await response.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Cannot(
            f"no pager answers at {settings.pager}: start `streams pager`, or correct STREAMS_PAGER"
        ) from error
    if "error" in answer:
        raise Cannot(answer["error"])
    return answer


def _print(logged: list[LoggedPage]) -> None:
    table = Table("ID", "opened", "severity", "alert", "branch", "state", "taken by", "after", box=SIMPLE_HEAD)
    for page in logged:
        seconds = page.seconds_to_acknowledge
        after = "" if seconds is None else f"{seconds:.0f} s"
        table.add_row(
            *(page.id, page.opened_at[:19], page.severity, page.alert),
            *(page.branch, page.state, page.acknowledged_by, after),
        )
    console = result_console()
    if logged:
        console.print(table)
    console.print(f"Pages: {len(logged)}")
