"""Writes the report as a workbook: a sheet per section, ratios as formulas over their counts, then every figure."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from streams.core.targets import Verdict
from streams.reports.document.measure import text_width
from streams.reports.document.model import Amount, Column, Document, Judgement, Kind, Row, Section, Share, Table, Value
from streams.reports.document.word_list import VERDICT_SIGNS
from streams.reports.document.words import Words

NUMBER_FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "percent": "0.00%",
    "points": "+0.00;-0.00;0.00",
    "hours": "#,##0.00",
    "yuan": '"¥"#,##0.00',
    "decimal": "General",
}
SHEET_NAME_CHARACTERS = 31
_NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\'")
NARROWEST, WIDEST = 9, 60
"""Widths of columns, in characters."""
TYPE_FACE = "微软雅黑"
HOUSE_BLUE, PALE_BLUE, LINE = "#1F4E79", "#DDEBF7", "#BFBFBF"
VERDICT_COLOURS: dict[Verdict, tuple[str, str]] = {"met": ("#1B5E20", "#E2F0D9"), "missed": ("#9C0006", "#FFD9D9")}
"""Ink and ground."""


def write_workbook(document: Document, words: Words) -> bytes:
    """Return the workbook's bytes; the same document gives the same bytes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": document.title, "subject": document.period, "created": _naive(document)})
        sheets = Sheets(book, words)
        sections = [section for chapter in document.chapters for section in chapter.sections]
        sheets.contents(document, [*sections, *document.appendix])
        for section in (*sections, *document.appendix):
            sheets.section(section)
    return target.getvalue()


def sheet_name(section: Section) -> str:
    """Return the name of a section's sheet."""
    return section.heading.translate(_NOT_IN_SHEET_NAMES)[:SHEET_NAME_CHARACTERS].strip()


class Sheets:
    """Writes the sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, words: Words) -> None:
        """Take the workbook, and the words for verdicts."""
        self._book, self._words = book, words
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def contents(self, document: Document, sections: Iterable[Section]) -> None:
        """Write the first sheet: what the workbook is, and links to the others."""
        sheet = self._new_sheet(self._words("contents"))
        sheet.set_column(0, 0, WIDEST)
        sheet.write_string(0, 0, document.title, self._format(bold=True, font_size=16, font_color=HOUSE_BLUE))
        sheet.write_string(1, 0, document.subtitle, self._format())
        sheet.write_string(2, 0, self._words("legend"), self._format(font_color="#595959"))
        for line, section in enumerate(sections, start=4):
            link = self._format(font_color=HOUSE_BLUE, underline=1)
            sheet.write_url(line, 0, f"internal:'{sheet_name(section)}'!A1", link, section.heading)

    def section(self, section: Section) -> None:
        """Write a section's sheet: its sentences, then its tables one below the other."""
        sheet = self._new_sheet(sheet_name(section))
        sheet.write_string(0, 0, section.heading, self._format(bold=True, font_size=14, font_color=HOUSE_BLUE))
        line = 1
        for sentence in section.sentences:
            sheet.write_string(line, 0, sentence, self._format())
            line += 1
        for table in section.tables:
            line = self._table(sheet, line + 1, table)
        for place, width in enumerate(_widths(section.tables, self._words)):
            sheet.set_column(place, place, width)

    def _new_sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _table(self, sheet: Worksheet, line: int, table: Table) -> int:
        """Write a table whose title stands on `line`, and return the first line after it."""
        sheet.write_string(line, 0, table.title, self._format(bold=True))
        header = self._format(
            bold=True,
            font_color="#FFFFFF",
            bg_color=HOUSE_BLUE,
            border=1,
            border_color=LINE,
            text_wrap=True,
            valign="vcenter",
        )
        for place, column in enumerate(table.columns):
            sheet.write_string(line + 1, place, column.title, header)
        first = line + 2
        for below, row in enumerate(table.rows):
            self._row(sheet, first + below, table.columns, row)
        after = first + len(table.rows)
        self._colour_verdicts(sheet, first, after - 1, table.columns)
        if table.note:
            sheet.write_string(after, 0, table.note, self._format(font_color="#595959", italic=True))
            after += 1
        return after

    def _row(self, sheet: Worksheet, line: int, columns: tuple[Column, ...], row: Row) -> None:
        for place, (value, column) in enumerate(zip(row.cells, columns, strict=True)):
            kind = value.kind if isinstance(value, Amount) else column.kind
            looks: dict[str, Any] = {
                "border": 1,
                "border_color": LINE,
                "num_format": NUMBER_FORMATS.get(kind, "General"),
            }
            if row.is_total:
                looks |= {"bold": True, "bg_color": PALE_BLUE}
            self._cell(sheet, line, place, row, column, value, self._format(**looks))

    def _cell(
        self, sheet: Worksheet, line: int, place: int, row: Row, column: Column, value: Value, look: Format
    ) -> None:
        if isinstance(value, Amount):
            column, value = Column("", value.kind), value.value
        if value is None:
            sheet.write_blank(line, place, None, look)
        elif isinstance(value, Judgement):
            sheet.write_string(line, place, self._words.verdict(value), look)
        elif isinstance(value, str):
            sheet.write_string(line, place, value, look)
        elif column.share is not None:
            self._ratio(sheet, line, place, row, column.share, look)
        else:
            sheet.write_number(line, place, value / 100 if column.kind == "percent" else value, look)

    @staticmethod
    def _ratio(sheet: Worksheet, line: int, place: int, row: Row, share: Share, look: Format) -> None:
        """Write a percentage as what it is made of; a program that does not calculate shows the value beside it."""
        counts = (row.cells[share.numerator], row.cells[share.denominator])
        numerator, denominator = (count for count in counts if isinstance(count, int))
        above, below = xl_rowcol_to_cell(line, share.numerator), xl_rowcol_to_cell(line, share.denominator)
        sheet.write_formula(line, place, f'=IF({below}=0,"",{above}/{below})', look, numerator / denominator)

    def _colour_verdicts(self, sheet: Worksheet, first: int, last: int, columns: tuple[Column, ...]) -> None:
        for place, column in enumerate(columns):
            if column.kind == "verdict" and last >= first:
                for verdict, (ink, paper) in VERDICT_COLOURS.items():
                    begins = {"type": "text", "criteria": "begins with", "value": VERDICT_SIGNS[verdict]}
                    look = self._book.add_format({"font_color": ink, "bg_color": paper})
                    sheet.conditional_format(xl_range(first, place, last, place), {**begins, "format": look})

    def _format(self, **looks: Any) -> Format:
        """Return a format; the same looks give the same one, or a sheet of thousands of rows would hold as many."""
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": TYPE_FACE, "font_size": 10, **looks})
        return self._formats[key]


def _widths(tables: Iterable[Table], words: Words) -> list[float]:
    """Return the width of each column of a sheet in characters, so that its tables' cells fit."""
    widths: dict[int, float] = {}
    for table in tables:
        for place, column in enumerate(table.columns):
            texts = (column.title, *(words.cell(row.cells[place], column.kind) for row in table.rows))
            widest = max(2 * text_width(text) for text in texts) + 2
            widths[place] = max(widths.get(place, NARROWEST), min(widest, WIDEST))
    return [widths[place] for place in sorted(widths)]


def _naive(document: Document) -> Any:
    # XlsxWriter writes the properties' date as it is given, and says that it is UTC.
    return document.created.replace(tzinfo=None)
