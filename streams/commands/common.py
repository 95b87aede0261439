"""What all commands share: help that names settings, settings and definitions read, consoles, kinds of arguments."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click
import msgspec
from rich.console import Console

from streams import logs
from streams.core.definitions import Definitions
from streams.core.months import instant_of, is_month
from streams.definitions import DefinitionsError, load
from streams.kafka.client import BrokerUnreachable, Connection
from streams.kafka.embedded import EmbeddedBrokerError
from streams.kafka.reader import LogError
from streams.kafka.topics import TopicsError
from streams.settings import Settings, SettingsError, Variable

CONNECTION = (
    "STREAMS_BROKER",
    "STREAMS_SECURITY_PROTOCOL",
    "STREAMS_SASL_MECHANISM",
    "STREAMS_SASL_USERNAME",
    "STREAMS_SASL_PASSWORD_FILE",
    "STREAMS_SSL_CA_FILE",
    "STREAMS_PREFIX",
    "STREAMS_PARTITIONS",
)
"""The variables that say how to reach an installation's topics."""
DEFINITIONS = ("STREAMS_DEFINITIONS_DIR", "STREAMS_DIRECTORY", "STREAMS_TIMEZONE", "STREAMS_LEDGER_MONTHS")
"""The variables that say what a figure means."""

PIPE_COLUMNS = 120

MENDABLE: tuple[type[Exception], ...] = (
    SettingsError,
    DefinitionsError,
    BrokerUnreachable,
    EmbeddedBrokerError,
    LogError,
    TopicsError,
)
"""Errors of every command whose message tells a person what to do; other errors show where the program is at fault."""


class Cannot(click.ClickException):
    """The command cannot do what it was asked; the message says why, and what to do."""

    exit_code = 2


class Command(click.Command):
    """A command whose help ends with examples and with the variables of the environment that it reads.

    `mendable` are errors of its own that become one line and exit code 2, as those of every command do.
    """

    def __init__(
        self,
        *arguments: Any,
        examples: Iterable[str],
        reads: Iterable[str],
        mendable: tuple[type[Exception], ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._examples, self.reads = list(examples), set(reads)
        self._mendable: tuple[type[Exception], ...] = (*MENDABLE, *mendable)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that a person can mend is told without a traceback."""
        try:
            return super().invoke(ctx)
        except self._mendable as error:
            raise Cannot(str(error)) from error

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples and variables below the options."""
        with formatter.section("Examples"):
            for example in self._examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
        with formatter.section("Settings it reads"):
            rows = [_row(variable) for variable in Settings.table() if variable.name in self.reads]
            formatter.write_dl([*rows, *([] if rows else [("(none)", "")])])


def _row(variable: Variable) -> tuple[str, str]:
    default = f" [default: {variable.default}]" if variable.default else ""
    return variable.name, f"{variable.sentence}{default}"


class Setup(msgspec.Struct, frozen=True):
    """What a command works with."""

    settings: Settings
    definitions: Definitions
    connection: Connection


def settings_and_logs(*, is_server: bool = False) -> Settings:
    """Read the settings and set logging up as they say; raises SettingsError.

    Other than a server, a command itself tells what is wrong with the broker: the client's own lines would repeat it.
    """
    settings = Settings.from_environment()
    logs.configure(settings.log.form, settings.log.level)
    if not is_server and settings.log.level != "debug":
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return settings


def set_up(command: str, *, is_server: bool = False) -> Setup:
    """Read settings and definitions and set logging up; raises SettingsError, DefinitionsError.

    `command` names us in the broker's logs; `is_server` says that it runs on and on.
    """
    settings = settings_and_logs(is_server=is_server)
    definitions = load(
        settings.definitions_dir,
        timezone=settings.timezone,
        ledger_months=settings.ledger_months,
        subscribers=settings.directory,
    )
    return Setup(settings, definitions, Connection.from_settings(settings, f"streams-{command}"))


class Moment(click.ParamType):
    """An RFC 3339 date-time with an offset, as an instant (microseconds since the epoch)."""

    name = "T"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the instant that the text names."""
        try:
            return instant_of(datetime.fromisoformat(value))
        except (ValueError, TypeError):
            self.fail(f"{value!r} is no date-time with an offset; write it as 2009-07-15T00:00:00+08:00", param, ctx)


class Period(click.ParamType):
    """A month, written 2009-07."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the month as it stands."""
        if not is_month(value):
            self.fail(f"{value!r} is no month; write it as 2009-07", param, ctx)
        return str(value)


def result_console() -> Console:
    """Return where tables for people go; a pipe or file has room for their whole width."""
    return Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)


def error_console() -> Console:
    """Return where progress and remarks go: standard error, so that standard output holds the result alone."""
    return Console(stderr=True)
