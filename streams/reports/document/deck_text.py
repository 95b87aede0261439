"""Text on slides, with the Chinese type face said outright: without `a:ea` each program would choose one of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt


class TypeFace(NamedTuple):
    """The template's type faces."""

    latin: str
    chinese: str


def type_face_of(deck: Any) -> TypeFace:
    """Return the type faces of a template's theme."""
    part = next(rel.target_part for rel in deck.slide_master.part.rels.values() if rel.reltype.endswith("/theme"))
    fonts = next(parse_xml(part.blob).iter(qn("a:minorFont")))
    return TypeFace(fonts.find(qn("a:latin")).get("typeface"), fonts.find(qn("a:ea")).get("typeface"))


def set_text(
    frame: Any, lines: Iterable[str], face: TypeFace, size: int | None = None, *, is_bold: bool | None = None
) -> None:
    """Write lines into a text frame in place of what is there, a paragraph each.

    `size` is in points; where it is None, text is as large as the template has it.
    """
    frame.clear()
    frame.auto_size = MSO_AUTO_SIZE.NONE
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size = None if size is None else Pt(size)
        run.font.bold = is_bold
        name_type_face(run.font._element, face)  # noqa: SLF001


def name_type_face(properties: Any, face: TypeFace) -> None:
    """Name the type faces in a run's (or a chart's) text properties."""
    for name, typeface in (("a:latin", face.latin), ("a:ea", face.chinese)):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        properties.append(properties.makeelement(qn(name), {"typeface": typeface}))
