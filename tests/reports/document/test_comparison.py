"""Months beside each other in the report: changes on month and year, direction, ranks, and what they are made of."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from streams.core.figures import IndicatorFigure
from streams.core.ratios import Ratio
from streams.core.snapshot import Snapshot
from streams.reports.document import Document, build_document, load_texts, write_report_of
from streams.reports.document.model import Table
from tests.reports.document.conftest import DEFINITIONS, DEPLOY
from tests.reports.document.rendering import not_shown, out_of_place, rendered

LAST_YEAR = (300, 6_000)
MONTHS = [*(f"2008-{month:02}" for month in range(8, 13)), *(f"2009-{month:02}" for month in range(1, 8))]


def with_last_year(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as if all twelve months and the last year's July were held."""
    return msgspec.structs.replace(
        snapshot,
        indicators=[_with_last_year(one) for one in snapshot.indicators],
        counts=[
            msgspec.structs.replace(one, earlier={**one.earlier, "previous_year": one.count * 2})
            for one in snapshot.counts
        ],
    )


def _with_last_year(one: IndicatorFigure) -> IndicatorFigure:
    known = dict(one.trend)
    trend = [(month, known.get(month, "0.050000")) for month in MONTHS]
    return msgspec.structs.replace(one, trend=trend, earlier={**one.earlier, "previous_year": Ratio.of(LAST_YEAR)})


@pytest.fixture(scope="module")
def held(july: Snapshot) -> Document:
    """Return July's report with a year before it."""
    texts = load_texts(DEPLOY / "report-text" / "2009-07.yaml")
    return build_document(with_last_year(july), {}, texts, DEFINITIONS.names)


def table(document: Document, title: str) -> Table:
    """Return the one table whose title begins so."""
    sections = [section for chapter in document.chapters for section in chapter.sections]
    [found] = [one for section in sections for one in section.tables if one.title.startswith(title)]
    return found


def column(of: Table, title: str) -> dict[object, object]:
    """Return row's name → value of a column."""
    [place] = [place for place, one in enumerate(of.columns) if one.title == title]
    return {row.cells[0]: row.cells[place] for row in of.rows}


def test_a_rate_stands_beside_both_months(held: Document, document: Document) -> None:
    """502 of 6,910 is 7.26 %: 1.22 points above June and 2.26 above last July's 5 %; without last year no column."""
    compared = table(held, "与上月")
    assert column(compared, "上年同月")["E8 重复申告率"] == 5.0
    expected = 100 * (Fraction(502, 6910) - Fraction(*LAST_YEAR))
    assert column(compared, "同比（百分点）")["E8 重复申告率"] == float(round(expected, 2))
    assert [row.cells[4] for row in compared.rows if row.cells[0] == "E8 重复申告率"] == ["▼ 变差"]
    assert [row.cells[4] for row in compared.rows if row.cells[0] == "E6 重复申告率"] == ["▲ 改善"]
    assert column(table(held, "E8 重复申告率 · 申告量"), "同比（百分点）")["现业"] == 2.29
    assert "上年同月" not in [one.title for one in table(document, "与上月").columns]


def test_too_few_cases_have_no_direction(document: Document) -> None:
    """June's sample has a single order: the points are there, better or worse is not."""
    compared = table(document, "与上月")
    assert column(compared, "变化")["履约准时率"] == "○ 样本不足"


def test_numbers_grow_in_percent_of_the_earlier_month(held: Document) -> None:
    """1,061 complaints after 1,301 are 18.45 % fewer, half of last year's."""
    numbers = table(held, "业务量比较")
    assert column(numbers, "环比 %")["投诉量"] == -18.45
    assert column(numbers, "同比 %")["投诉量"] == -50.0


def test_branches_are_ranked_and_the_total_is_not(document: Document) -> None:
    """The lowest repeat rate is the first."""
    assert column(table(document, "E8 重复申告率 · 申告量"), "排名") == {
        "安岳": 4,
        "简阳": 2,
        "乐至": 1,
        "现业": 3,
        "合计": None,
    }


def test_a_miss_and_a_change_are_made_of_the_branches_parts(document: Document, july: Snapshot) -> None:
    """E8 lies 156.5 cases above 5 %, 77.35 of them in 现业; mix and rate of all branches are the change."""
    made_of = table(document, "E8 重复申告率 · 贡献分解")
    cases = column(made_of, "超出市公司目标")
    assert cases["合计"] == 156.5 == float(502 - Fraction(5, 100) * 6910)
    assert cases["现业"] == 77.35
    assert sum(float(str(cases[branch])) for branch in ("安岳", "简阳", "乐至", "现业")) == pytest.approx(156.5)
    whole = next(one for one in july.indicators if (one.id, one.labels) == ("repeat_report_rate", {"brand": "E8"}))
    june = whole.earlier["previous_month"]
    change = 100 * (Fraction(502, 6910) - Fraction(june.numerator, june.denominator))
    effects = [float(str(column(made_of, title)["合计"])) for title in ("构成影响（百分点）", "比率影响（百分点）")]
    assert sum(effects) == pytest.approx(float(change), abs=0.011)


def test_a_trend_has_twelve_months(held: Document) -> None:
    """All of them are there, and the title says nothing of missing ones."""
    sections = [section for chapter in held.chapters for section in chapter.sections]
    [trend] = [chart for section in sections for chart in section.charts if chart.title == "E8 重复申告率 · 趋势"]
    assert list(trend.categories) == MONTHS
    assert trend.series[0].values == (*[5.0] * 10, 6.05, 7.26)


def test_a_deck_with_a_year_behind_it_keeps_its_place(july: Snapshot, tmp_path: Path) -> None:
    """In English too, with all columns and sentences that a second basis adds, every word stands where it belongs."""
    [file] = write_report_of(with_last_year(july), DEFINITIONS, DEPLOY, "en", ("pptx",), tmp_path)
    pdf = rendered(file, tmp_path)
    assert (out_of_place(file, pdf), not_shown(file, pdf)) == ([], [])
