"""The templates of deck and paper, which those who write the report own: where they are, what a deck's must have."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

DECK_TEMPLATE, PAPER_TEMPLATE = "report-template.pptx", "report-template.docx"
"""Their files, in the folder of definitions."""
COVER, CHAPTER, CONTENT = "封面", "章节", "内容"
"""The layouts that a deck uses, by name."""


class TemplateError(Exception):
    """A template is missing, or lacks something that the report needs; the message says what."""


class Templates(NamedTuple):
    """Both templates, as the bytes of their files."""

    deck: bytes
    paper: bytes

    @classmethod
    def read(cls, folder: Path) -> Templates:
        """Read the templates in a folder; raises TemplateError."""
        try:
            return cls((folder / DECK_TEMPLATE).read_bytes(), (folder / PAPER_TEMPLATE).read_bytes())
        except OSError as error:
            raise TemplateError(
                f"the report's templates cannot be read: {error}; `python -m streams.reports.document.house_style "
                f"{folder}` makes new ones"
            ) from error
