"""Same log, same bytes: two machines that have nothing in common but the events write the same frozen month."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
import pytest

from streams.core.months import HOUR
from streams.core.snapshot import SNAPSHOT_FILE, Snapshot, read_snapshot
from streams.kafka.embedded import die_with_parent
from streams.kafka.placing import partition_of
from streams.samples import july_2009
from streams.samples.lines import Line, write
from streams.settings import Settings
from tests.core.installation import at, ticket
from tests.reports.machine import DEADLINE_SECONDS, Surroundings

CHECKOUT = Path.cwd()
SHARE = 8
"""One in so many of the sample's keys is enough to fill every chapter."""
HERE = Surroundings(
    workers=1,
    umask=0o022,
    environment={"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"},
)
ELSEWHERE = Surroundings(
    workers=2,
    umask=0o077,
    environment={"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "tr_TR.ISO8859-9"},
)
EXACT = (SNAPSHOT_FILE, "report.xlsx", "report.html")
ARCHIVES = ("report.pptx", "report.docx", "report.xlsx")


class Machine(NamedTuple):
    """A machine that is at work, and the folder that it fills."""

    folder: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def started(cls, folder: Path, lines: Iterable[Line], surroundings: Surroundings) -> Machine:
        """Give a machine its events, and start it."""
        for part in ("home", "work"):
            (folder / part).mkdir(parents=True)
        write(folder / "events.jsonl", lines)
        ours = {variable.name for variable in Settings.table()}
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ours},
            **surroundings.environment,
            "HOME": str(folder / "home"),
            "PYTHONPATH": str(CHECKOUT),
            "STREAMS_DEFINITIONS_DIR": str(CHECKOUT / "deploy"),
        }
        told = msgspec.json.encode(surroundings).decode()
        command = [sys.executable, "-m", "tests.reports.machine", str(folder), str(folder / "events.jsonl"), told]
        log = (folder / "machine.log").open("wb")
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder / "work",
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
        )
        return cls(folder, process)

    def ended(self) -> Path:
        """Return its folder once it is done; AssertionError where it failed."""
        code = self.process.wait(DEADLINE_SECONDS)
        assert code == 0, (self.folder / "machine.log").read_text(encoding="utf-8", errors="replace")[-3_000:]
        return self.folder


def sample() -> list[Line]:
    """Return a part of July's messages: those of some keys, with every outage and assessment."""
    kept = {"outages", "assessments"}
    return [
        line
        for line in july_2009.lines()
        if line.topic in kept or line.key is None or partition_of(line.key, SHARE) == 0
    ]


def otherwise(lines: Sequence[Line]) -> list[Line]:
    """Return the messages as another network would deliver them: each hour's in another order."""
    chance, delivered = Random(7), []
    for _, of_hour in groupby(lines, lambda line: line.at // HOUR):
        shuffled = list(of_hour)
        chance.shuffle(shuffled)
        delivered += shuffled
    return delivered


def one_more(lines: Sequence[Line]) -> list[Line]:
    """Return the messages, and that of one ticket more."""
    opened = at("2009-07-20 10:00")
    content = ticket("MORE", "6000001", opened, brand="E8", branch="现业", restored_at=opened)
    place = next(number for number, line in enumerate(lines) if line.at > opened.timestamp() * 1_000_000)
    more = Line("faults", b"6000001", msgspec.json.encode(content), lines[place].at)
    return [*lines[:place], more, *lines[place:]]


class Machines(NamedTuple):
    """The folders of three machines: one, another of the same events, and one that had a ticket more."""

    one: Path
    other: Path
    with_more: Path


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Run the machines side by side."""
    lines = sample()
    mixed = otherwise(lines)
    assert mixed != lines
    assert sorted(mixed, key=repr) == sorted(lines, key=repr)
    folder = tmp_path_factory.mktemp("machines")
    started = [
        Machine.started(folder / name, events, surroundings)
        for name, events, surroundings in (
            ("one", lines, HERE),
            ("other", mixed, ELSEWHERE),
            ("with_more", one_more(lines), HERE),
        )
    ]
    try:
        return Machines(*[machine.ended() for machine in started])
    finally:
        for machine in started:
            machine.process.kill()


def parts(path: Path) -> dict[str, bytes]:
    """Return the members of an Office file, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def snapshot(folder: Path) -> Snapshot:
    """Return a machine's frozen snapshot."""
    return read_snapshot((folder / SNAPSHOT_FILE).read_bytes())


def test_the_month_is_frozen_and_has_every_chapter(machines: Machines) -> None:
    """What is compared is worth it: frozen, with figures in every table, outages, and some hundreds of tickets."""
    frozen = snapshot(machines.one)
    assert (frozen.state, frozen.offsets) == ("frozen", {})
    assert sum(frozen.records["faults"].values()) > 1_000
    assert len(frozen.outages) == 7
    assert sum(one.denominator > 0 for one in frozen.indicators) > 500


@pytest.mark.parametrize("name", EXACT)
def test_another_machine_writes_the_same_bytes(machines: Machines, name: str) -> None:
    """Order of messages, hashes, workers, zone, language, umask and folders leave no trace."""
    assert (machines.one / name).read_bytes() == (machines.other / name).read_bytes()


@pytest.mark.parametrize("name", ARCHIVES)
def test_another_machine_writes_the_same_parts(machines: Machines, name: str) -> None:
    """Every part of an Office file, its XML above all, in the same order."""
    one, other = parts(machines.one / name), parts(machines.other / name)
    assert list(one) == list(other)
    assert [part for part in one if one[part] != other[part]] == []
    assert sum(part.endswith(".xml") for part in one) > 5


@pytest.mark.parametrize("name", sorted({*EXACT, *ARCHIVES}))
def test_one_ticket_more_is_seen_in_every_file(machines: Machines, name: str) -> None:
    """The comparison can fail: in all that is written a single ticket shows."""
    one, more = machines.one / name, machines.with_more / name
    assert one.read_bytes() != more.read_bytes()
    if name in ARCHIVES:
        here, there = parts(one), parts(more)
        differing = [part for part in here if here[part] != there.get(part)]
        assert [part for part in differing if part.endswith(".xml") and not part.startswith("docProps/")]


def test_the_files_are_as_private_as_the_machine_wants(machines: Machines) -> None:
    """The umask is the caller's: it is another one, and nothing but the mode is."""
    assert [(folder / "report.html").stat().st_mode & 0o077 for folder in (machines.one, machines.other)] == [0o044, 0]
