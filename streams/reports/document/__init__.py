"""The month's report: one pure model of chapters, tables, charts and sentences, and four writers that lay it out.

`build_document` makes the model from a snapshot, sentences about it and the writer's own texts (`load_texts`),
`write_report` writes it as PPTX, XLSX, DOCX and HTML, and `write_report_of` does all of it. The same snapshot, texts
and templates give the same bytes.
"""

from streams.reports.document.build import build_document
from streams.reports.document.files import FORMATS, write_report, write_report_of
from streams.reports.document.model import Document, Language
from streams.reports.document.templates import TemplateError, Templates
from streams.reports.document.texts import ReportTexts, TextsError, load_texts
from streams.reports.document.words import LANGUAGES

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "Document",
    "Language",
    "ReportTexts",
    "TemplateError",
    "Templates",
    "TextsError",
    "build_document",
    "load_texts",
    "write_report",
    "write_report_of",
]
