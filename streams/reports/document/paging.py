"""Divides a section into slides: how large text, tables and charts can be in the room there is; lengths in points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streams.reports.document.measure import lines_of, text_width
from streams.reports.document.model import Chart, Column, Row, Section, Table
from streams.reports.document.words import Words

LINE = 1.5
"""Height of a line of text, as a multiple of its size: that of the tallest of the usual Chinese type faces."""
SENTENCE_SIZES = (18, 16, 14)
PAGE_SENTENCE_SIZE = 16
TABLE_SIZES = (14, 13, 12, 11, 10)
SPLIT_SIZES = TABLE_SIZES[:3]
"""A table that is divided need not be small as well, nor is one of texts better small than broken into lines."""
SIDE_BY_SIDE_SIZE = 13
ENDLESS = 1e6
CELL_MARGIN, ROW_MARGIN = 7.0, 2.5
CAPTION_SIZE, NOTE_SIZE = 14, 11
CAPTION, NOTE = 26.0, 20.0
GAP = 12.0
SENTENCES_SHARE = 0.4
"""The part of a slide that sentences may have above a table; more of them have slides of their own."""
SMALLEST_CHART_WIDTH, SMALLEST_CHART_HEIGHT = 320.0, 170.0
WIDEST_STRETCH = 1.5
NARROWEST_TEXT = 4.0
"""How narrow a column of text may become, as a multiple of the type size."""


class Box(NamedTuple):
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float

    def below(self, height: float) -> Box:
        """Return what is left under a strip of this height."""
        return Box(self.left, self.top + height, self.width, max(0.0, self.height - height))


class PlacedText(NamedTuple):
    """Sentences in their place, a paragraph each."""

    box: Box
    sentences: tuple[str, ...]
    size: int


class PlacedTable(NamedTuple):
    """A table, or some of its rows, in its place."""

    box: Box
    table: Table
    rows: tuple[Row, ...]
    size: int
    widths: tuple[float, ...]
    heights: tuple[float, ...]


class PlacedChart(NamedTuple):
    """A chart in its place."""

    box: Box
    chart: Chart


class Slide(NamedTuple):
    """What stands on one slide below its heading."""

    heading: str
    text: PlacedText | None = None
    tables: tuple[PlacedTable, ...] = ()
    chart: PlacedChart | None = None


class Measured(NamedTuple):
    """A table's measures at one type size."""

    size: int
    widths: tuple[float, ...]
    heights: tuple[float, ...]

    @property
    def is_unbroken(self) -> bool:
        """Tell whether every row is a single line."""
        return all(height <= self.size * LINE + 2 * ROW_MARGIN for height in self.heights)

    @property
    def height(self) -> float:
        """Return the height of all rows with the heading's."""
        return sum(self.heights)


def slides_of(section: Section, area: Box, words: Words) -> Iterator[Slide]:
    """Yield the slides of a section; `area` is where its content may stand."""
    made = list(_slides(section, area, words))
    for place, slide in enumerate(made):
        yield slide if place == 0 else slide._replace(heading=f"{section.heading}{words('continued')}")


def _slides(section: Section, area: Box, words: Words) -> Iterator[Slide]:
    is_all = not section.tables and not section.charts
    text = _text(section.sentences, area, area.height if is_all else SENTENCES_SHARE * area.height)
    if text is None:
        yield from (Slide(section.heading, page) for page in _text_pages(section.sentences, area))
    left = list(section.tables)
    while left:
        room = _under(area, text)
        together = _side_by_side(left, room, words)
        if len(together) > 1:
            slides = [Slide(section.heading, tables=together)]
        else:
            slides = list(_table_slides(section.heading, left[0], room, words))
            alone = list(_table_slides(section.heading, left[0], area, words))
            if text is not None and len(alone) < len(slides):
                # A table that would have to be divided for the text above it stands by itself.
                yield Slide(section.heading, text)
                text, slides = None, alone
        yield slides[0]._replace(text=text)
        yield from slides[1:]
        text, left = None, left[max(1, len(together)) :]
    for chart in section.charts:
        yield Slide(section.heading, text, chart=PlacedChart(_under(area, text), chart))
        text = None
    if text is not None:
        yield Slide(section.heading, text)


def _under(area: Box, text: PlacedText | None) -> Box:
    return area if text is None else area.below(text.box.height + GAP)


def _text(sentences: Sequence[str], area: Box, height: float) -> PlacedText | None:
    """Return sentences at the largest size at which they fit, None where they do not, or there are none."""
    for size in SENTENCE_SIZES if sentences else ():
        needed = _text_height(sentences, area, size)
        if needed <= height:
            return PlacedText(area._replace(height=needed), tuple(sentences), size)
    return None


def _text_pages(sentences: Sequence[str], area: Box) -> Iterator[PlacedText]:
    """Yield sentences that are too many to stand above a table, on as few pages as hold them, all of one size."""
    size, page = PAGE_SENTENCE_SIZE, list[str]()
    for sentence in sentences:
        if page and _text_height([*page, sentence], area, size) > area.height:
            yield PlacedText(area, tuple(page), size)
            page = []
        page.append(sentence)
    if page:
        yield PlacedText(area, tuple(page), size)


def _text_height(sentences: Sequence[str], area: Box, size: int) -> float:
    # A line's end is left ragged, and a bullet takes room: nine tenths of the width carry text.
    lines = sum(lines_of(sentence, 0.9 * area.width / size) for sentence in sentences)
    return lines * size * LINE + len(sentences) * 0.4 * size + 8


def _side_by_side(tables: Sequence[Table], area: Box, words: Words) -> tuple[PlacedTable, ...]:
    """Return the first tables, as many as have room beside each other; none if the first is too large."""
    placed: list[PlacedTable] = []
    left = area.left
    for table in tables:
        room = _table_room(table, area)
        # As wide as it likes to be: measured in room without end.
        fitting = measured(table.columns, table.rows, words, SIDE_BY_SIDE_SIZE, ENDLESS)
        width = sum(fitting.widths)
        if table.chart is not None or fitting.height > room.height or left + width > area.left + area.width:
            break
        box = Box(left, room.top, width, fitting.height)
        placed.append(PlacedTable(box, table, table.rows, fitting.size, fitting.widths, fitting.heights))
        left += max(width, CAPTION_SIZE * text_width(table.title)) + 2 * GAP
    return tuple(placed)


def _table_room(table: Table, area: Box) -> Box:
    """Return where a table's rows may stand: between its caption and its note."""
    return area.below(CAPTION)._replace(height=area.height - CAPTION - (NOTE if table.note else 0))


def _table_slides(heading: str, table: Table, area: Box, words: Words) -> Iterator[Slide]:
    room = _table_room(table, area)
    natural = measured(table.columns, table.rows, words, SIDE_BY_SIDE_SIZE, ENDLESS)
    width = min(room.width - SMALLEST_CHART_WIDTH - GAP, WIDEST_STRETCH * sum(natural.widths))
    if table.chart is not None and natural.height <= room.height and sum(natural.widths) <= width:
        [placed] = _parts(table, words, room._replace(width=width))
        left = placed.box.left + placed.box.width + GAP
        chart = Box(left, area.top, area.left + area.width - left, area.height)
        yield Slide(heading, tables=(placed,), chart=PlacedChart(chart, table.chart))
        return
    parts = _parts(table, words, room)
    for placed in parts[:-1]:
        yield Slide(heading, tables=(placed,))
    yield from _last_part(heading, parts[-1], table, area)


def _last_part(heading: str, placed: PlacedTable, table: Table, area: Box) -> Iterator[Slide]:
    """Yield the slide of a table's end, its chart below it where there is room, else on a slide of its own."""
    if table.chart is None:
        yield Slide(heading, tables=(placed,))
        return
    used = placed.box.top - area.top + placed.box.height + (NOTE if table.note else 0) + GAP
    rest = area.below(used)
    if rest.height >= SMALLEST_CHART_HEIGHT:
        yield Slide(heading, tables=(placed,), chart=PlacedChart(rest, table.chart))
    else:
        yield Slide(heading, tables=(placed,))
        yield Slide(heading, chart=PlacedChart(area, table.chart))


def _parts(table: Table, words: Words, room: Box) -> list[PlacedTable]:
    """Return a table whole at a size at which it fits, best with no cell broken, else in the fewest parts."""
    count = max(1, len(table.rows))
    for parts, sizes in ((1, TABLE_SIZES), *((parts, SPLIT_SIZES) for parts in range(2, count + 1))):
        each = -(-count // parts)
        tried = [measured(table.columns, table.rows, words, size, room.width) for size in sizes]
        for whole in sorted(tried, key=lambda one: not (one.is_unbroken and one.size in SPLIT_SIZES)):
            placed = [_part(table, whole, room, first, each) for first in range(0, count, each)]
            if all(part.box.height <= room.height for part in placed):
                return placed
    return placed


def _part(table: Table, whole: Measured, room: Box, first: int, count: int) -> PlacedTable:
    """Return some rows of a table, in columns as wide as those of the whole one."""
    stretch = min(WIDEST_STRETCH, room.width / sum(whole.widths))
    widths = tuple(stretch * width for width in whole.widths)
    heights = (whole.heights[0], *whole.heights[1 + first : 1 + first + count])
    box = Box(room.left, room.top, sum(widths), sum(heights))
    return PlacedTable(box, table, table.rows[first : first + count], whole.size, widths, heights)


def measured(columns: Sequence[Column], rows: Sequence[Row], words: Words, size: int, width: float) -> Measured:
    """Return columns' widths and rows' heights (the heading's first) of a table that has at most this width."""
    texts = [[column.title for column in columns]]
    texts += [
        [words.cell(value, column.kind) for value, column in zip(row.cells, columns, strict=True)] for row in rows
    ]
    natural = [
        size * max(text_width(heading, is_bold=True), *map(text_width, cells)) + 2 * CELL_MARGIN + 2
        for heading, *cells in zip(*texts, strict=True)
    ]
    widths = _narrowed(natural, columns, width, size)
    heights = tuple(
        size * LINE * max(lines_of(text, (one - 2 * CELL_MARGIN) / size) for text, one in zip(row, widths, strict=True))
        + 2 * ROW_MARGIN
        for row in texts
    )
    return Measured(size, widths, heights)


def _narrowed(natural: Sequence[float], columns: Sequence[Column], width: float, size: int) -> tuple[float, ...]:
    """Return widths that sum up to no more than `width`: the widest columns of text give way, then all."""
    widths = list(natural)
    texts = [place for place, column in enumerate(columns) if column.kind == "text"]
    over = sum(widths) - width
    if over > 0 and texts:
        rest = width - sum(one for place, one in enumerate(widths) if place not in texts)
        level = _level([widths[place] for place in texts], max(rest, NARROWEST_TEXT * size * len(texts)))
        for place in texts:
            widths[place] = min(widths[place], level)
    shrink = min(1.0, width / sum(widths))
    return tuple(shrink * one for one in widths)


def _level(widths: Sequence[float], room: float) -> float:
    """Return the width to which the widest are to be cut so that all together have `room`."""
    ordered = sorted(widths)
    for place, one in enumerate(ordered):
        share = room / (len(ordered) - place)
        if one > share:
            return share
        room -= one
    return ordered[-1]
