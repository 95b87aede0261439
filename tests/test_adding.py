"""What docs/adding.md says is all that it takes: done word by word in a copy, it shows everywhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
import yaml

from tests.adding import NEW, TOPIC

CHECKOUT = Path(__file__).parents[1]
GUIDE = CHECKOUT / "docs" / "adding.md"
COPIED = ("streams", "deploy", "tests", "pyproject.toml")
BLOCK = re.compile(
    r"^New (?P<what>file|line)(?: in)? `(?P<path>[^`]+)`(?:, below `(?P<anchor>[^`]+)`)?:\n\n"
    r"```python\n(?P<text>.*?)```\n",
    re.MULTILINE | re.DOTALL,
)

Found = dict[str, Any]


class Block(NamedTuple):
    """A block of the guide: a new file, or lines that go below a line of a file that is there."""

    kind: Literal["file", "lines"]
    path: str
    anchor: str
    text: str

    def apply(self, folder: Path) -> None:
        """Do in a copy of the project what the block says."""
        path = folder / self.path
        if self.kind == "file":
            assert not path.exists(), f"{self.path} is there already"
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines, start=1) if line == self.anchor + "\n"]
        assert len(places) == 1, f"{self.path} has the line {self.anchor!r} {len(places)} times"
        lines.insert(places[0], self.text)
        path.write_text("".join(lines), encoding="utf-8")


def blocks() -> list[Block]:
    """Return the blocks of the guide in their order; every block of code is one of them."""
    text = GUIDE.read_text(encoding="utf-8")
    found = [
        Block("file" if match["what"] == "file" else "lines", match["path"], match["anchor"] or "", match["text"])
        for match in BLOCK.finditer(text)
    ]
    assert len(found) == text.count("```python\n")
    return found


def copy_of_project(folder: Path, *kinds: str) -> Path:
    """Return a copy of the project with the guide's blocks of these kinds applied."""
    for name in COPIED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for block in blocks():
        if block.kind in kinds:
            block.apply(folder)
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Return what a Python module prints that runs in a copy; the copy is first on its path."""
    ended = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, f"{arguments}:\n{ended.stdout[-6000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the guide was followed."""
    return copy_of_project(tmp_path_factory.mktemp("added"), "file", "lines")


@pytest.fixture(scope="module")
def found(added: Path) -> Found:
    """What shows of the events of tests/adding.py there."""
    return _found(added)


def _found(folder: Path) -> Found:
    found: Found = json.loads(run(folder, "tests.adding"))
    return found


def test_the_snapshot_has_the_new_figures(found: Found) -> None:
    """Counted by hand: 2 of 3 July faults are of VIPs; of 3 visits with an hour 2 were on time, one by correction."""
    broadband = {"service": "broadband"}
    here, there = {"branch": "现业"}, {"branch": "简阳"}
    expected = [
        *(["vip_fault_share", labels, 2, 3] for labels in ({}, broadband)),
        *(["vip_fault_share", labels, 1, 2] for labels in (here, broadband | here)),
        *(["vip_fault_share", labels, 1, 1] for labels in (there, broadband | there)),
        ["punctual_visit_rate", {}, 2, 3],
        ["punctual_visit_rate", here, 2, 2],
        ["punctual_visit_rate", there, 0, 1],
    ]
    assert sorted(found["snapshot"], key=str) == sorted(expected, key=str)


def test_the_metrics_have_the_new_figures(found: Found) -> None:
    """The month as in the snapshot, last month's one VIP ticket of one, and the one ticket of the last 24 hours."""
    shown = {
        (labels["indicator"], labels["window"], labels.get("branch", ""), name.rsplit("_", 1)[-1]): value
        for name, labels, value in found["metrics"]
        if labels.get("by", "") in ("", "branch")
    }
    for indicator, window, branch, numerator, denominator in (
        ("vip_fault_share", "month", "", 2, 3),
        ("vip_fault_share", "month", "现业", 1, 2),
        ("vip_fault_share", "last_month", "", 1, 1),
        ("vip_fault_share", "24h", "", 1, 1),
        ("punctual_visit_rate", "month", "", 2, 3),
        ("punctual_visit_rate", "month", "简阳", 0, 1),
        ("punctual_visit_rate", "last_month", "", 0, 0),
    ):
        assert shown[indicator, window, branch, "numerator"] == numerator
        assert shown[indicator, window, branch, "denominator"] == denominator


def test_the_contract_has_the_new_topic(added: Path) -> None:
    """`streams generate` writes channel, message, key, schema and operation of the new kind."""
    run(added, "streams", "generate")
    document = yaml.safe_load((added / "deploy" / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert list(document["channels"][TOPIC]["messages"]) == ["Visit"]
    assert document["components"]["messages"]["Visit"]["bindings"]["kafka"]["key"]["description"] == "subscriber"
    schema = document["components"]["schemas"]["Visit"]
    assert schema["required"] == ["id", "revision", "updated_at", "subscriber", "arrived_at"]
    assert f"receive-{TOPIC}" in document["operations"]


def test_the_generic_tests_take_them_up(added: Path) -> None:
    """Every generic test of a kind and of an indicator runs for the new ones, and the batch formula knows them."""
    core = [f"tests/core/test_{name}.py" for name in ("every_kind", "every_indicator", "catalogue")]
    chosen = (TOPIC, *NEW, "has_a_chapter", "ids_name_one", "batch_formula", "only_what_the_catalogue_declares")
    arguments = ("-v", "-p", "no:cacheprovider", *core, "tests/serve/test_collector.py", "-k", " or ".join(chosen))
    report = run(added, "pytest", *arguments)
    for test in (f"test_order_and_repeats_make_no_difference[{TOPIC}]", "batch_formula", "catalogue_declares_is_shown"):
        assert f"{test} PASSED" in report
    for indicator in NEW:
        assert f"test_what_cannot_be_judged_is_never_met[{indicator}] PASSED" in report


def test_the_examples_are_in_the_project_s_style(added: Path) -> None:
    """Who begins with a copy of an example begins with what the checks let pass."""
    run(added, "ruff", "check", "streams", "tests/oracle")
    run(added, "ruff", "format", "--check", "streams", "tests/oracle")
    run(added, "mypy", "streams/core")


def test_without_the_lines_nothing_of_it_is_there(tmp_path: Path) -> None:
    """The new files alone are in no list, and so are neither read, counted nor shown."""
    found = _found(copy_of_project(tmp_path, "file"))
    assert TOPIC not in found["topics"]
    assert not set(NEW) & set(found["indicators"])
    assert found["snapshot"] == found["metrics"] == []
