"""Every figure of the printed report is found in the workbook and in the deck, under its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.document.reading import ReadTable, deck_tables, missing, printed_figures, workbook_tables


def tables_of(report: Path, name: str) -> list[ReadTable]:
    """Return the tables of the report's file in a format."""
    read = {"xlsx": workbook_tables, "pptx": deck_tables}[name]
    return read(report / f"report.{name}")


@pytest.mark.parametrize("name", ["xlsx", "pptx"])
def test_every_figure_of_the_reference_is_there(report: Path, name: str) -> None:
    """In the section of its chapter, in one row with the figures it is printed beside, under its own name."""
    assert missing(tables_of(report, name)) == []


@pytest.mark.parametrize("name", ["xlsx", "pptx"])
def test_a_figure_that_is_another_is_missed(report: Path, name: str) -> None:
    """E8's repeat reporters in 现业 one more: the two printed rows of it (by brand alone) are no longer found."""
    assert len(list(printed_figures())) > 150
    slips = [
        table._replace(rows=tuple(tuple(247.0 if cell == 246 else cell for cell in row) for row in table.rows))
        for table in tables_of(report, name)
    ]
    found = {(one.chapter, one.names) for one in missing(slips)}
    assert found == {("repeat_reports", ("E8", "现业")), ("mobile", ("合计",))}
