"""The workbook: ratios are formulas over the counts beside them, every figure of the snapshot is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from streams.core.snapshot import Snapshot
from streams.reports.document import Document, Templates, write_report
from streams.reports.document.word_list import VERDICT_SIGNS

FORMULA = re.compile(r'=IF\(([A-Z]+\d+)=0,"",([A-Z]+\d+)/\1\)')


@pytest.fixture(scope="module")
def sheets(report: Path) -> tuple[Any, Any]:
    """Return the workbook with its formulas, and with their values."""
    path = report / "report.xlsx"
    return load_workbook(path), load_workbook(path, data_only=True)


def test_every_ratio_is_a_formula_over_the_counts_in_its_row(sheets: tuple[Any, Any]) -> None:
    """What each formula gives, worked out here, is what the file holds as its value."""
    with_formulas, with_values = sheets
    seen = 0
    for sheet in with_formulas.worksheets:
        values = with_values[sheet.title]
        for cell in (cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"):
            denominator, numerator = FORMULA.fullmatch(cell.value).groups()
            assert {re.sub(r"\D", "", denominator), re.sub(r"\D", "", numerator)} == {str(cell.row)}
            expected = values[numerator].value / values[denominator].value
            assert values[cell.coordinate].value == pytest.approx(expected, rel=1e-12)
            assert cell.number_format == "0.00%"
            seen += 1
    assert seen > 1_500


def test_every_figure_of_the_snapshot_is_there(sheets: tuple[Any, Any], july: Snapshot) -> None:
    """All indicators, counts, top lists, durations, outages: as many rows as the snapshot has entries."""
    _, values = sheets
    rows = {sheet.title: sheet.max_row - 4 for sheet in values.worksheets[-6:]}
    listed = sum(len(top_list.values) for top_list in july.top_lists)
    offsets = sum(map(len, july.offsets.values()))
    assert list(rows.values()) == [
        len(july.indicators),
        len(july.counts),
        listed,
        len(july.durations),
        len(july.outages),
        offsets,
    ]
    numbers = [(row[3], row[4]) for row in values["全部指标"].iter_rows(min_row=5, values_only=True)]
    assert numbers == [(figure.numerator, figure.denominator) for figure in july.indicators]


def test_verdicts_have_a_sign_and_a_conditional_colour(sheets: tuple[Any, Any]) -> None:
    """E8 misses the city's target: the sign says so without colour, and a rule colours whatever begins with it."""
    with_formulas, _ = sheets
    sheet = with_formulas["2.1.2 我的E家重复申告率"]
    texts = {cell.value for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)}
    assert {f"{VERDICT_SIGNS['met']} 达标", f"{VERDICT_SIGNS['missed']} 未达标"} <= texts
    rules = [rule for area in sheet.conditional_formatting for rule in area.rules]
    assert {rule.text for rule in rules} == {VERDICT_SIGNS["met"], VERDICT_SIGNS["missed"]}


def test_the_contents_lead_to_every_sheet(sheets: tuple[Any, Any]) -> None:
    """A link for each, and none that leads nowhere."""
    with_formulas, _ = sheets
    first, *others = with_formulas.worksheets
    targets = [cell.hyperlink.location for line in first.iter_rows() for cell in line if cell.hyperlink]
    assert targets == [f"'{sheet.title}'!A1" for sheet in others]


def test_the_same_document_gives_the_same_bytes(document: Document, templates: Templates, tmp_path: Path) -> None:
    """In every format, two seconds apart by any clock: no date but the snapshot's is in the files."""
    import time

    formats = ("pptx", "xlsx", "docx", "html")
    [*first] = [path.read_bytes() for path in write_report(document, templates, formats, tmp_path / "first")]
    time.sleep(2.1)
    again = [path.read_bytes() for path in write_report(document, templates, formats, tmp_path / "again")]
    assert first == again
