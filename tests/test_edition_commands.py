"""`streams snapshot --freeze`, `--day`, `freeze-due` and `snapshots`, as a person or a timer runs them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from streams.core.definitions import Definitions
from streams.definitions import load
from streams.settings import Settings
from tests.conftest import Broker, Run, on
from tests.core.installation import at, outage, ticket
from tests.reports.editions import Growing

NOW = at("2009-08-04 12:00")


def definitions() -> Definitions:
    """Return the definitions that commands work by."""
    settings = Settings.from_environment({})
    return load(settings.definitions_dir, timezone=settings.timezone, ledger_months=settings.ledger_months)


@pytest.fixture
def growing(embedded_broker: Broker, prefix: str) -> Growing:
    """Return an installation with a ticket of June, two of July and an outage, counted on 4 August."""
    made = Growing(embedded_broker, prefix, definitions())
    days = ("2009-06-14 10:00", "2009-07-14 10:00", "2009-07-15 10:00")
    made.made.send(ticket(f"T{number}", "6120001", at(day)) for number, day in enumerate(days))
    made.made.send([outage("O1", at("2009-07-20 09:00"), prefixes=["663"])], topic="outages")
    asyncio.run(made.count(NOW))
    return made


def test_a_month_is_frozen_listed_restated_and_written(growing: Growing, run: Run, tmp_path: Path) -> None:
    """Frozen once, told that nothing moved, refused without a reason, restated with one; the first file stays."""
    settings = on(growing.broker, growing.prefix)
    result = run("snapshot", "2009-07", "--freeze", "--json", settings=settings)
    assert result.exit_code == 0, result.stderr
    file = tmp_path / "reports" / "2009-07" / "snapshot.json"
    assert file.read_text(encoding="utf-8") == result.stdout
    assert json.loads(result.stdout)["state"] == "frozen"
    again = run("snapshot", "2009-07", "--freeze", settings=settings)
    assert again.exit_code == 0, again.exception
    assert again.stdout.startswith("2009-07 as of 2009-08-04T04:00:00Z (frozen)")
    assert "07-20" in again.stdout
    assert "nothing was written" in again.stderr
    growing.made.send([ticket("LATE", "6120002", at("2009-07-16 10:00"))])
    asyncio.run(growing.count(NOW))
    refused = run("snapshot", "2009-07", "--freeze", settings=settings)
    assert refused.exit_code == 2
    assert "say why it is restated with --reason" in refused.stderr
    restated = run("snapshot", "2009-07", "--freeze", "--reason", "came late", "--json", settings=settings)
    assert json.loads(restated.stdout)["restatement"]["reason"] == "came late"
    assert file.read_text(encoding="utf-8") == result.stdout
    assert file.with_name("snapshot-restated-1.json").read_text(encoding="utf-8") == restated.stdout
    listed = json.loads(run("snapshots", "2009-07", "--json", settings=settings).stdout)
    assert [one["state"] for one in listed] == ["frozen", "restated"]
    assert listed == json.loads(file.with_name("editions.json").read_text())
    table = run("snapshots", settings=settings).stdout
    assert "came late" in table
    assert listed[1]["sha256"][:16] in table
    elsewhere = run("snapshots", "2009-07", "--out", "elsewhere", settings=settings)
    assert elsewhere.exit_code == 0
    assert (tmp_path / "elsewhere" / "snapshot.json").read_bytes() == file.read_bytes()


def test_a_timer_freezes_what_is_due_once(growing: Growing, run: Run, tmp_path: Path) -> None:
    """June and July, which ended three days ago; with a longer grace June alone; the second run finds nothing to do."""
    settings = on(growing.broker, growing.prefix)
    patient = run("freeze-due", settings=settings | {"STREAMS_FREEZE_GRACE_DAYS": "5"})
    assert patient.stdout.startswith("2009-06 is frozen (edition 1, sha256 ")
    assert len(patient.stdout.splitlines()) == 1
    assert run("freeze-due", settings=settings).stdout.startswith("2009-07 is frozen (edition 1, sha256 ")
    assert run("freeze-due", settings=settings).stdout == "nothing is due\n"
    for month in ("2009-06", "2009-07"):
        assert json.loads((tmp_path / "reports" / month / "snapshot.json").read_text())["state"] == "frozen"


def test_the_daily_edition_is_a_bulletin_of_one_day(growing: Growing, run: Run, tmp_path: Path) -> None:
    """14 July beside 13 July: one ticket more; the same bytes on standard output and in the file."""
    result = run("snapshot", "--day", "2009-07-14", "--json", settings=on(growing.broker, growing.prefix))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "reports" / "2009-07" / "bulletin-2009-07-14.json").read_text(encoding="utf-8") == result.stdout
    found = json.loads(result.stdout)
    assert (found["period"], found["first_day"], found["last_day"]) == ("2009-07-14",) * 3
    assert found["state"] == "complete"
    [tickets] = [one for one in found["counts"] if one["id"] == "fault_tickets"]
    assert tickets["in_all"] == {"value": "合计", "count": 1, "previous": 0, "change": 1}
    shown = run("snapshot", "--day", "2009-07-14", settings=on(growing.broker, growing.prefix))
    assert shown.stdout.startswith("2009-07-14 2009-07-14 – 2009-07-14, as of 2009-08-04T04:00:00Z (complete)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("snapshot",), "give a month"),
        (("snapshot", "2009-07", "--day", "2009-07-14"), "give a month"),
        (("snapshot", "2009-07", "--reason", "late"), "give it with --freeze"),
        (("snapshot", "2009-07", "--freeze", "--reason", " "), "in words"),
        (("snapshot", "2009-07", "--freeze", "--as-of", "2009-08-01T00:00:00+08:00"), "leave --as-of out"),
        (("snapshot", "--day", "2009-07-14", "--freeze"), "those are of a month"),
        (("snapshots", "--out", "somewhere"), "name it"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_what_does_not_go_together_is_told(arguments: tuple[str, ...], words: str, run: Run) -> None:
    """Exit code 2 and a line that helps, before any broker is asked."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
