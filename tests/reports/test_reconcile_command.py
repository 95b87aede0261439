"""`streams reconcile` and `streams report` as a report writer runs them, on a broker that holds July's events."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import openpyxl
import pytest

from streams.core.reconciling import Gap, Reconciliation
from streams.core.snapshot import build_snapshot
from streams.reports.document.words import Words
from streams.reports.terminal.reconciliation import reconciliation_lines
from streams.samples import july_2009, printed
from tests.conftest import Run, on
from tests.printed_report import CONTRADICTED
from tests.reports.conftest import DEFINITIONS
from tests.reports.editions import Growing
from tests.reports.printed_workbook import WRONG, WRONG_PLACES, write

DEPLOY = Path("deploy").resolve()


@pytest.fixture
def where(july_on_broker: Growing) -> dict[str, str]:
    """The variables that lead to July's events."""
    return {**on(july_on_broker.broker, july_on_broker.prefix), "STREAMS_DEFINITIONS_DIR": str(DEPLOY)}


def test_the_reference_s_contradictions_and_nothing_else(run: Run, where: dict[str, str]) -> None:
    """The 18 that figures can show, by name in either language; exit code 1, since the report does not hold."""
    told = run("reconcile", july_2009.PERIOD, str(printed.FILE), "--json", settings=where)
    assert told.exit_code == 1, told.output
    found = json.loads(told.stdout)["gaps"]
    assert [(gap["where"], gap["printed"], gap["recomputed"]) for gap in found] == CONTRADICTED
    in_chinese = run("reconcile", july_2009.PERIOD, str(printed.FILE), settings=where).stdout
    assert f"个数相符，{len(CONTRADICTED)} 个不符" in in_chinese
    assert (
        "2.4 宽带业务 · 申告量 · 环比增幅 · 印刷值：印刷 32.6，重算 48.32（差 -15.72）：与印刷的件数不符" in in_chinese
    )
    in_english = run("reconcile", july_2009.PERIOD, str(printed.FILE), "--lang", "en", settings=where).stdout
    assert "3.4 Mass outages · No. 2 · Users: printed 127, recomputed 128 (-1): the printed number" in in_english
    assert not set("[]{}") & {*in_chinese, *in_english}
    assert len(in_chinese.splitlines()) == len(in_english.splitlines()) == 1 + len(CONTRADICTED)


def test_a_workbook_s_three_wrong_cells_with_the_tickets(
    run: Run, where: dict[str, str], july_on_broker: Growing, tmp_path: Path
) -> None:
    """Those three and no other: by how much, the tickets that count there, and where too much is printed the others."""
    tables = build_snapshot(july_2009.PERIOD, july_on_broker.made.tallies, DEFINITIONS).tables
    right, wrong = write(tmp_path / "right.xlsx", tables, {}), write(tmp_path / "wrong.xlsx", tables, WRONG)
    agreeing = run("reconcile", july_2009.PERIOD, str(right), settings=where)
    assert (agreeing.exit_code, len(agreeing.stdout.splitlines())) == (0, 1), agreeing.output
    told = run("reconcile", july_2009.PERIOD, str(wrong), "--limit", "5", "--json", settings=where)
    assert told.exit_code == 1
    found = msgspec.json.decode(told.stdout, type=Reconciliation)
    assert f"）：{found.agreeing + len(WRONG)} 个数相符" in agreeing.stdout
    gaps = {gap.where: gap for gap in found.gaps}
    assert {place: (gap.recomputed, gap.difference) for place, gap in gaps.items()} == WRONG_PLACES
    for gap in found.gaps:
        assert gap.facts
        assert all(fact.key.endswith("***") for fact in (*gap.facts, *gap.candidates))
    assert_of_channels(gaps["complaints.other_channels.省公司.乐至"])
    assert_of_repeats(gaps["repeat_reports.E8.乐至[1]"])
    penalty = gaps["complaints.penalties.渠道营业厅[5]"]
    assert (penalty.lacking, penalty.candidates_in_all) == (None, 0)
    words = list(reconciliation_lines(found, Words("zh", DEFINITIONS.names)))
    name = "2.1.2 我的E家重复申告率 · E8 · 乐至 · 重复申告用户"
    assert f"  {name}：印刷 41，重算 40（差 +1）：与事件重算值不同" in words
    assert any(line.endswith("：不符合“重复申告率”的条件") for line in words)


def assert_of_channels(gap: Gap) -> None:
    """Require the two complaints that count; a third is lacking, and there is none that might be it."""
    assert (gap.facts_in_all, len(gap.facts), gap.lacking, gap.candidates) == (2, 2, 1, [])
    assert {fact.fact.partition("/")[0] for fact in gap.facts} == {"complaints"}


def assert_of_repeats(gap: Gap) -> None:
    """Require the tickets of the 40 who reported again, and one at least of each of the 648 who did not."""
    assert gap.facts_in_all >= 2 * gap.recomputed
    assert [one.updated_at for one in gap.facts] == sorted((one.updated_at for one in gap.facts), reverse=True)
    assert (len(gap.facts), len(gap.candidates), gap.lacking) == (5, 5, 1)
    assert 648 <= gap.candidates_in_all < 688
    assert {one.indicator for one in gap.candidates if one.why == "condition_missed"} == {"repeat_report_rate"}


def test_what_cannot_be_told_ends_with_2(run: Run, where: dict[str, str], tmp_path: Path) -> None:
    """A month that nobody reported in, and a file that is no report: one line that says what to do."""
    for arguments in (("reconcile", "2008-01", str(printed.FILE)), ("report", "2008-01"), ("snapshot", "2008-01")):
        told = run(*arguments, settings=where)
        assert (told.exit_code, "hold nothing of 2008-01" in " ".join(told.output.split())) == (2, True), told.output
        assert [path.name for path in tmp_path.iterdir()] == []
    (tmp_path / "printed.xls").write_bytes(b"\xd0\xcf")
    told = run("reconcile", july_2009.PERIOD, "printed.xls", settings=where)
    assert (told.exit_code, "Save it as .xlsx" in told.output) == (2, True)


def test_the_report_of_the_broker_says_provisional_and_then_frozen(
    run: Run, where: dict[str, str], tmp_path: Path
) -> None:
    """From the tallies as they stand; after the freeze from the edition in force, with its figures and its name."""

    def reported() -> tuple[str, dict[tuple[str, str], object]]:
        result = run("report", july_2009.PERIOD, "--format", "html,xlsx", settings=where)
        assert result.exit_code == 0, result.output
        folder = tmp_path / "reports" / july_2009.PERIOD
        book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
        cells = {
            (sheet.title, f"{row},{column}"): value
            for sheet in book.worksheets
            for row, values in enumerate(sheet.iter_rows(values_only=True))
            for column, value in enumerate(values)
        }
        return (folder / "report.html").read_text(encoding="utf-8"), cells

    page, cells = reported()
    assert "未定稿" in page[: page.index("<section")]
    frozen = run("snapshot", july_2009.PERIOD, "--freeze", settings=where)
    assert frozen.exit_code == 0, frozen.output
    page, frozen_cells = reported()
    first = page[: page.index("<section")]
    assert ("已定稿" in first, "未定稿" in first) == (True, False)
    assert sum(cells[place] == value for place, value in frozen_cells.items() if place in cells) > 10_000
