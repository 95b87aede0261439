"""Writes the report as a paper of text and tables, by filling in the writers' template."""

from __future__ import annotations

import io
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from docxtpl import DocxTemplate

from streams.core.targets import Verdict
from streams.reports.document.archive import with_fixed_dates
from streams.reports.document.model import Chapter, Document, Judgement, Section, Table, Value
from streams.reports.document.paging import measured
from streams.reports.document.words import Words

COLOURS: dict[Verdict, str] = {"met": "E2F0D9", "missed": "FFD9D9"}
TEXT_SIZE = 9
"""Of the tables' text, in points, as the template begins with."""
HEADING_COLOUR, TOTAL_COLOUR, NO_COLOUR = "DDEBF7", "EEF3FA", "FFFFFF"


def write_paper(document: Document, words: Words, template: bytes) -> bytes:
    """Return the paper's bytes; the same document and template give the same bytes."""
    paper = DocxTemplate(io.BytesIO(template))
    paper.render(
        {
            "title": document.title,
            "subtitle": document.subtitle,
            "heading_colour": HEADING_COLOUR,
            "chapters": [_chapter(chapter, words) for chapter in document.chapters],
        },
        autoescape=True,
    )
    tables = [table for chapter in document.chapters for section in chapter.sections for table in section.tables]
    for drawn, table in zip(paper.docx.tables, tables, strict=True):
        _lay_out(drawn, table, words)
    properties = paper.docx.core_properties
    properties.title, properties.subject = document.title, document.period
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = document.created.replace(tzinfo=None)
    target = io.BytesIO()
    paper.save(target)
    return with_fixed_dates(target.getvalue(), document.created)


def _chapter(chapter: Chapter, words: Words) -> dict[str, Any]:
    return {"heading": chapter.heading, "sections": [_section(section, words) for section in chapter.sections]}


def _section(section: Section, words: Words) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "sentences": section.sentences,
        "tables": [_table(table, words) for table in section.tables],
    }


def _table(table: Table, words: Words) -> dict[str, Any]:
    rows = []
    for row in table.rows:
        ground = TOTAL_COLOUR if row.is_total else NO_COLOUR
        cells = [
            {"text": words.cell(value, column.kind), "colour": _colour(value, ground)}
            for value, column in zip(row.cells, table.columns, strict=True)
        ]
        rows.append({"cells": cells})
    return {
        "title": table.title,
        "note": table.note,
        "columns": [column.title for column in table.columns],
        "rows": rows,
    }


def _lay_out(drawn: Any, table: Table, words: Words) -> None:
    """Give columns the room that their texts want, numbers their alignment, and every page the heading."""
    drawn.autofit = False
    whole = sum(column.width for column in drawn.columns)
    wanted = measured(table.columns, table.rows, words, TEXT_SIZE, whole / Pt(1)).widths
    for place, width in enumerate(wanted):
        share = Emu(round(whole * width / sum(wanted)))
        drawn.columns[place].width = share
        for cell in drawn.columns[place].cells:
            cell.width = share
            if table.columns[place].kind != "text":
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    heading = drawn.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001
    heading.append(heading.makeelement(qn("w:tblHeader"), {}))


def _colour(value: Value, ground: str) -> str:
    return COLOURS.get(value.verdict, ground) if isinstance(value, Judgement) else ground
