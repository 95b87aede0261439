"""Writes the report as a deck of slides: native tables and charts that can be edited, in the template's house style."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Pt

from streams.reports.document.archive import with_fixed_dates
from streams.reports.document.deck_charts import add_chart
from streams.reports.document.deck_tables import add_table
from streams.reports.document.deck_text import TypeFace, set_text, type_face_of
from streams.reports.document.measure import text_width
from streams.reports.document.model import Chapter, Document
from streams.reports.document.paging import (
    CAPTION,
    CAPTION_SIZE,
    NOTE,
    NOTE_SIZE,
    Box,
    PlacedTable,
    Slide,
    slides_of,
)
from streams.reports.document.templates import CHAPTER, CONTENT, COVER, TemplateError
from streams.reports.document.words import Words

TITLE, BODY, FOOTER, NUMBER = 0, 1, 11, 12
"""The placeholders of a layout, by the index that PowerPoint gives them."""


def write_deck(document: Document, words: Words, template: bytes) -> bytes:
    """Return the deck's bytes; the same document and template give the same bytes.

    Raises TemplateError where the template has no layout of a name that the deck needs.
    """
    deck = Deck(document, words, template)
    deck.cover()
    for chapter in document.chapters:
        deck.chapter(chapter)
        for section in chapter.sections:
            for slide in slides_of(section, deck.area, words):
                deck.content(slide)
    return deck.written()


class Deck:
    """The slides of one report, made one after the other."""

    def __init__(self, document: Document, words: Words, template: bytes) -> None:
        """Take what is to be told, and the template to tell it in."""
        self._document, self._words = document, words
        self._deck = Presentation(io.BytesIO(template))
        self._layouts = {layout.name: layout for layout in self._deck.slide_layouts}
        missing = {COVER, CHAPTER, CONTENT}.difference(self._layouts)
        if missing:
            raise TemplateError(f"the template of the deck has no layout called {', '.join(sorted(missing))}")
        self._face: TypeFace = type_face_of(self._deck)
        body = self._placeholder(self._layouts[CONTENT], BODY)
        self.area = Box(body.left.pt, body.top.pt, body.width.pt, body.height.pt)

    def cover(self) -> None:
        """Add the first slide."""
        self._add(COVER, self._document.title, (self._document.subtitle, self._words("legend")))

    def chapter(self, chapter: Chapter) -> None:
        """Add the slide before a chapter, with what is in it."""
        self._add(CHAPTER, chapter.heading, [section.heading for section in chapter.sections])

    def content(self, slide: Slide) -> None:
        """Add a slide of a section."""
        page = self._add(CONTENT, slide.heading, () if slide.text is None else slide.text.sentences)
        if slide.text is not None:
            body = self._placeholder(page, BODY)
            _put(body, slide.text.box)
            set_text(body.text_frame, slide.text.sentences, self._face, slide.text.size)
        for table in slide.tables:
            self._table(page, table)
        if slide.chart is not None:
            add_chart(page, slide.chart, self._face)

    def written(self) -> bytes:
        """Return the file."""
        properties = self._deck.core_properties
        properties.title, properties.subject = self._document.title, self._document.period
        properties.author = properties.last_modified_by = ""
        properties.created = properties.modified = self._document.created.replace(tzinfo=None)
        target = io.BytesIO()
        self._deck.save(target)
        return with_fixed_dates(target.getvalue(), self._document.created)

    def _add(self, layout: str, heading: str, lines: Iterable[str]) -> Any:
        """Add a slide of a layout; a placeholder for which there is nothing goes."""
        page = self._deck.slides.add_slide(self._layouts[layout])
        set_text(self._placeholder(page, TITLE).text_frame, [heading], self._face)
        body, told = self._placeholder(page, BODY), list(lines)
        if told:
            set_text(body.text_frame, told, self._face)
        else:
            body._element.getparent().remove(body._element)  # noqa: SLF001
        if layout != COVER:
            self._foot(page, layout)
        return page

    def _foot(self, page: Any, layout: str) -> None:
        """Copy the layout's footer and slide number, which a new slide does not have by itself."""
        for index in (FOOTER, NUMBER):
            of_layout = self._placeholder(self._layouts[layout], index)
            shape = page.shapes.clone_placeholder(of_layout) or self._placeholder(page, index)
            if index == FOOTER:
                set_text(shape.text_frame, [f"{self._document.title} · {self._document.subtitle}"], self._face)
            else:
                _number(shape)

    def _table(self, page: Any, placed: PlacedTable) -> None:
        box = placed.box
        width = max(box.width, CAPTION_SIZE * text_width(placed.table.title) + 2 * CAPTION_SIZE)
        self._label(page, Box(box.left, box.top - CAPTION, width, CAPTION), placed.table.title, CAPTION_SIZE)
        add_table(page, placed, self._words, self._face)
        if placed.table.note and placed.rows[-1:] == placed.table.rows[-1:]:
            below = Box(box.left, box.top + box.height, max(box.width, NOTE_SIZE * text_width(placed.table.note)), NOTE)
            self._label(page, below, placed.table.note, NOTE_SIZE)

    def _label(self, page: Any, box: Box, text: str, size: int) -> None:
        label = page.shapes.add_textbox(*(Pt(length) for length in box))
        frame = label.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(1)
        set_text(frame, [text], self._face, size, is_bold=size == CAPTION_SIZE)

    @staticmethod
    def _placeholder(page: Any, index: int) -> Any:
        return next(shape for shape in page.placeholders if shape.placeholder_format.idx == index)


def _put(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = (Pt(length) for length in box)


def _number(shape: Any) -> None:
    """Make a placeholder show its slide's number."""
    paragraph = shape.text_frame.paragraphs[0]._p  # noqa: SLF001
    field = paragraph.makeelement(qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"})
    for name in ("a:rPr", "a:t"):
        field.append(field.makeelement(qn(name), {}))
    field.find(qn("a:t")).text = "‹#›"
    paragraph.append(field)
