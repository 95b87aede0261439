"""Writes a document in the formats that are asked for, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from streams.core.definitions import Definitions
from streams.core.narrative import narrative
from streams.core.snapshot import Snapshot
from streams.reports.document.build import build_document
from streams.reports.document.deck import write_deck
from streams.reports.document.model import Document, Language
from streams.reports.document.page import write_page
from streams.reports.document.paper import write_paper
from streams.reports.document.templates import Templates
from streams.reports.document.texts import load_texts, texts_folder
from streams.reports.document.words import Words
from streams.reports.document.workbook import write_workbook
from streams.reports.snapshot_files import write_whole

FILE_NAME = "report"


WRITERS: Mapping[str, Callable[[Document, Words, Templates], bytes]] = {
    "pptx": lambda document, words, templates: write_deck(document, words, templates.deck),
    "xlsx": lambda document, words, _templates: write_workbook(document, words),
    "docx": lambda document, words, templates: write_paper(document, words, templates.paper),
    "html": lambda document, words, _templates: write_page(document, words),
}
FORMATS = tuple(WRITERS)


def write_report(document: Document, templates: Templates, formats: Iterable[str], folder: Path) -> Iterator[Path]:
    """Write the document into `folder`, one file a format, and yield each as it is there.

    Raises TemplateError where a template lacks something, OSError where the folder cannot be written.
    """
    words = Words(document.language)
    for name in formats:
        content = WRITERS[name](document, words, templates)
        yield write_whole(folder / f"{FILE_NAME}.{name}", content)


def write_report_of(
    snapshot: Snapshot,
    definitions: Definitions,
    definitions_dir: Path,
    language: Language,
    formats: Iterable[str],
    folder: Path,
    texts_dir: Path | None = None,
) -> Iterator[Path]:
    """Write the report of a snapshot, with the texts and templates beside the definitions, as `write_report` does.

    `texts_dir` is the folder of the texts where that is another one. Raises TextsError besides, where the month's
    texts cannot be used.
    """
    texts = load_texts(texts_folder(definitions_dir, texts_dir) / f"{snapshot.period}.yaml")
    words = Words(language, definitions.names)
    told = {
        chapter: [one.text for one in sentences]
        for chapter, sentences in narrative(snapshot, language, words.of_what).items()
    }
    document = build_document(snapshot, told, texts, definitions.names, language)
    yield from write_report(document, Templates.read(definitions_dir), formats, folder)
