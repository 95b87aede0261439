"""All that a report says, whatever its format: the texts of a folder's files, for tests that look for words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import docx
from openpyxl import load_workbook
from pptx import Presentation


def texts_of(folder: Path) -> dict[str, list[str]]:
    """Return file's name → every text in it: paragraphs, table cells, titles."""
    readers = {".pptx": _of_deck, ".xlsx": _of_workbook, ".docx": _of_paper, ".html": _of_page}
    return {path.name: list(readers[path.suffix](path)) for path in sorted(folder.iterdir())}


def _of_deck(path: Path) -> Iterator[str]:
    for slide in Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text_frame.text for line in shape.table.rows for cell in line.cells)


def _of_workbook(path: Path) -> Iterator[str]:
    for sheet in load_workbook(path, data_only=True).worksheets:
        yield sheet.title
        yield from (str(value) for line in sheet.iter_rows(values_only=True) for value in line if value is not None)


def _of_paper(path: Path) -> Iterator[str]:
    paper = docx.Document(str(path))
    yield from (paragraph.text for paragraph in paper.paragraphs)
    yield from (cell.text for table in paper.tables for row in table.rows for cell in row.cells)


def _of_page(path: Path) -> Iterator[str]:
    page = path.read_text(encoding="utf-8")
    body = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    yield from (html.unescape(text).strip() for text in re.split(r"<[^>]*>", body) if text.strip())
