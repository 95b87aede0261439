"""The command line: help that teaches, one clear line for what a person can mend, and the exit codes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from streams.cli import COMMANDS, streams
from streams.commands.common import Command
from streams.core.definitions import Definitions
from streams.definitions import load
from streams.kafka import topics
from streams.settings import Settings
from tests.conftest import Broker, Run, on
from tests.core.installation import at, ticket
from tests.kafka.apache import free_ports
from tests.kafka.installed import PlacedInstallation, publish


def all_commands() -> list[tuple[str, ...]]:
    """Every command, groups opened."""
    context = click.Context(streams)
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = streams.get_command(context, name)
        found += [(name, each) for each in command.commands] if isinstance(command, click.Group) else [(name,)]
    return found


@pytest.mark.parametrize("names", all_commands(), ids=" ".join)
def test_help_says_what_it_does_with_an_example_and_its_settings(names: tuple[str, ...], run: Run) -> None:
    """Each command's help has a sentence, an example that begins with the command, and the variables it reads."""
    result = run(*names, "--help")
    assert result.exit_code == 0
    usage, _, examples = result.output.partition("Examples:")
    assert usage.splitlines()[2].strip()
    assert f"streams {' '.join(names)}" in examples
    assert "Settings it reads:" in examples


@pytest.mark.parametrize("names", all_commands(), ids=" ".join)
def test_help_names_only_variables_that_exist(names: tuple[str, ...]) -> None:
    """A variable that was renamed in the settings cannot linger in a command's help."""
    command: click.Command | None = streams
    for name in names:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(streams), name)
    assert isinstance(command, Command)
    assert command.reads <= {variable.name for variable in Settings.table()}


def test_the_list_of_commands_is_whole(run: Run) -> None:
    """The first help a newcomer sees has every command, each with a line of its own."""
    output = run("--help").output
    for name in COMMANDS:
        assert f"\n  {name} " in output


def test_commands_load_only_what_they_need() -> None:
    """Help starts no Faust: children of the demo, and a person at the prompt, do not wait for it."""
    program = (
        "import sys, streams.cli; streams.cli.streams(['--help'], standalone_mode=False); print('faust' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    "arguments",
    [
        ("worker",),
        ("serve",),
        ("broker",),
        ("replay", "july-2009"),
        ("audit", "2009-07"),
        ("outages",),
        ("outage", "reject", "QZ-1"),
        ("dead-letters", "list"),
    ],
    ids=" ".join,
)
def test_a_wrong_setting_is_one_line(arguments: tuple[str, ...], run: Run) -> None:
    """Exit code 2, the variable, what it is and what it may be; no traceback."""
    result = run(*arguments, settings={"STREAMS_BROKER": "nowhere"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: STREAMS_BROKER is 'nowhere': give host:port, several with commas between\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "july-2009"),
        ("snapshot", "2009-07"),
        ("bulletin",),
        ("audit", "2009-07"),
        ("outages",),
        ("outage", "reject", "QZ-1"),
        ("dead-letters", "list"),
        ("serve",),
    ],
    ids=" ".join,
)
def test_a_broker_that_is_not_there_is_told(arguments: tuple[str, ...], run: Run) -> None:
    """Exit code 2 and what to do about it, nothing on standard output."""
    result = run(*arguments, settings={"STREAMS_BROKER": f"127.0.0.1:{free_ports(1)[0]}"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Start one (`streams broker`), or correct STREAMS_BROKER" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay", "missing.jsonl"), "missing.jsonl cannot be read"),
        (("replay", "july-2009", "--from", "2009-07-15"), "2009-07-15T00:00:00+08:00"),
        (("replay", "july-2009", "--speed", "0"), "--speed"),
        (("snapshot", "2009-7"), "write it as 2009-07"),
        (("audit", "July"), "write it as 2009-07"),
        (("bulletin", "2009-28"), "write it as 2009-W28"),
        (("bulletin", "2009-W54"), "2009-W54 is no ISO week: 2009 has the weeks W01 to W53"),
        (("outages", "--month", "July"), "write it as 2009-07"),
        (("outage", "change", "QZ-1"), "give what is to change"),
        (("outage", "restore", "QZ-1", "--at", "18:00"), "2009-07-15T00:00:00+08:00"),
        (("dead-letters", "list", "--show"), "give the ID"),
        (("dead-letters", "replay"), "say which letters"),
        (("dead-letters", "replay", "faults/0/1", "--all"), "say which letters"),
        (("dead-letters", "replay", "--all", "--value", __file__), "give one ID"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_what_cannot_be_done_says_how_it_could(arguments: tuple[str, ...], words: str, run: Run) -> None:
    """An argument that makes no sense is exit code 2, and a line that helps."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_the_embedded_broker_stays_on_this_machine(run: Run) -> None:
    """`streams broker` does not listen where others could reach it."""
    result = run("broker", settings={"STREAMS_BROKER": "192.0.2.1:9092"})
    assert result.exit_code == 2
    assert "stays on this machine" in result.stderr


def test_the_demo_takes_no_broker_that_is_there_already(embedded_broker: Broker, run: Run) -> None:
    """It starts one of its own, and would not send July to somebody else's."""
    result = run("demo", "--exit", settings={"STREAMS_BROKER": embedded_broker.connection.bootstrap})
    assert result.exit_code == 2
    assert "unset STREAMS_BROKER" in result.stderr


def test_figures_before_any_worker_are_told(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """Without workers there is nothing to audit or to take a snapshot of, and the line says what to start."""
    settings = on(embedded_broker, prefix)
    assert run("replay", "-", settings=settings, input=b"x\n").exit_code == 0
    for arguments in (("snapshot", "2009-07"), ("bulletin", "2009-W28"), ("audit", "2009-07")):
        result = run(*arguments, settings=settings)
        assert result.exit_code == 2
        assert "streams worker" in result.stderr


def test_replay_says_what_it_did(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """Messages, time and where the clock stands, for people or as JSON; under the wall's clock there are no ticks."""
    settings = on(embedded_broker, prefix)
    assert "2 messages in" in run("replay", "-", settings=settings, input=b"one\ntwo\n").stdout
    result = run("replay", "-", "--json", settings=settings, input=b"one\ntwo\n")
    assert json.loads(result.stdout).items() >= {"messages": 2, "last_tick": None}.items()


def test_a_bulletin_is_shown_and_written(embedded_broker: Broker, prefix: str, run: Run, tmp_path: Path) -> None:
    """Tables for people and no file; as JSON, and the same bytes in a file where a folder is named."""
    settings = on(embedded_broker, prefix)
    made = PlacedInstallation(3, _definitions())
    made.send([ticket("T1", "6000001", at("2009-06-29 10:00")), ticket("T2", "6000001", at("2009-07-07 10:00"))])
    made.count(at("2009-07-13 00:00"))
    asyncio.run(publish(embedded_broker.connection, prefix, made))
    result = run("bulletin", settings=settings)
    assert result.exit_code == 0
    assert result.stdout.startswith("2009-W28 2009-07-06 – 2009-07-12, as of 2009-07-12T16:00:00Z (complete)")
    assert list(tmp_path.iterdir()) == []
    result = run("bulletin", "2009-W28", "--json", "--out", "weeks", settings=settings)
    assert json.loads(result.stdout)["period"] == "2009-W28"
    assert (tmp_path / "weeks" / "bulletin-2009-W28.json").read_text(encoding="utf-8") == result.stdout
    result = run("bulletin", "2009-W26", settings=settings)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the tallies hold no day before 2009-06-29" in result.stderr


def test_dead_letters_show_no_subscriber_unless_asked(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """The list and its JSON are empty of keys and values; what is not in it is told."""
    settings = on(embedded_broker, prefix)
    run("replay", "-", settings=settings, input=b"x\n")
    assert run("dead-letters", "list", settings=settings).stdout == "Dead letters: 0\n"
    assert json.loads(run("dead-letters", "list", "--json", settings=settings).stdout) == []
    result = run("dead-letters", "replay", "faults/0/99", settings=settings)
    assert result.exit_code == 2
    assert "no open dead letter faults/0/99" in result.stderr


async def test_check_finds_what_is_wrong(embedded_broker: Broker, prefix: str) -> None:
    """Missing topics are findings, exit code 1, until they are there; then all is well and the code 0."""
    environment = on(embedded_broker, prefix)
    assert _check(environment) == (1, {"topics"})
    await topics.ensure(embedded_broker.connection, prefix, 3)
    assert _check(environment) == (0, set())
    assert _check(environment | {"STREAMS_PARTITIONS": "5"}) == (1, {"topics"})


def test_check_goes_on_past_a_broker_that_is_not_there() -> None:
    """What can be checked without a broker is checked, and the broker is one finding of several."""
    code, wrong = _check({"STREAMS_BROKER": f"127.0.0.1:{free_ports(1)[0]}"})
    assert code == 1
    assert [subject.startswith("broker at") for subject in wrong] == [True]


def test_check_shows_settings_but_no_password(run: Run) -> None:
    """Every variable stands in the table with what it is set to; a password does not."""
    result = run("check", settings={"STREAMS_SASL_PASSWORD": "correct-horse", "STREAMS_TIMEZONE": "Mars/Olympus"})
    assert result.exit_code == 1
    for variable in Settings.table():
        assert variable.name in result.stdout
    assert "correct-horse" not in result.output
    assert "✗ settings: STREAMS_TIMEZONE is 'Mars/Olympus'" in result.stdout


def test_generated_files_are_checked(run: Run) -> None:
    """`generate --check` is for CI: it writes nothing and finds nothing to complain about."""
    assert run("generate", "--check").exit_code == 0


def _definitions() -> Definitions:
    """Return the definitions of a command that is told nothing else."""
    unset = Settings.from_environment({})
    return load(unset.definitions_dir, timezone=unset.timezone, ledger_months=unset.ledger_months)


def _check(environment: Mapping[str, str]) -> tuple[int, set[str]]:
    """Run `streams check` in a process of its own; return its exit code and what it found wrong."""
    clean = dict.fromkeys((variable.name for variable in Settings.table()), "")
    done = subprocess.run(
        [sys.executable, "-m", "streams", "check", "--json"],
        env={**clean, **environment, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    return done.returncode, {each["subject"] for each in found if each["what_to_do"]}
