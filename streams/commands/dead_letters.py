"""`streams dead-letters`: messages that could not be counted; listed, and sent again after a fix."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from streams.commands.common import CONNECTION, Command, Setup, result_console, set_up
from streams.core.letters import REASONS
from streams.kafka.dead_letters import DeadLetterError, Letter, read_letters, replay_letters
from streams.logs import masked_text

READS = (*CONNECTION, "STREAMS_LOG")


@click.group("dead-letters", short_help="messages that could not be counted")
def command() -> None:
    """List messages that could not be counted, and send them again after a fix.

    A message that cannot be read, comes too late or under a wrong key is never dropped: it is kept whole, with its
    reason, on the topic dead-letters.
    """


@command.command(
    "list",
    cls=Command,
    examples=[
        "streams dead-letters list",
        "streams dead-letters list --reason not_json --json",
        "streams dead-letters list faults/3/17 --show > message.json",
    ],
    reads=READS,
    mendable=(DeadLetterError,),
)
@click.argument("identity", metavar="[ID]", required=False)
@click.option("--reason", type=click.Choice(list(REASONS)), help="only letters of this class")
@click.option("--resolved", "resolved_too", is_flag=True, help="those that are resolved too")
@click.option("--show", is_flag=True, help="print the message of the letter ID as it is; it may name a subscriber")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def list_command(identity: str | None, reason: str | None, *, resolved_too: bool, show: bool, as_json: bool) -> None:
    """List the open letters: place, reason, field, size and when, never what is in the message.

    A letter's ID is the place of its message: topic/partition/offset.
    """
    if show and identity is None:
        raise click.UsageError("--show prints one message: give the ID of its letter")
    setup = set_up("dead-letters")
    letters = [
        letter
        for letter in _read(setup, [identity] if show and identity else [])
        if (resolved_too or identity or not letter.is_resolved)
        and identity in (None, letter.id)
        and reason in (None, letter.reason)
    ]
    if identity is not None and not letters:
        raise DeadLetterError(f"there is no dead letter {identity}: `streams dead-letters list` shows their ids")
    if show:
        click.get_binary_stream("stdout").write(letters[0].value or b"")
    elif as_json:
        click.echo(json.dumps(list(map(_as_object, letters)), ensure_ascii=False, indent=1))
    else:
        _print_table(letters)


@command.command(
    "replay",
    cls=Command,
    examples=[
        "streams dead-letters replay faults/3/17 --value corrected.json",
        "streams dead-letters replay --reason too_large",
        "streams dead-letters replay --all",
    ],
    reads=READS,
    mendable=(DeadLetterError,),
)
@click.argument("identities", metavar="[ID]...", nargs=-1)
@click.option("--reason", type=click.Choice(list(REASONS)), help="all open letters of this class")
@click.option("--all", "everything", is_flag=True, help="all open letters")
@click.option(
    "--value",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a corrected message to send instead; with one ID",
)
def replay_command(identities: tuple[str, ...], reason: str | None, *, everything: bool, value: Path | None) -> None:
    """Send the messages of letters to their topics again, and take the letters off the list.

    By itself a message goes as it is, which helps once the program, a definition or a setting is mended. A message that
    is itself wrong needs --value FILE with the corrected one. What is refused again becomes a new letter.
    """
    if sum(map(bool, (identities, reason, everything))) != 1:
        raise click.UsageError("say which letters: IDs, --reason, or --all")
    if value is not None and len(identities) != 1:
        raise click.UsageError("--value corrects one message: give one ID with it")
    setup = set_up("dead-letters")
    chosen = _choose(_read(setup), identities, reason)
    replayed = _read(setup, [letter.id for letter in chosen]) if value is None else chosen
    ids = {letter.id for letter in chosen}
    asyncio.run(
        replay_letters(
            setup.connection,
            setup.settings.prefix,
            [letter for letter in replayed if letter.id in ids],
            corrected=None if value is None else value.read_bytes(),
            on_replayed=lambda letter: click.echo(f"{letter.id} sent again"),
        )
    )
    click.echo(f"Replayed: {len(chosen)}")


def _read(setup: Setup, with_values_of: Collection[str] = ()) -> list[Letter]:
    settings = setup.settings
    return asyncio.run(
        read_letters(setup.connection, settings.prefix, settings.partitions, with_values_of=with_values_of)
    )


def _choose(letters: list[Letter], identities: Collection[str], reason: str | None) -> list[Letter]:
    still_open = {letter.id: letter for letter in letters if not letter.is_resolved}
    for identity in identities:
        if identity not in still_open:
            raise DeadLetterError(
                f"there is no open dead letter {identity}: `streams dead-letters list` shows their ids"
            )
    if identities:
        return [still_open[identity] for identity in dict.fromkeys(identities)]
    return [letter for letter in still_open.values() if reason in (None, letter.reason)]


def _as_object(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "reason": letter.reason,
        "field": letter.field,
        "detail": masked_text(letter.detail),
        "size_bytes": letter.size_bytes,
        "refused_at": letter.refused_at.isoformat(),
        "state": "resolved" if letter.is_resolved else "open",
    }


def _print_table(letters: list[Letter]) -> None:
    table = Table("ID", "reason", "field", "detail", "bytes", "refused at", box=SIMPLE_HEAD)
    for column in table.columns[:2]:
        column.no_wrap = True
    for letter in letters:
        table.add_row(
            letter.id,
            f"{letter.reason}, resolved" if letter.is_resolved else letter.reason,
            letter.field,
            masked_text(letter.detail),
            "none" if letter.size_bytes is None else f"{letter.size_bytes:,}",
            f"{letter.refused_at:%Y-%m-%d %H:%M:%S}Z",
        )
    console = result_console()
    if letters:
        console.print(table)
    console.print(f"Dead letters: {len(letters)}")
