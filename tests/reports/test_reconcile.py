"""A published report: what can be read of it, and by how much a figure differs."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from streams.core.reconciling import PrintedError, difference
from streams.reports.reconcile import read_published


def test_a_difference_is_exact_and_only_of_numbers() -> None:
    """310.67 less 310.76 is -0.09 to the last digit; words, blanks and truths have none."""
    assert difference(310.67, 310.76) == "-0.09"
    assert [difference(*pair) for pair in (("2009-06", "2009-07"), (None, 3), (True, 1))] == [None] * 3


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A sheet that names no table, a file that is no workbook, one of another kind, and one that is no mapping."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["weather", "rain"])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    (tmp_path / "c.yaml").write_text("- 1\n", encoding="utf-8")
    (tmp_path / "d.xls").write_bytes(b"old workbook")
    for name, reason in (
        ("a.xlsx", "names no table: 'weather'"),
        ("b.xlsx", "cannot be read as a workbook"),
        ("c.yaml", "holds no tables"),
        ("d.xls", "Save it as .xlsx"),
    ):
        with pytest.raises(PrintedError, match=reason):
            read_published(tmp_path / name, {"mobile": {}})
