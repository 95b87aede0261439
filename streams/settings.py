"""The settings of a process: one frozen Struct, read from the environment by one table.

`TABLE` names each variable once, with its default, unit, sentence and what it accepts; reading, error messages and
`streams --help` are made from it. A variable that is empty counts as not set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import msgspec

from streams.credentials import SHORTEST_TOKEN, ApiToken, Secret, secret_in_file, tokens_in_file
from streams.logs import Form, Level

Clock = Literal["wall", "log"]
SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


class SettingsError(ValueError):
    """A variable of the environment cannot be used; the message names it, its value and what is accepted."""


class Address(NamedTuple):
    """Where a server listens or is found; `str()` gives host:port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class LogStyle(NamedTuple):
    """How log lines look, and from which level on they are written."""

    form: Form
    level: Level


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that a process is told from outside; `TABLE` says what each field means."""

    broker: tuple[Address, ...]
    serve: Address
    worker_web: Address
    pager: Address
    pager_url: str
    pager_secret: Secret | None
    partitions: int
    prefix: str
    clock: Clock
    data_dir: Path
    timezone: str
    log: LogStyle
    public_url: str
    ledger_months: int
    freeze_grace_days: int
    freeze_at: time
    session_timeout_seconds: float
    checkpoint_seconds: float
    definitions_dir: Path
    report_text_dir: Path | None
    directory: Path | None
    api_tokens: tuple[ApiToken, ...]
    security_protocol: SecurityProtocol
    sasl_mechanism: SaslMechanism | None
    sasl_username: str | None
    sasl_password: Secret | None
    ssl_ca_file: Path | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read every variable of `TABLE` from `environment`; raises SettingsError for the first that cannot be used."""
        fields = {variable.field: variable.read(environment) for variable in TABLE}
        fields["sasl_password"] = fields.pop("sasl_password_file") or fields["sasl_password"]
        fields["pager_secret"] = fields.pop("pager_secret_file") or fields["pager_secret"]
        fields["pager_url"] = fields["pager_url"] or fields["public_url"] or f"http://{fields['pager']}"
        fields["public_url"] = fields["public_url"] or f"http://{fields['serve']}"
        fields["definitions_dir"] = fields["definitions_dir"] or _CHECKOUT_DEPLOY
        settings = cls(**fields)
        settings._require_credentials()
        return settings

    @staticmethod
    def table() -> tuple[Variable, ...]:
        """Return every variable that `from_environment` reads, in the order in which help lists them."""
        return TABLE

    @property
    def bootstrap_servers(self) -> str:
        """The brokers as Kafka clients take them: host:port,host:port."""
        return ",".join(map(str, self.broker))

    def _require_credentials(self) -> None:
        if not self.security_protocol.startswith("SASL_"):
            return
        needed = {
            "STREAMS_SASL_MECHANISM": self.sasl_mechanism,
            "STREAMS_SASL_USERNAME": self.sasl_username,
            "STREAMS_SASL_PASSWORD_FILE (or STREAMS_SASL_PASSWORD)": self.sasl_password,
        }
        for name, content in needed.items():
            if content is None:
                raise SettingsError(f"STREAMS_SECURITY_PROTOCOL is {self.security_protocol!r}: set {name} too")


class Variable(NamedTuple):
    """One variable of the environment: what it is called, means and accepts, and how its text is understood."""

    name: str
    field: str
    default: str
    unit: str
    sentence: str
    accepts: str
    parse: Callable[[str], Any]

    def read(self, environment: Mapping[str, str]) -> Any:
        """Return the variable's parsed content, or its parsed default; raises SettingsError."""
        text = environment.get(self.name, "").strip() or self.default
        try:
            return self.parse(text)
        except (ValueError, OSError) as error:
            raise SettingsError(f"{self.name} is {text!r}: give {self.accepts}") from error


def _address(lowest_port: int) -> Callable[[str], Address]:
    def parse(text: str) -> Address:
        host, _, port = text.rpartition(":")
        if not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+", host) or not lowest_port <= int(port) <= 65_535:
            raise ValueError(text)
        return Address(host.strip("[]"), int(port))

    return parse


def _addresses(text: str) -> tuple[Address, ...]:
    return tuple(_address(1)(part.strip()) for part in text.split(","))


def _between(kind: type[int] | type[float], low: int, high: int) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not low <= kind(text) <= high:
            raise ValueError(text)
        return kind(text)

    return parse


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _one_of(words: object) -> Callable[[str], str]:
    return _matching("|".join(map(re.escape, get_args(words))))


def _optional(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: parse(text) if text else None


def _existing(is_there: Callable[[Path], bool]) -> Callable[[str], Path]:
    def parse(text: str) -> Path:
        if not is_there(Path(text)):
            raise ValueError(text)
        return Path(text)

    return parse


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, OSError) as error:
        raise ValueError(text) from error


def _time_of_day(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day, in no zone yet


def _log_style(text: str) -> LogStyle:
    form, _, level = text.partition(":")
    return msgspec.convert((form, level or "info"), LogStyle)


_CHECKOUT_DEPLOY = Path(__file__).parent.parent / "deploy"

# fmt: off
TABLE: tuple[Variable, ...] = (
    Variable("STREAMS_BROKER", "broker", "127.0.0.1:9092", "",
             "Kafka brokers to start from; `streams broker` listens on the first",
             "host:port, several with commas between", _addresses),
    Variable("STREAMS_SECURITY_PROTOCOL", "security_protocol", "PLAINTEXT", "",
             "how to speak to the brokers",
             "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL", _one_of(SecurityProtocol)),
    Variable("STREAMS_SASL_MECHANISM", "sasl_mechanism", "", "",
             "how to prove who we are to the brokers",
             "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", _optional(_one_of(SaslMechanism))),
    Variable("STREAMS_SASL_USERNAME", "sasl_username", "", "",
             "who we are to the brokers",
             "a user name", _optional(str)),
    Variable("STREAMS_SASL_PASSWORD", "sasl_password", "", "",
             "the password; a file keeps it out of the process list",
             "a password", _optional(Secret)),
    Variable("STREAMS_SASL_PASSWORD_FILE", "sasl_password_file", "", "",
             "a file that holds the password; it goes before STREAMS_SASL_PASSWORD",
             "the path of a readable file with the password in it", _optional(secret_in_file)),
    Variable("STREAMS_SSL_CA_FILE", "ssl_ca_file", "", "",
             "certificates to trust the brokers by; without it the system's",
             "the path of an existing PEM file", _optional(_existing(Path.is_file))),
    Variable("STREAMS_PREFIX", "prefix", "", "",
             "put before every topic, group and transaction name, so that two installations can share brokers",
             "at most 100 letters, digits, dots, hyphens or underscores", _matching(r"[A-Za-z0-9._-]{0,100}")),
    Variable("STREAMS_PARTITIONS", "partitions", "12", "partitions",
             "partitions of every topic, for the life of an installation",
             "a whole number from 1 to 1000", _between(int, 1, 1000)),
    Variable("STREAMS_SERVE", "serve", "127.0.0.1:8088", "",
             "where `streams serve` listens",
             "host:port", _address(1)),
    Variable("STREAMS_PUBLIC_URL", "public_url", "", "",
             "how people reach `streams serve` from outside; without it http:// and STREAMS_SERVE",
             "a URL that begins with http:// or https://", _optional(_matching(r"https?://\S+[^\s/]"))),
    Variable("STREAMS_WORKER_WEB", "worker_web", "127.0.0.1:8089", "",
             "where a worker answers /metrics, /health and /ready; port 0 takes any free one",
             "host:port", _address(0)),
    Variable("STREAMS_PAGER", "pager", "127.0.0.1:8090", "",
             "where `streams pager` takes alerts from Alertmanager, and acknowledgements",
             "host:port", _address(1)),
    Variable("STREAMS_PAGER_URL", "pager_url", "", "",
             "how people reach `streams pager` from outside; without it STREAMS_PUBLIC_URL, else http://STREAMS_PAGER",
             "a URL that begins with http:// or https://", _optional(_matching(r"https?://\S+[^\s/]"))),
    Variable("STREAMS_PAGER_SECRET", "pager_secret", "", "",
             "what links to acknowledge a page are signed with; a file keeps it out of the process list",
             "a secret text", _optional(Secret)),
    Variable("STREAMS_PAGER_SECRET_FILE", "pager_secret_file", "", "",
             "a file that holds that secret; it goes before STREAMS_PAGER_SECRET",
             "the path of a readable file with the secret in it", _optional(secret_in_file)),
    Variable("STREAMS_CLOCK", "clock", "wall", "",
             "whose time moves open tickets past their deadlines: the machine's, or that of the replayed log",
             "wall or log", _one_of(Clock)),
    Variable("STREAMS_TIMEZONE", "timezone", "Asia/Shanghai", "",
             "the time zone whose days and months are counted",
             "an IANA time zone such as Asia/Shanghai", _timezone),
    Variable("STREAMS_LEDGER_MONTHS", "ledger_months", "2", "months",
             "how long after its end a month stays open for late facts",
             "a whole number from 1 to 24", _between(int, 1, 24)),
    Variable("STREAMS_FREEZE_GRACE_DAYS", "freeze_grace_days", "3", "days",
             "how long after its end a month is left open before `streams freeze-due` freezes it",
             "a whole number from 0 to 60", _between(int, 0, 60)),
    Variable("STREAMS_FREEZE_AT", "freeze_at", "06:00", "",
             "when `streams freeze-due --every-day` looks, by the clock of STREAMS_TIMEZONE",
             "a time of day such as 06:00", _time_of_day),
    Variable("STREAMS_SESSION_TIMEOUT_SECONDS", "session_timeout_seconds", "8", "seconds",
             "how long a silent worker keeps its partitions",
             "a number from 6 to 300", _between(float, 6, 300)),
    Variable("STREAMS_CHECKPOINT_SECONDS", "checkpoint_seconds", "600", "seconds",
             "time between two checkpoints of a partition, and for which a lost partition's state is kept",
             "a number from 1 to 86400", _between(float, 1, 86_400)),
    Variable("STREAMS_DATA_DIR", "data_dir", "var/streams", "",
             "where checkpoints are kept; they may be lost",
             "a path", Path),
    Variable("STREAMS_DEFINITIONS_DIR", "definitions_dir", "", "",
             "the folder of places.yaml, outages.yaml, targets.yaml …; without it deploy/ of the checkout",
             "the path of an existing folder", _optional(_existing(Path.is_dir))),
    Variable("STREAMS_REPORT_TEXT_DIR", "report_text_dir", "", "",
             "the folder of the reports' free texts, which `serve` writes; without it report-text/ beside places.yaml",
             "the path of an existing folder", _optional(_existing(Path.is_dir))),
    Variable("STREAMS_DIRECTORY", "directory", "", "",
             "the subscriber directory, CSV or CSV.gz: number, site, branch, active_from, active_to",
             "the path of an existing file", _optional(_existing(Path.is_file))),
    Variable("STREAMS_API_TOKENS", "api_tokens", "", "",
             "a file of tokens that let people ask `serve` for tickets or freeze; without it all see masked tickets",
             f"the path of a readable file of lines, viewer, agent or writer, and {SHORTEST_TOKEN} characters of token",
             tokens_in_file),
    Variable("STREAMS_LOG", "log", "console:info", "",
             "how log lines look and from which level on they are written",
             "json or console, then perhaps :debug, :info, :warning or :error", _log_style),
)
# fmt: on
