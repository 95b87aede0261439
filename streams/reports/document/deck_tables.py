"""Native tables on slides: heading, totals and verdicts set off by colour, and verdicts by their sign as well."""

from __future__ import annotations

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Pt

from streams.core.targets import Verdict
from streams.reports.document.deck_text import TypeFace, set_text
from streams.reports.document.model import Column, Judgement, Value
from streams.reports.document.paging import CELL_MARGIN, ROW_MARGIN, PlacedTable
from streams.reports.document.words import Words

PAPER: dict[Verdict, RGBColor] = {"met": RGBColor(0xE2, 0xF0, 0xD9), "missed": RGBColor(0xFF, 0xD9, 0xD9)}
INK: dict[Verdict, RGBColor] = {"met": RGBColor(0x1B, 0x5E, 0x20), "missed": RGBColor(0x9C, 0x00, 0x06)}
"""Ground and ink of verdicts; ink on ground is readable, and told apart in grey as well."""


def add_table(page: Any, placed: PlacedTable, words: Words, face: TypeFace) -> None:
    """Add a table to a slide, in its place."""
    box, columns = placed.box, placed.table.columns
    frame = page.shapes.add_table(len(placed.rows) + 1, len(columns), *(Pt(length) for length in box))
    frame.name = placed.table.title
    table = frame.table
    for one, width in zip(table.columns, placed.widths, strict=True):
        one.width = Pt(width)
    for line, height in zip(table.rows, placed.heights, strict=True):
        line.height = Pt(height)
    for place, column in enumerate(columns):
        cell = table.cell(0, place)
        _write(cell, column.title, face, placed.size, is_bold=True)
        _fill(cell, MSO_THEME_COLOR.ACCENT_1)
        _ink(cell, MSO_THEME_COLOR.BACKGROUND_1)
        _align(cell, column)
    for line, row in enumerate(placed.rows, start=1):
        for place, (value, column) in enumerate(zip(row.cells, columns, strict=True)):
            cell = table.cell(line, place)
            _write(cell, words.cell(value, column.kind), face, placed.size, is_bold=row.is_total or _is_missed(value))
            _fill(cell, MSO_THEME_COLOR.BACKGROUND_2 if row.is_total else MSO_THEME_COLOR.BACKGROUND_1)
            _judge(cell, value)
            _align(cell, column)


def _write(cell: Any, text: str, face: TypeFace, size: int, *, is_bold: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(CELL_MARGIN)
    cell.margin_top = cell.margin_bottom = Pt(ROW_MARGIN)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    set_text(cell.text_frame, [text], face, size, is_bold=is_bold)


def _fill(cell: Any, colour: MSO_THEME_COLOR) -> None:
    cell.fill.solid()
    cell.fill.fore_color.theme_color = colour


def _ink(cell: Any, colour: MSO_THEME_COLOR) -> None:
    cell.text_frame.paragraphs[0].runs[0].font.color.theme_color = colour


def _judge(cell: Any, value: Value) -> None:
    if isinstance(value, Judgement) and value.verdict in PAPER:
        cell.fill.fore_color.rgb = PAPER[value.verdict]
        cell.text_frame.paragraphs[0].runs[0].font.color.rgb = INK[value.verdict]


def _is_missed(value: Value) -> bool:
    return isinstance(value, Judgement) and value.verdict == "missed"


def _align(cell: Any, column: Column) -> None:
    by_kind = {"text": PP_ALIGN.LEFT, "verdict": PP_ALIGN.CENTER}
    cell.text_frame.paragraphs[0].alignment = by_kind.get(column.kind, PP_ALIGN.RIGHT)
