"""A published report against the recount: the reference's contradictions, a workbook's wrong cells, no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from streams.core.months import datetime_of
from streams.core.reconciling import Gap, PrintedError, Reconciliation, difference
from streams.core.snapshot import build_snapshot
from streams.definitions import load
from streams.reports.reconcile import read_published, reconcile
from streams.reports.recounting import Log
from streams.samples import july_2009, printed
from tests.conftest import Broker
from tests.printed_report import CONTRADICTED
from tests.reports.editions import Growing
from tests.reports.test_audit import settings

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
LIMIT = 5
SHEETS = {
    "E8": ("repeat_reports.E8", ["申告用户", "重复申告用户", "重复申告率"]),
    "处罚": ("complaints.penalties", ["超时", "元", "不规范", "元", "录入错误", "元", "合计"]),
    "渠道": ("complaints.other_channels", ["现业", "简阳", "安岳", "乐至"]),
}
WRONG = {("E8", "乐至", 2): 41, ("处罚", "渠道营业厅", 6): 310.67, ("渠道", "省公司", 4): 3}
"""Sheet, row and column (1 is the first figure) → what stands there in place of 40, 310.76 and 2."""


def write(path: Path, tables: Mapping[str, Any], wrong: Mapping[tuple[str, str, int], float]) -> Path:
    """Write a workbook of some tables by hand, with some wrong cells."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, (where, headings) in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([where, *headings])
        table = tables
        for key in where.split("."):
            table = table[key]
        for row, content in table.items():
            cells = content if isinstance(content, list) else [content]
            if isinstance(content, dict):
                cells = [content.get(heading) for heading in headings]
            sheet.append([row, *(wrong.get((name, row, place), cell) for place, cell in enumerate(cells, start=1))])
    book.save(path)
    return path


async def test_july_s_contradictions_and_a_workbook_s_wrong_cells_and_nothing_else(
    embedded_broker: Broker, prefix: str, tmp_path: Path
) -> None:
    """The reference's 18 have no ticket that explains them; three wrong cells name the tickets that count there."""
    growing = Growing(embedded_broker, prefix, DEFINITIONS)
    for line in july_2009.lines():
        growing.made.append(line.key or b"", line.value, topic=line.topic)
    await growing.count(datetime_of(july_2009.AS_OF))
    log = Log(embedded_broker.connection, settings(prefix), DEFINITIONS)
    tables = build_snapshot(july_2009.PERIOD, growing.made.tallies, DEFINITIONS).tables

    reference = await reconcile(log, july_2009.PERIOD, printed.FILE, LIMIT)
    assert [(gap.where, gap.printed, gap.recomputed) for gap in reference.gaps] == CONTRADICTED
    assert {gap.facts_in_all for gap in reference.gaps} == {0}
    assert reference.agreeing > 300

    right = await reconcile(log, july_2009.PERIOD, write(tmp_path / "right.xlsx", tables, {}), LIMIT)
    assert right.gaps == []
    wrong = await reconcile(log, july_2009.PERIOD, write(tmp_path / "wrong.xlsx", tables, WRONG), LIMIT)
    assert wrong.agreeing == right.agreeing - len(WRONG)
    assert_three(wrong)


def assert_three(found: Reconciliation) -> None:
    """Require the three wrong cells, by how much they are wrong, and the tickets that count there."""
    gaps: dict[str, Gap] = {gap.where: gap for gap in found.gaps}
    assert {where: (gap.recomputed, gap.difference) for where, gap in gaps.items()} == {
        "repeat_reports.E8.乐至[1]": (40, "1"),
        "complaints.penalties.渠道营业厅[5]": (310.76, "-0.09"),
        "complaints.other_channels.省公司.乐至": (2, "1"),
    }
    channel = gaps["complaints.other_channels.省公司.乐至"]
    assert (channel.facts_in_all, len(channel.facts)) == (2, 2)
    assert {fact.fact.partition("/")[0] for fact in channel.facts} == {"complaints"}
    repeats = gaps["repeat_reports.E8.乐至[1]"]
    assert repeats.facts_in_all >= 2 * repeats.recomputed
    assert len(repeats.facts) == LIMIT
    assert repeats.facts == sorted(repeats.facts, reverse=True)
    for gap in found.gaps:
        assert gap.facts
        assert all(fact.key.endswith("***") for fact in gap.facts)


def test_a_difference_is_exact_and_only_of_numbers() -> None:
    """310.67 less 310.76 is -0.09 to the last digit; words, blanks and truths have none."""
    assert difference(310.67, 310.76) == "-0.09"
    assert [difference(*pair) for pair in (("2009-06", "2009-07"), (None, 3), (True, 1))] == [None] * 3


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A sheet that names no table, a file that is no workbook, and one that is no mapping."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["weather", "rain"])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    (tmp_path / "c.yaml").write_text("- 1\n", encoding="utf-8")
    for name, reason in (
        ("a.xlsx", "names no table: 'weather'"),
        ("b.xlsx", "cannot be read as a workbook"),
        ("c.yaml", "holds no tables"),
    ):
        with pytest.raises(PrintedError, match=reason):
            read_published(tmp_path / name, {"mobile": {}})
