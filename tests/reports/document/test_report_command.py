"""`streams report` from a snapshot's file: no broker is needed, and what cannot be done is said."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from streams.core.snapshot import Snapshot, write_snapshot
from tests.conftest import Run

ALL = {"report.pptx", "report.xlsx", "report.docx", "report.html"}


@pytest.fixture(scope="module")
def snapshot_file(july: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return July's snapshot as `streams snapshot` writes it."""
    file = tmp_path_factory.mktemp("snapshot") / "snapshot.json"
    file.write_bytes(write_snapshot(july))
    return file


def test_all_formats_are_written(run: Run, snapshot_file: Path, report: Path, tmp_path: Path) -> None:
    """The same bytes from the file as from the snapshot in memory."""
    result = run("report", "2009-07", "--snapshot", str(snapshot_file), "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.iterdir()} == ALL
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in report.iterdir()
    }


def test_only_what_is_asked_for_is_written(run: Run, snapshot_file: Path, tmp_path: Path) -> None:
    """One format, in English."""
    arguments = ("--snapshot", str(snapshot_file), "--out", str(tmp_path), "--format", "html", "--lang", "en")
    assert run("report", "2009-07", *arguments).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert '<html lang="en">' in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("2009-06",), "is the snapshot of 2009-07, not of 2009-06"),
        (("2009-07", "--format", "pdf"), "there are pptx, xlsx, docx, html"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, snapshot_file: Path, arguments: tuple[str, ...], reason: str) -> None:
    """With exit code 2, and nothing written."""
    result = run("report", *arguments, "--snapshot", str(snapshot_file))
    assert result.exit_code == 2
    assert reason in " ".join(result.output.split())


def test_the_page_needs_nothing_else(report: Path) -> None:
    """No address but its own anchors is in it, and every anchor is there."""
    page = (report / "report.html").read_text(encoding="utf-8")
    assert not [one for one in ("http:", "https:", "src=", "@import", "<script") if one in page]
    anchors = {part.split('"')[0] for part in page.split('href="#')[1:]}
    assert anchors == {part.split('"')[0] for part in page.split('<section id="')[1:]}
    assert page.count("<svg") > 20


def test_the_paper_is_filled_in(report: Path) -> None:
    """Nothing of the template's braces is left, and the tables have their figures."""
    paper = docx.Document(str(report / "report.docx"))
    rows = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    texts = [paragraph.text for paragraph in paper.paragraphs] + [cell for row in rows for cell in row]
    assert not [text for text in texts if "{" in text or "}" in text]
    assert ["合计", "6,910", "502", "7.26%", "√ 达标", "× 未达标", "+1.22", "–"] in rows
