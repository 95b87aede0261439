"""Reads the report's tables back from its files, and finds the printed report's figures in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from pptx import Presentation

from streams.core.checks import AS_PRINTED
from streams.samples import printed
from tests.printed_report import FIRST_CHAPTER, LAST_CHAPTER, NOT_COMPARED

NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d+)?%?")
OF_CHAPTER = {
    "on_time_fulfilment": ("2.1.1",),
    "repeat_reports": ("2.1.2",),
    "key_products": ("2.2",),
    "mobile": ("2.3",),
    "broadband": ("2.4",),
    "vip": ("2.5",),
    "contact_points": ("3.1",),
    "complaints": ("3.2.1", "3.2.2", "3.2.3", "3.2.4"),
    "satisfaction": ("3.3",),
    "outages": ("3.4",),
}
"""Chapter of the reference → the sections of the report that show it."""


class ReadTable(NamedTuple):
    """A table as it was read: its section's number, title, headings and rows of texts and numbers."""

    section: str
    title: str
    header: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]


class Printed(NamedTuple):
    """Figures that stand together in the reference: their chapter, what names them there, and they themselves."""

    chapter: str
    names: tuple[str, ...]
    figures: tuple[float, ...]


def workbook_tables(path: Path) -> list[ReadTable]:
    """Return the tables of a workbook: a title, a heading, and rows as long as there is something in the first cell."""
    tables = []
    for sheet in load_workbook(path, data_only=True).worksheets:
        lines = [tuple(_figure(cell) for cell in line) for line in sheet.iter_rows()]
        filled = [place for place, line in enumerate(lines) if _length(line) > 1]
        for first in (place for place in filled if place - 1 not in filled):
            last = first
            while last + 1 in filled or (last + 1 < len(lines) and _length(lines[last + 1]) > 1):
                last += 1
            width = _length(lines[first])
            rows = tuple(line[:width] for line in lines[first + 1 : last + 1])
            tables.append(ReadTable(sheet.title.split(" ")[0], lines[first - 1][0], lines[first][:width], rows))
    return tables


def deck_tables(path: Path) -> list[ReadTable]:
    """Return the tables of a deck; the parts of one that is divided are tables of their own."""
    tables = []
    for slide in Presentation(str(path)).slides:
        section = slide.shapes.title.text_frame.text.split(" ")[0]
        for shape in slide.shapes:
            if shape.has_table:
                header, *rows = [tuple(map(_number, _texts(line))) for line in shape.table.rows]
                tables.append(ReadTable(section, shape.name, header, tuple(rows)))
    return tables


def printed_figures() -> Iterator[Printed]:
    """Yield the figures of the reference, but for those that it marks as printed wrongly; words are left out."""
    chapters = list(printed.report())
    for chapter in chapters[chapters.index(FIRST_CHAPTER) : chapters.index(LAST_CHAPTER) + 1]:
        yield from _printed(chapter, (), printed.report()[chapter], chapter)


def missing(tables: Iterable[ReadTable]) -> list[Printed]:
    """Return the printed figures that stand in no row, under their names, of the tables of their chapter."""
    listed = list(tables)
    return [one for one in printed_figures() if not any(_has(table, one) for table in listed)]


def _has(table: ReadTable, one: Printed) -> bool:
    return table.section in OF_CHAPTER[one.chapter] and any(
        _stand_in_order(one.figures, row) and _are_named(one.names, table, row, one.figures) for row in table.rows
    )


def _stand_in_order(figures: tuple[float, ...], row: tuple[Any, ...]) -> bool:
    rest = iter(cell for cell in row if isinstance(cell, int | float))
    return all(any(abs(cell - figure) < 1e-9 for cell in rest) for figure in figures)


def _are_named(names: tuple[str, ...], table: ReadTable, row: tuple[Any, ...], figures: tuple[float, ...]) -> bool:
    """Tell whether every name stands in the table's title, beside the row, or above one of the figures."""
    above = [str(head) for head, cell in zip(table.header, row, strict=True) if cell in figures]
    told = [table.title, *above, *(cell for cell in row if isinstance(cell, str))]
    return all(any(name in text for text in told) for name in names)


def _printed(chapter: str, names: tuple[str, ...], content: Any, where: str) -> Iterator[Printed]:
    if where in NOT_COMPARED or AS_PRINTED in where:
        return
    if isinstance(content, Mapping):
        if "date" in content:
            day = content["date"].isoformat()
            yield Printed(chapter, (day,), (content["users"], float(content["hours"])))
            return
        for key, part in content.items():
            # A key of the file's own form names nothing; one of the report's, a brand or a branch, does.
            told = names if re.fullmatch(r"[a-z_]+", key) else (*names, key)
            yield from _printed(chapter, told, part, f"{where}.{key}")
    elif isinstance(content, list):
        if all(isinstance(part, Mapping) for part in content):
            for place, part in enumerate(content):
                yield from _printed(chapter, names, part, f"{where}[{place}]")
        elif figures := tuple(float(part) for part in content if _is_number(part)):
            yield Printed(chapter, names, figures)
    elif _is_number(content):
        yield Printed(chapter, names, (float(content),))


def _is_number(content: Any) -> bool:
    return isinstance(content, int | float) and not isinstance(content, bool | date)


def _texts(line: Any) -> list[str]:
    return [cell.text_frame.text for cell in line.cells]


def _number(text: str) -> Any:
    """Return a cell's text as the number that it shows, the text where it shows none."""
    return float(text.rstrip("%").replace(",", "")) if NUMBER.fullmatch(text) else text


def _figure(cell: Cell) -> Any:
    """Return a cell's value; a percentage as a printed table has it."""
    if isinstance(cell.value, int | float) and "%" in cell.number_format:
        return round(100 * cell.value, 2)
    return cell.value


def _length(line: tuple[Any, ...]) -> int:
    return max((place for place, value in enumerate(line, start=1) if value is not None), default=0)
