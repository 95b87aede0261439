"""Makes the report's first templates, type faces, colours and places; from then on those who write it own them.

`python -m streams.reports.document.house_style FOLDER` writes report-template.pptx and report-template.docx.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn as word_name
from docx.shared import Cm
from docx.shared import Pt as WordPt
from docx.shared import RGBColor as WordColour
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from streams.reports.document.templates import CHAPTER, CONTENT, COVER, DECK_TEMPLATE, PAPER_TEMPLATE

LATIN, CHINESE = "Arial", "微软雅黑"
SLIDE = (960.0, 540.0)
"""Width and height in points: 16:9."""
PALETTE = {
    "dk2": "1F3864",
    "lt2": "EEF3FA",
    "accent1": "1F4E79",
    "accent2": "C55A11",
    "accent3": "7F7F7F",
    "accent4": "2E75B6",
    "accent5": "548235",
    "accent6": "9C0006",
}
LAYOUTS = {"Title Slide": COVER, "Section Header": CHAPTER, "Title and Content": CONTENT}
PLACES = {
    COVER: {0: (80, 170, 800, 90), 1: (80, 275, 800, 60)},
    CHAPTER: {0: (80, 120, 800, 70), 1: (80, 205, 800, 270)},
    CONTENT: {0: (36, 18, 888, 46), 1: (36, 76, 888, 418)},
}
BARS = {COVER: (52, 160, 8, 180), CHAPTER: (52, 110, 8, 90), CONTENT: (36, 66, 888, 2)}
BAR = """<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<p:nvSpPr><p:cNvPr id="99" name="bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>
<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>
<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""
PAPER_STYLES = {
    "Normal": (10.5, "000000"),
    "Title": (22, "1F3864"),
    "Subtitle": (11, "595959"),
    "Heading 1": (16, "1F3864"),
    "Heading 2": (13, "1F4E79"),
    "Caption": (10, "1F4E79"),
    "List Bullet": (10.5, "000000"),
    "Table Text": (8.5, "000000"),
    "Table Note": (8.5, "595959"),
}
"""Style → size in points, colour."""
FOOTER = {11: (36, 506, 700, 22), 12: (824, 506, 100, 22)}
SIZES = {COVER: {0: 40, 1: 18}, CHAPTER: {0: 34, 1: 18}, CONTENT: {0: 24, 1: 16}}


def make_deck_template(path: Path) -> None:
    """Write the deck's template."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = (Pt(length) for length in SLIDE)
    _set_theme(deck)
    _keep_layouts(deck)
    for layout in deck.slide_layouts:
        placeholders: Any = layout.placeholders
        for shape in list(placeholders):
            _place(shape, layout.name)
    _decorate(deck)
    deck.save(str(path))


def _set_theme(deck: Any) -> None:
    part = next(rel.target_part for rel in deck.slide_master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = parse_xml(part.blob)
    for name, colour in PALETTE.items():
        [element] = theme.iter(qn(f"a:{name}"))
        element.clear()
        _add(element, "a:srgbClr", val=colour)
    for fonts in (*theme.iter(qn("a:majorFont")), *theme.iter(qn("a:minorFont"))):
        fonts.find(qn("a:latin")).set("typeface", LATIN)
        fonts.find(qn("a:ea")).set("typeface", CHINESE)
        for other in fonts.findall(qn("a:font")):
            fonts.remove(other)
    part._blob = serialize_part_xml(theme)  # noqa: SLF001


def _keep_layouts(deck: Any) -> None:
    for layout in list(deck.slide_layouts):
        if layout.name in LAYOUTS:
            layout.name = LAYOUTS[layout.name]
        else:
            deck.slide_layouts.remove(layout)


def _place(shape: Any, layout: str) -> None:
    index = shape.placeholder_format.idx
    place = {**PLACES[layout], **FOOTER}.get(index)
    if place is None:
        shape._element.getparent().remove(shape._element)  # noqa: SLF001
        return
    shape.left, shape.top, shape.width, shape.height = (Pt(length) for length in place)
    frame = shape.text_frame
    frame.word_wrap = True
    is_title = index == 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if is_title or index in FOOTER else MSO_ANCHOR.TOP
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if index == max(FOOTER) else PP_ALIGN.LEFT
    _set_level(shape, SIZES[layout].get(index, 10), is_bold=is_title)


def _set_level(shape: Any, size: int, *, is_bold: bool) -> None:
    """Set size and weight of a placeholder's first level, without bullets or capitals."""
    body = shape._element.txBody  # noqa: SLF001
    style = body.find(qn("a:lstStyle"))
    style.clear()
    level = _add(style, "a:lvl1pPr", marL="0", indent="0", algn="l")
    _add(level, "a:buNone")
    run = _add(level, "a:defRPr", sz=str(size * 100), b=str(int(is_bold)), cap="none")
    fill = _add(run, "a:solidFill")
    _add(fill, "a:schemeClr", val="tx2" if is_bold else "tx1")


def _add(parent: Any, name: str, **attributes: str) -> Any:
    """Add an element of the name below another, and return it."""
    element = parent.makeelement(qn(name), attributes)
    parent.append(element)
    return element


def _decorate(deck: Any) -> None:
    """Draw a line under the content's heading, and a bar at the left of cover and chapters."""
    for layout in deck.slide_layouts:
        left, top, width, height = (Pt(length) for length in BARS[layout.name])
        bar = parse_xml(BAR.format(left=left, top=top, width=width, height=height))
        # Behind the placeholders: right after the two elements that every tree of shapes begins with.
        layout.shapes._spTree.insert(2, bar)  # noqa: SLF001


def make_paper_template(path: Path) -> None:
    """Write the paper's template: what stands in braces is filled in, what a style is called can be restyled."""
    paper = docx.Document()
    _set_paper_styles(paper)
    paper.add_paragraph("{{ title }}", style="Title")
    paper.add_paragraph("{{ subtitle }}", style="Subtitle")
    for text, style in (
        ("{%p for chapter in chapters %}", "Normal"),
        ("{{ chapter.heading }}", "Heading 1"),
        ("{%p for section in chapter.sections %}", "Normal"),
        ("{{ section.heading }}", "Heading 2"),
        ("{%p for sentence in section.sentences %}", "Normal"),
        ("{{ sentence }}", "List Bullet"),
        ("{%p endfor %}", "Normal"),
        ("{%p for table in section.tables %}", "Normal"),
        ("{{ table.title }}", "Caption"),
    ):
        paper.add_paragraph(text, style=style)
    _add_table(paper)
    paper.add_paragraph("{{ table.note }}", style="Table Note")
    for _ in range(3):
        paper.add_paragraph("{%p endfor %}")
    paper.save(str(path))


def _add_table(paper: Paper) -> None:
    table = paper.add_table(rows=4, cols=3, style="Table Grid")
    table.autofit = True
    heading, begin, line, end = (row.cells for row in table.rows)
    for cells, (first, middle) in (
        (heading, ("{%tc for column in table.columns %}", "{% cellbg heading_colour %}{{ column }}")),
        (line, ("{%tc for cell in row.cells %}", "{% cellbg cell.colour %}{{ cell.text }}")),
    ):
        for cell, text in zip(cells, (first, middle, "{%tc endfor %}"), strict=True):
            cell.paragraphs[0].style = paper.styles["Table Text"]
            cell.paragraphs[0].add_run(text)
    begin[0].paragraphs[0].add_run("{%tr for row in table.rows %}")
    end[0].paragraphs[0].add_run("{%tr endfor %}")


def _set_paper_styles(paper: Paper) -> None:
    margin = Cm(2)
    for section in paper.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
    for name, base in (("Table Text", "Normal"), ("Table Note", "Normal")):
        paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = paper.styles[base]
    for name, (size, colour) in PAPER_STYLES.items():
        style: Any = paper.styles[name]
        style.font.name, style.font.size = LATIN, WordPt(size)
        style.font.color.rgb = WordColour.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(word_name(f"w:{theme}"), None)
        fonts.set(word_name("w:eastAsia"), CHINESE)
        space = 0 if name == "Table Text" else 4
        style.paragraph_format.space_before = style.paragraph_format.space_after = WordPt(space)
    paper.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT


def main() -> None:
    """Write both templates into the folder named on the command line."""
    [folder] = map(Path, sys.argv[1:])
    make_deck_template(folder / DECK_TEMPLATE)
    make_paper_template(folder / PAPER_TEMPLATE)


if __name__ == "__main__":
    main()
