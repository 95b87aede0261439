"""The command line `streams`: which commands there are; each is a module of `streams.commands`.

Exit codes: 0 all well, 1 a finding (a difference, something that is wrong), 2 it cannot be done as asked.
"""

from __future__ import annotations

import importlib
from typing import NoReturn

import click

COMMANDS = (
    "demo",
    "broker",
    "worker",
    "serve",
    "replay",
    "snapshot",
    "report",
    "snapshots",
    "freeze-due",
    "bulletin",
    "audit",
    "reconcile",
    "outages",
    "outage",
    "detect",
    "dead-letters",
    "check",
    "topics",
    "pager",
    "generate",
)


class Streams(click.Group):
    """Imports a command when it is asked for: a child process of the demo need not load all of them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which help shows them."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, None for an unknown one."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"streams.commands.{name.replace('-', '_')}").command
        return command


@click.group(cls=Streams, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="service-quality-streams", prog_name="streams")
def streams() -> None:
    """A telecom branch's fault tickets, streamed through Kafka and Faust to exact service-quality indicators.

    Begin with `streams demo`: July 2009 through a broker, two workers and serve, the report's tables in the terminal.

    Everything is set by STREAMS_… variables of the environment; each command's help lists those it reads, and
    `streams check` shows them all.
    """


def main() -> NoReturn:
    """Run the command line and exit: 0 all well, 1 a finding, 2 it cannot be done."""
    streams(prog_name="streams")
    raise AssertionError("click exits by itself")
