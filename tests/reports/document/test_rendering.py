"""July's deck and workbook as LibreOffice shows them: no text out of its place, no glyph missing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pptx import Presentation

from streams.core.restating import Moved, Restatement, leaves
from streams.core.snapshot import Snapshot
from streams.reports.document import write_report_of
from tests.reports.document.conftest import DEFINITIONS, DEPLOY
from tests.reports.document.rendering import foreign_faces, not_shown, out_of_place, pages, rendered, without_glyph


@pytest.fixture(scope="module")
def deck(report: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return July's deck, and the PDF of it."""
    file = report / "report.pptx"
    return file, rendered(file, tmp_path_factory.mktemp("deck"))


def test_no_text_runs_out_of_its_place(deck: tuple[Path, Path]) -> None:
    """Every word stands within the box, or the table's cell, that it belongs to."""
    assert out_of_place(*deck) == []


def test_all_that_the_slides_say_is_shown(deck: tuple[Path, Path]) -> None:
    """Letter by letter, in type faces that have them."""
    assert not_shown(*deck) == []
    assert foreign_faces(deck[1]) == set()
    assert without_glyph(deck[0]) == set()


def test_a_restatement_in_english_keeps_its_place(july: Snapshot, tmp_path: Path) -> None:
    """Names of figures are long in English: whichever moved, their table's words stay in its cells."""
    paths = list(leaves(msgspec.to_builtins(july)))[::500]
    moved = [Moved(path=path, before=1, after=2, facts=["faults/N022926", "faults/N020307"]) for path in paths]
    told = Restatement(
        edition=1, sha256="", reason="late", moved=moved, facts=[], definitions_changed=False, targets_changed=False
    )
    restated = msgspec.structs.replace(july, state="restated", edition=2, restatement=told)
    [file] = write_report_of(restated, DEFINITIONS, DEPLOY, "en", ("pptx",), tmp_path)
    pdf = rendered(file, tmp_path)
    assert (out_of_place(file, pdf), not_shown(file, pdf)) == ([], [])


def test_the_workbook_s_sheets_are_shown(report: Path, tmp_path: Path) -> None:
    """Its glyphs are there, no cell is too narrow for its number (###), and no formula ends in an error."""
    pdf = rendered(report / "report.xlsx", tmp_path)
    words = [word.text for page in pages(pdf) for word in page]
    assert foreign_faces(pdf) == set()
    assert not [word for word in words if "##" in word or word.startswith(("#DIV", "#REF", "#NAME", "Err:"))]
    assert {"7.26%", "未达标", "10,652.15"} <= set(words)


def test_the_checks_can_fail(report: Path, tmp_path: Path) -> None:
    """A long text in a small box, a table's cell of many lines and a letter that no type face has are all found."""
    slides = Presentation(str(report / "report.pptx"))
    tables = {
        number: shape for number, slide in enumerate(slides.slides, 1) for shape in slide.shapes if shape.has_table
    }
    first, where = slides.slides[0], min(tables)
    first.shapes.title.text_frame.paragraphs[0].runs[0].text = "服务质量" * 60
    tables[where].table.cell(1, 0).text_frame.text = "预约率" * 40
    first.placeholders[1].text_frame.paragraphs[0].runs[0].text = "\U0001f9ff"
    bad = tmp_path / "bad.pptx"
    slides.save(str(bad))
    pdf = rendered(bad, tmp_path)
    assert {number for number, _ in out_of_place(bad, pdf)} == {1, where}
    assert {number for number, _ in not_shown(bad, pdf)} == {1, where}
    assert without_glyph(bad) == {"\U0001f9ff"}
