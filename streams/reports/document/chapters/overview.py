"""Chapter 1: the key figures against both targets, and the writer's projects, highlights and defects."""

from __future__ import annotations

from collections.abc import Iterable

from streams.logs import masked_text
from streams.reports.document.chapters.comparison import comparison_tables
from streams.reports.document.making import JudgedRow, Making, counts_of, judged_table
from streams.reports.document.model import Chapter, Column, Row, Section, Table
from streams.reports.document.texts import shown_number


def chapter(making: Making) -> Chapter:
    """Return the chapter."""
    words, texts = making.words, making.texts
    return Chapter(
        "1",
        words("overview"),
        (
            Section(
                "1.1",
                words("key_figures"),
                making.sentences("overview"),
                (_key_table(making), *comparison_tables(making)),
            ),
            written("1.2", "top_projects", texts.top_projects, making),
            written("1.3", "highlights", texts.highlights, making),
            Section("1.4", words("defects"), (), (_defects(making),)),
        ),
    )


def written(number: str, title: str, sentences: Iterable[str], making: Making) -> Section:
    """Return a section of the writer's own sentences; it says so where nothing is written yet."""
    words = making.words
    return Section(number, words(title), tuple(map(masked_text, sentences)) or (words("to_be_written"),))


def _key_table(making: Making) -> Table:
    rows = [JudgedRow(making.key_name(one), counts_of(one.figure), one.figure) for one in making.figures.key_figures()]
    return judged_table(making, making.words("key_figures"), "indicator", ("of_count", "counted", "rate"), rows)


def _defects(making: Making) -> Table:
    words = making.words
    rows = [
        Row(
            (
                shown_number(defect.number) or None,
                masked_text(defect.text),
                None if defect.date is None else defect.date.isoformat(),
                defect.owner or None,
                words(defect.state),
            )
        )
        for defect in making.texts.defects
    ]
    nothing = Row((None, words("to_be_written"), None, None, None))
    columns = tuple(Column(words(title)) for title in ("number", "text", "date", "owner", "state"))
    return Table(words("defects"), columns, tuple(rows) or (nothing,))
