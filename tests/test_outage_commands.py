"""The commands about mass outages: what they write, what they refuse, and what is shown of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest

from streams.commands.outage import told_by
from streams.core.definitions import Definitions
from streams.core.events import Outage
from streams.core.events.outage import Scope
from streams.definitions import load
from streams.kafka.outage_log import read_outages
from streams.settings import Settings
from tests.conftest import Broker, Run, on
from tests.core.installation import at, ticket
from tests.core.outages.telling import SUSPECTED, outage, round_with
from tests.kafka.installed import PlacedInstallation, publish

START = "2009-07-14T18:24:00+08:00"
DECLARE = ("outage", "declare", "--id", "QZ-1", "--prefix", "663", "--users", "600", "--started-at", START)


def known(broker: Broker, prefix: str) -> dict[str, Outage]:
    """Return the newest revisions on the broker."""
    return asyncio.run(read_outages(broker.connection, prefix, 3))


def shipped_definitions() -> Definitions:
    """Return the definitions of a command that is told nothing else."""
    unset = Settings.from_environment({})
    return load(unset.definitions_dir, timezone=unset.timezone, ledger_months=unset.ledger_months)


@pytest.fixture
def counted(embedded_broker: Broker, prefix: str) -> dict[str, str]:
    """Settings of an installation that has counted an outage of 14 July and ten tickets, and suspects another."""
    made = PlacedInstallation(3, shipped_definitions())
    made.send([outage("QZ-0", at("2009-07-14 18:00"), users=600, prefixes=["663"])], topic="outages")
    made.send(ticket(f"T{number}", f"663000{number}", at("2009-07-14 18:10")) for number in range(10))
    made.count(at("2009-07-14 20:00"))
    made.rounds.append(round_with(made.rounds[-1], SUSPECTED))
    asyncio.run(publish(embedded_broker.connection, prefix, made))
    return on(embedded_broker, prefix)


def test_an_outage_s_life_from_the_command_line(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """Declared, narrowed, restored in a step, restored: each is the next revision, and what was given stays."""
    settings = on(embedded_broker, prefix)
    told = run(*DECLARE, "--service", "broadband", "--branch", "现业", "--owner", "现业公众客户部", settings=settings)
    assert told.exit_code == 0, told.output
    assert (
        "QZ-1, revision 0: confirmed, 663, since 07-14 18:24, 现业, users: 600 (given), class: 较大 major"
        in told.stdout
    )
    for arguments in (
        ("change", "QZ-1", "--prefix", "6635", "--users", "80"),
        ("restore", "QZ-1", "--users", "30", "--at", "2009-07-14T19:00:00+08:00"),
        ("restore", "QZ-1", "--at", "2009-07-14T20:24:00+08:00"),
    ):
        told = run("outage", *arguments, settings=settings)
        assert told.exit_code == 0, told.output
    # 80 users for 36 minutes, 50 of them for 84 more.
    assert "over 07-14 20:24, 现业, users: 80 (given), class: 一般 minor, user-hours: 118.00" in told.stdout
    newest = known(embedded_broker, prefix)["QZ-1"]
    assert (newest.revision, newest.status, newest.users, newest.scope.prefixes) == (3, "restored", 80, ["6635"])
    assert (newest.services, newest.branch, newest.owner) == (["broadband"], "现业", "现业公众客户部")
    assert [step.users for step in newest.steps or ()] == [30]


def test_a_rejected_outage_stays_rejected(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """It has no users to show; nothing changes it any more, and its id cannot be declared again."""
    settings = on(embedded_broker, prefix)
    run(*DECLARE, settings=settings)
    told = run("outage", "reject", "QZ-1", "--reason", "误报", "--json", settings=settings)
    content = json.loads(told.stdout)
    assert content["users"] is None
    assert (content["outage"]["status"], content["outage"]["cause"]) == ("rejected", "误报")
    for arguments, words in (
        (("outage", "restore", "QZ-1"), "QZ-1 was rejected: declare it again under another id"),
        (DECLARE, "QZ-1 is declared already"),
    ):
        told = run(*arguments, settings=settings)
        assert (told.exit_code, told.stdout) == (2, "")
        assert words in told.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--range", "6182687-6182560"), "scope.ranges[0]: its last number is below its first"),
        (("--range", "618256-6182687"), "scope.ranges[0]: its two numbers differ in length"),
        (("--range", "61825AB-61825CD"), "scope.ranges[0][0]: Expected `str` matching regex"),
        (("--range", "6182560"), "'6182560' is no range; write it as 6182560-6182687"),
        (("--prefix", "66x"), "scope.prefixes[0]: Expected `str` matching regex"),
        (("--prefix", "663", "--expected-at", "2009-07-14T18:00:00+08:00"), "expected_at: is before started_at"),
        (("--prefix", "663", "--users", "-1"), "users: Expected `int` >= 0"),
        (("--site", ""), "scope.sites[0]: Expected `str` of length >= 1"),
        ((), "give --range, --prefix or --site, or --suspected ID"),
    ],
)
def test_what_would_be_refused_is_not_sent(
    embedded_broker: Broker, prefix: str, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    """The line names field and reason, the exit code is 2, and nothing was written."""
    told = run("outage", "declare", "--started-at", START, *arguments, settings=on(embedded_broker, prefix))
    assert (told.exit_code, told.stdout) == (2, "")
    assert words in told.stderr
    assert known(embedded_broker, prefix) == {}


def test_an_end_before_the_start_and_too_many_users_are_refused(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """Also of an outage that is known: its newest revision stays."""
    settings = on(embedded_broker, prefix)
    run(*DECLARE, settings=settings)
    for arguments, words in (
        (("--at", "2009-07-14T18:00:00+08:00"), "restored_at: is before started_at"),
        (("--users", "601"), "steps: restore more users than the 600"),
    ):
        told = run("outage", "restore", "QZ-1", *arguments, settings=settings)
        assert (told.exit_code, told.stdout) == (2, "")
        assert words in told.stderr
    told = run("outage", "restore", "QZ-2", settings=settings)
    assert "there is no outage QZ-2" in told.stderr
    assert known(embedded_broker, prefix)["QZ-1"].revision == 0


def test_a_scope_that_overlaps_is_told(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """A number in both, a prefix within a prefix, a site in both; not one that is over, nor one elsewhere."""
    settings = on(embedded_broker, prefix)
    run(*DECLARE, settings=settings)
    for arguments, overlaps in (
        (("--range", "6630000-6630099"), True),
        (("--prefix", "6635"), True),
        (("--prefix", "7651"), False),
        (("--site", "663"), False),
    ):
        told = run("outage", "declare", *arguments, "--started-at", START, settings=settings)
        assert ("overlaps that of QZ-1 (663)" in told.stderr) == overlaps, arguments
    run("outage", "restore", "QZ-1", "--at", START, settings=settings)
    told = run("outage", "declare", "--prefix", "663", "--started-at", START, settings=settings)
    assert "QZ-1" not in told.stderr


def test_a_suspected_branch_is_declared_by_its_prefixes() -> None:
    """A suspicion that names no numbers and no site, only a branch, gives all the numbers of the branch."""
    definitions = load(Settings.from_environment({}).definitions_dir, timezone="Asia/Shanghai", ledger_months=2)
    fields = told_by(msgspec.structs.replace(SUSPECTED, branch="乐至", scope=Scope()), definitions)
    assert fields["scope"].prefixes == ["3", "322", "333", "335"]
    assert told_by(SUSPECTED, definitions)["scope"] == SUSPECTED.scope


def test_a_suspicion_becomes_an_outage(counted: dict[str, str], embedded_broker: Broker, prefix: str, run: Run) -> None:
    """Scope, branch and start are the suspicion's, unless they are given."""
    told = run("outage", "declare", "--suspected", SUSPECTED.id, "--branch", "简阳", "--json", settings=counted)
    assert told.exit_code == 0, told.output
    content = json.loads(told.stdout)
    assert content["users"] == {"count": 128, "from": "range", "severity": "minor"}
    identity = content["outage"]["id"]
    assert identity.startswith("NOC-20090714-1902-")
    declared = known(embedded_broker, prefix)[identity]
    assert (declared.scope, declared.branch) == (SUSPECTED.scope, "简阳")
    assert declared.started_at == SUSPECTED.first_report_at
    told = run("outage", "declare", "--suspected", "suspected-1", settings=counted)
    assert "nothing is suspected under suspected-1" in told.stderr


def test_a_duty_to_report_that_is_near_is_told(embedded_broker: Broker, prefix: str, run: Run) -> None:
    """600,000 users for 90 minutes: all four duties are reached; the one in writing leaves four hours."""
    made = PlacedInstallation(3, shipped_definitions())
    made.send([outage("QZ-0", at("2009-07-14 18:00"), users=600_000, prefixes=["6"])], topic="outages")
    made.count(at("2009-07-14 19:30"))
    asyncio.run(publish(embedded_broker.connection, prefix, made))
    lines = run("outages", settings=on(embedded_broker, prefix)).stdout.splitlines()
    told = [line for line in lines if "report by" in line]
    assert len(told) == 4
    assert any("in writing, report by 07-14 23:00" in line for line in told)


def test_outages_are_listed(counted: dict[str, str], run: Run) -> None:
    """What is out now, what is suspected, the month's; in tables and as JSON."""
    text = run("outages", settings=counted)
    assert text.exit_code == 0, text.output
    lines = [" ".join(line.split()) for line in text.stdout.splitlines()]
    assert lines.count("QZ-0 663 现业 07-14 18:00 2.00 ≈ 600 1,200.00 10 / 10 较大 major active") == 2
    assert "suspected-0a1b2c3d4e5f 6182xxx 现业 07-14 19:02 21 23 97 % 突增" in lines
    assert not any("report by" in line for line in lines)
    content: dict[str, Any] = json.loads(run("outages", "--json", "--month", "2009-07", settings=counted).stdout)
    assert [one["id"] for one in content["live"]] == [one["id"] for one in content["outages"]] == ["QZ-0"]
    assert [one["id"] for one in content["suspected"]] == [SUSPECTED.id]
    assert content["totals"]["by_branch"]["现业"]["users_out"] == 600
    empty = run("outages", "--month", "2009-06", settings=counted)
    assert "2009-06: none" in empty.stdout
