"""The report's model: months of which little is known, what is masked, what is restated, both languages."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.core.restating import Moved, Restatement
from streams.core.snapshot import Snapshot, build_snapshot
from streams.reports.document import (
    LANGUAGES,
    Document,
    ReportTexts,
    Templates,
    TextsError,
    build_document,
    load_texts,
    write_report,
)
from streams.reports.document.model import Judgement, Section, Table
from streams.reports.document.word_list import VALUES, WORDS
from tests.core.installation import Installation, at
from tests.reports.document.conftest import DEFINITIONS

FORMATS = ("pptx", "xlsx", "docx", "html")


def sections(document: Document) -> dict[str, Section]:
    """Return number → section."""
    return {section.number: section for chapter in document.chapters for section in chapter.sections}


def tables(document: Document) -> list[Table]:
    """Return all tables of the chapters."""
    return [table for section in sections(document).values() for table in section.tables]


def test_a_month_with_one_ticket_has_a_report_without_a_target_met(templates: Templates, tmp_path: Path) -> None:
    """Nothing is divided by nothing, nothing without data is met, and all four files are written."""
    installation = Installation(partitions=1, definitions=DEFINITIONS)
    ticket = {
        "id": "F1",
        "revision": 1,
        "updated_at": "2009-07-02T08:00:00+08:00",
        "subscriber": "6330001",
        "opened_at": "2009-07-02T08:00:00+08:00",
        "service": "fixed",
    }
    installation.append(b"6330001", msgspec.json.encode(ticket), topic="faults")
    installation.count(at("2009-08-01 00:00"))
    document = build_document(
        build_snapshot("2009-07", installation.tallies, DEFINITIONS), {}, ReportTexts(), DEFINITIONS.names
    )
    cells = [cell for table in tables(document) for row in table.rows for cell in row.cells]
    verdicts = {cell.verdict for cell in cells if isinstance(cell, Judgement)}
    assert verdicts <= {"no_data", "no_target", "too_few"}
    assert len(list(write_report(document, templates, FORMATS, tmp_path))) == len(FORMATS)


def test_what_is_not_written_yet_is_said(july: Snapshot) -> None:
    """Without the writer's texts their sections stand there with a remark, not empty."""
    by_number = sections(build_document(july, {}, ReportTexts(), DEFINITIONS.names))
    assert by_number["1.2"].sentences == by_number["1.3"].sentences == ("（待撰写）",)
    assert [by_number[number].tables[0].rows[0].cells[1] for number in ("1.4", "3.5")] == ["（待撰写）"] * 2


def test_no_subscriber_s_number_is_in_it(document: Document) -> None:
    """Not those of the writer's defects and cases, nor of outages' ranges; their beginnings are."""
    text = msgspec.json.encode(document.chapters).decode()
    for number in ("13350690999", "6370499", "6370122", "6332827", "6182560", "6184351"):
        assert number not in text
    assert "1335069xxxx" in text
    assert "6182xxx" in text


def test_sentences_and_remarks_stand_in_their_chapter(july: Snapshot) -> None:
    """What is told of the figures first, then what the writer remarks, with numbers masked."""
    texts = ReportTexts(remarks={"mobile": ("用户 13350690999 已回访。",)})
    by_number = sections(build_document(july, {"mobile": ["移动业务申告 257 件。"]}, texts, DEFINITIONS.names))
    first, second = by_number["2.3"].sentences
    assert first == "移动业务申告 257 件。"
    assert second.startswith("用户 ")
    assert "13350690999" not in second


def test_a_restatement_tells_what_moved(july: Snapshot) -> None:
    """Its reason, each figure from and to, and the tickets that explain it."""
    moved = Moved(
        path="counts[fault_tickets branch=简阳,brand=E8].count", before=15267, after=15268, facts=["faults/F-1"]
    )
    restatement = Restatement(
        edition=1,
        sha256="",
        reason="迟到的工单",
        moved=[moved],
        facts=[],
        definitions_changed=False,
        targets_changed=False,
    )
    restated = msgspec.structs.replace(july, state="restated", restatement=restatement)
    document = build_document(restated, {}, ReportTexts(), DEFINITIONS.names)
    section = sections(document)["5.3"]
    assert section.sentences == ("重述原因：迟到的工单",)
    [row] = section.tables[0].rows
    assert row.cells == ("E8 故障申告量 · 简阳 · 件数", 15267, 15268, "faults/F-1")
    assert "已重述" in document.subtitle


def test_both_languages_have_every_word() -> None:
    """No key without words in either, and the same places for values in both."""
    for words in (*WORDS.values(), *VALUES.values()):
        assert len(words) == len(LANGUAGES)
        assert all(words)
        assert {part.split("}")[0].split(":")[0] for part in words[0].split("{")[1:]} == {
            part.split("}")[0].split(":")[0] for part in words[1].split("{")[1:]
        }


def test_the_english_report_has_the_same_figures(july: Snapshot, document: Document) -> None:
    """As many tables with as many rows and the same numbers, under English headings."""
    english = build_document(july, {}, ReportTexts(), DEFINITIONS.names, "en")
    numbers = [
        [[cell for cell in row.cells if isinstance(cell, int | float)] for table in tables(one) for row in table.rows]
        for one in (document, english)
    ]
    assert [row for row in numbers[0] if row] == [row for row in numbers[1] if row]
    assert sections(english)["2.1.2"].title == "My E-Home: repeat reports"
    assert english.chapters[1].sections[1].tables[1].rows[0].cells[0] == "Anyue"


def test_texts_with_a_field_that_no_report_has_are_refused(tmp_path: Path) -> None:
    """The message names file, field and reason; a month without a file has no texts."""
    file = tmp_path / "2009-07.yaml"
    assert load_texts(file) == ReportTexts()
    file.write_text("defects: [{text: x, state: perhaps}]", encoding="utf-8")
    with pytest.raises(TextsError, match=r"2009-07\.yaml: .*perhaps.*defects\[0\]\.state"):
        load_texts(file)
