"""What the environment may say, and how a process answers when it says something else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.credentials import Secret
from streams.settings import Address, LogStyle, Settings, SettingsError


def test_an_empty_environment_gives_the_defaults() -> None:
    """Without any variable everything listens and connects on the loopback address, with the documented defaults."""
    settings = Settings.from_environment({})
    assert settings.bootstrap_servers == "127.0.0.1:9092"
    assert str(settings.serve) == "127.0.0.1:8088"
    assert str(settings.worker_web) == "127.0.0.1:8089"
    assert settings.public_url == "http://127.0.0.1:8088"
    assert (settings.partitions, settings.prefix, settings.clock) == (12, "", "wall")
    assert (settings.timezone, settings.ledger_months) == ("Asia/Shanghai", 2)
    assert (settings.session_timeout_seconds, settings.checkpoint_seconds) == (8, 600)
    assert settings.log == LogStyle("console", "info")
    assert settings.data_dir == Path("var/streams")
    assert settings.security_protocol == "PLAINTEXT"
    assert settings.sasl_password is None


def test_the_default_definitions_are_the_checkouts() -> None:
    """Without a folder of its own an installation counts by the files in deploy/."""
    directory = Settings.from_environment({}).definitions_dir
    assert {"places.yaml", "brands.yaml", "outages.yaml", "targets.yaml"} <= {path.name for path in directory.iterdir()}


def test_an_empty_variable_counts_as_not_set() -> None:
    """Compose files hand on unset variables as empty ones: these take the default."""
    empty = {variable.name: " " for variable in Settings.table()}
    assert Settings.from_environment(empty) == Settings.from_environment({})


def test_the_table_has_each_field_once() -> None:
    """Every field of Settings is read from a variable named after it, and help can say what each one means."""
    fields = [variable.field for variable in Settings.table()]
    assert sorted(fields) == sorted([*Settings.__struct_fields__, "sasl_password_file", "pager_secret_file"])
    for variable in Settings.table():
        assert variable.name == f"STREAMS_{variable.field.upper()}"
        assert variable.sentence
        assert variable.accepts


def test_settings_cannot_change() -> None:
    """A process keeps the settings that it started with."""
    with pytest.raises(AttributeError):
        Settings.from_environment({}).partitions = 3  # type: ignore[misc]


def test_several_brokers() -> None:
    """A cluster is named by any number of its brokers; IPv6 addresses stand in brackets."""
    settings = Settings.from_environment({"STREAMS_BROKER": "kafka-1:9092, [::1]:9093"})
    assert settings.broker == (Address("kafka-1", 9092), Address("::1", 9093))
    assert settings.bootstrap_servers == "kafka-1:9092,[::1]:9093"


def test_the_public_url_follows_serve_unless_given() -> None:
    """Links lead to where serve listens, or to the address by which people reach it."""
    assert Settings.from_environment({"STREAMS_SERVE": "127.0.0.1:9000"}).public_url == "http://127.0.0.1:9000"
    given = {"STREAMS_PUBLIC_URL": "https://noc.example/streams"}
    assert Settings.from_environment(given).public_url == "https://noc.example/streams"


@pytest.mark.parametrize(
    ("text", "style"),
    [("json", ("json", "info")), ("json:debug", ("json", "debug")), ("console:warning", ("console", "warning"))],
)
def test_log_styles(text: str, style: tuple[str, str]) -> None:
    """STREAMS_LOG names the form and, if wanted, the level."""
    assert Settings.from_environment({"STREAMS_LOG": text}).log == style


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("STREAMS_BROKER", "localhost"),
        ("STREAMS_BROKER", "kafka://localhost:9092"),
        ("STREAMS_BROKER", "localhost:0"),
        ("STREAMS_BROKER", "localhost:9092,"),
        ("STREAMS_SERVE", "127.0.0.1:http"),
        ("STREAMS_SERVE", "127.0.0.1:65536"),
        ("STREAMS_SERVE", "127.0.0.1:0"),
        ("STREAMS_WORKER_WEB", ":8089"),
        ("STREAMS_PARTITIONS", "0"),
        ("STREAMS_PARTITIONS", "twelve"),
        ("STREAMS_PARTITIONS", "1.5"),
        ("STREAMS_PREFIX", "two words"),
        ("STREAMS_CLOCK", "simulated"),
        ("STREAMS_TIMEZONE", "Asia/Ziyang"),
        ("STREAMS_TIMEZONE", "../etc/passwd"),
        ("STREAMS_LOG", "xml"),
        ("STREAMS_LOG", "json:loud"),
        ("STREAMS_PUBLIC_URL", "noc.example"),
        ("STREAMS_LEDGER_MONTHS", "0"),
        ("STREAMS_SESSION_TIMEOUT_SECONDS", "1"),
        ("STREAMS_SESSION_TIMEOUT_SECONDS", "nan"),
        ("STREAMS_CHECKPOINT_SECONDS", "0"),
        ("STREAMS_DEFINITIONS_DIR", "/nowhere"),
        ("STREAMS_DIRECTORY", "/tmp"),
        ("STREAMS_SECURITY_PROTOCOL", "plaintext"),
        ("STREAMS_SASL_MECHANISM", "GSSAPI"),
        ("STREAMS_SASL_PASSWORD_FILE", "/nowhere"),
        ("STREAMS_SSL_CA_FILE", "/nowhere"),
    ],
)
def test_what_cannot_be_used_is_refused(name: str, text: str) -> None:
    """An error names the variable, what it is, and what is accepted."""
    accepts = next(variable.accepts for variable in Settings.table() if variable.name == name)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: text})
    assert str(caught.value) == f"{name} is {text!r}: give {accepts}"


SASL = {
    "STREAMS_SECURITY_PROTOCOL": "SASL_SSL",
    "STREAMS_SASL_MECHANISM": "SCRAM-SHA-512",
    "STREAMS_SASL_USERNAME": "streams",
    "STREAMS_SASL_PASSWORD": "open sesame",
}


@pytest.mark.parametrize("missing", ["STREAMS_SASL_MECHANISM", "STREAMS_SASL_USERNAME", "STREAMS_SASL_PASSWORD"])
def test_sasl_needs_all_of_its_variables(missing: str) -> None:
    """A protocol with SASL and half of its credentials is refused at start, not at the first connection."""
    with pytest.raises(SettingsError, match=f"set {missing}"):
        Settings.from_environment({name: text for name, text in SASL.items() if name != missing})


def test_a_password_shows_itself_nowhere() -> None:
    """Neither the settings' repr nor their text holds the password; it is told only to who asks for it."""
    settings = Settings.from_environment(SASL)
    assert "sesame" not in repr(settings)
    assert "sesame" not in f"{settings.sasl_password}"
    assert settings.sasl_password is not None
    assert settings.sasl_password.reveal() == "open sesame"


def test_a_password_file_goes_first(tmp_path: Path) -> None:
    """The password is the file's text without the line's end, whatever the environment says."""
    file = tmp_path / "password"
    file.write_text("from the file\n", encoding="utf-8")
    settings = Settings.from_environment({**SASL, "STREAMS_SASL_PASSWORD_FILE": str(file)})
    assert settings.sasl_password == Secret("from the file")


def test_an_empty_password_file_is_refused(tmp_path: Path) -> None:
    """A file without a password is a mistake, not an empty password."""
    file = tmp_path / "password"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="STREAMS_SASL_PASSWORD_FILE"):
        Settings.from_environment({**SASL, "STREAMS_SASL_PASSWORD_FILE": str(file)})


def test_fields_have_the_types_that_settings_states() -> None:
    """What the table's parsers return is what the Struct's annotations promise."""
    settings = Settings.from_environment({**SASL, "STREAMS_SSL_CA_FILE": __file__})
    for field in msgspec.structs.fields(Settings):
        accepted = msgspec.convert(getattr(settings, field.name), field.type, dec_hook=_same_path)
        assert accepted == getattr(settings, field.name)


def _same_path(kind: type, content: object) -> object:
    assert isinstance(content, kind)
    return content


def test_tokens_are_read_from_a_file(tmp_path: Path) -> None:
    """A role and a token a line; without a file there are none, and none shows itself."""
    path = tmp_path / "tokens"
    path.write_text("viewer 0123456789abcdef\n\nagent fedcba9876543210\nwriter 0011223344556677\n", encoding="utf-8")
    tokens = Settings.from_environment({"STREAMS_API_TOKENS": str(path)}).api_tokens
    assert [(token.role, token.secret.reveal()) for token in tokens] == [
        ("viewer", "0123456789abcdef"),
        ("agent", "fedcba9876543210"),
        ("writer", "0011223344556677"),
    ]
    assert "0123456789abcdef" not in repr(tokens)
    assert Settings.from_environment({}).api_tokens == ()


@pytest.mark.parametrize("content", ["", "viewer short", "owner 0123456789abcdef", "0123456789abcdef", "viewer"])
def test_a_file_of_tokens_that_lets_nobody_in_is_refused(content: str, tmp_path: Path) -> None:
    """An empty one would let all in, a mistyped role nobody knows whom."""
    path = tmp_path / "tokens"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="STREAMS_API_TOKENS"):
        Settings.from_environment({"STREAMS_API_TOKENS": str(path)})
