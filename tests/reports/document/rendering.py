"""Renders Office files as a person would see them, and finds text that runs out of its place or has no glyph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from pptx import Presentation

from tests.tools.debian import run

WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
KNOWN_FAMILIES = ("Noto Sans CJK", "Liberation Sans", "DejaVu Sans")
KNOWN_FACES = ("NotoSansCJK", "Liberation", "DejaVu")
"""What stands in for the type faces asked for; a glyph that they lack comes from elsewhere, or not at all."""
SLACK = 6.0
"""Points by which a word's box, which is as high as its line, may stand out of its shape."""


class Word(NamedTuple):
    """A word on a page, and its box in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Shape(NamedTuple):
    """Something on a slide that holds text, and its box in points."""

    left: float
    top: float
    right: float
    bottom: float
    letters: str

    def holds(self, word: Word) -> bool:
        """Tell whether a word stands within it, and is of its text."""
        return (
            self.left - SLACK <= word.left
            and word.right <= self.right + SLACK
            and self.top - SLACK <= word.top
            and word.bottom <= self.bottom + SLACK
            and word.text in self.letters
        )


def rendered(file: Path, folder: Path) -> Path:
    """Return the PDF that LibreOffice makes of a file."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    ended = run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, file)
    pdf = folder / f"{file.stem}.pdf"
    assert pdf.exists(), ended.stderr
    return pdf


def pages(pdf: Path) -> list[list[Word]]:
    """Return the words of every page."""
    text = run("pdftotext", "-bbox", pdf, "-").stdout
    return [
        [Word(*map(float, found[:4]), unescape(found[4])) for found in WORD.findall(page)]
        for page in text.split("<page ")[1:]
    ]


def foreign_faces(pdf: Path) -> set[str]:
    """Return the type faces in a PDF that are none of those that should be there."""
    lines = run("pdffonts", pdf).stdout.splitlines()[2:]
    names = {line.split()[0].split("+")[-1] for line in lines}
    return {name for name in names if not name.startswith(KNOWN_FACES)}


def without_glyph(deck: Path) -> set[str]:
    """Return the letters of a deck that none of the known type faces has.

    A PDF keeps the text of a letter that it shows as an empty box, so it cannot be asked.
    """
    listed = run("fc-list", "--format", "%{family}|%{charset}\n").stdout.splitlines()
    ranges = {
        tuple(int(end, 16) for end in (part.split("-") * 2)[:2])
        for family, _, charset in (line.partition("|") for line in listed)
        if family.startswith(KNOWN_FAMILIES)
        for part in charset.split()
    }
    letters = {letter for slide in Presentation(str(deck)).slides for text in texts_of(slide) for letter in text}
    return {one for one in letters if one.isprintable() and not any(low <= ord(one) <= high for low, high in ranges)}


def out_of_place(deck: Path, pdf: Path) -> list[tuple[int, str]]:
    """Return (slide, word) of every word that no shape with such a text has within it."""
    slides = list(Presentation(str(deck)).slides)
    shown = pages(pdf)
    assert len(slides) == len(shown)
    return [
        (number, word.text)
        for number, (slide, words) in enumerate(zip(slides, shown, strict=True), start=1)
        for shapes in [list(shapes_of(slide, number))]
        for word in words
        if not any(shape.holds(word) for shape in shapes)
    ]


def not_shown(deck: Path, pdf: Path) -> list[tuple[int, str]]:
    """Return (slide, letters) of what a slide says and its page does not."""
    slides = list(Presentation(str(deck)).slides)
    found = []
    for number, (slide, words) in enumerate(zip(slides, pages(pdf), strict=True), start=1):
        told = Counter(letter for shape in texts_of(slide) for letter in shape if not letter.isspace())
        lost = told - Counter(letter for word in words for letter in word.text)
        if lost:
            found.append((number, "".join(sorted(lost))))
    return found


def texts_of(slide: Any) -> Iterator[str]:
    """Yield the texts of a slide that are not in charts: those choose by themselves which labels they have room for."""
    for shape in slide.shapes:
        if shape.has_text_frame and not shape.text_frame.text.isdigit() and "‹#›" not in shape.text_frame.text:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)


def shapes_of(slide: Any, number: int) -> Iterator[Shape]:
    """Yield what holds text on a slide; a chart may hold any text, its axes are its own."""
    for shape in slide.shapes:
        box = (shape.left.pt, shape.top.pt, shape.left.pt + shape.width.pt, shape.top.pt + shape.height.pt)
        if shape.has_chart:
            yield Shape(*box, _AnyText())
        elif shape.has_table:
            yield from _cells(shape)
        else:
            yield Shape(*box, _packed(shape.text_frame.text.replace("‹#›", str(number))))


def _cells(shape: Any) -> Iterator[Shape]:
    top = shape.top.pt
    for row in shape.table.rows:
        left = shape.left.pt
        for cell, column in zip(row.cells, shape.table.columns, strict=True):
            box = (left, top, left + column.width.pt, top + row.height.pt)
            yield Shape(*box, _packed(cell.text_frame.text))
            left += column.width.pt
        top += row.height.pt


class _AnyText(str):
    """A text that holds every word."""

    def __contains__(self, _word: object) -> bool:
        return True


def _packed(text: str) -> str:
    return "".join(text.split())
