"""Names of figures: a reader finds words in place of paths, one name for one figure, and no number of a subscriber."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from streams.core.restating import leaves
from streams.core.snapshot import Snapshot
from streams.reports.document import Document
from streams.reports.document.figure_names import SECTIONS, FigureNames
from streams.reports.document.model import Language
from streams.reports.document.words import LANGUAGES, Words
from streams.samples import printed
from tests.reports.document.conftest import DEFINITIONS

OF_A_PROGRAM = re.compile(r"[\[\]{}]|[a-z]+_[a-z]+|\d{7}")
"""What no reader should see: brackets, a program's words, or digits enough for a number."""
OUTAGE = "群障 QZ-20090705-1 · "


def names(language: Language) -> FigureNames:
    """Return the names in a language."""
    return FigureNames(Words(language, DEFINITIONS.names))


def places(where: str, tree: Any) -> Iterator[str]:
    """Yield every place of a printed report's file, as checks write it."""
    if isinstance(tree, dict):
        for key, content in tree.items():
            yield from places(f"{where}.{key}", content)
    elif isinstance(tree, list):
        for number, content in enumerate(tree):
            yield from places(f"{where}[{number}]", content)
    else:
        yield where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_month_has_a_name_of_its_own(july: Snapshot, language: Language) -> None:
    """Some 25,000 paths, as many names, none of them numbered for want of a difference, none a program's."""
    paths = list(leaves(msgspec.to_builtins(july)))
    named = {path: names(language).of(path) for path in paths}
    assert len(paths) > 20_000
    assert len(set(named.values())) == len(paths)
    assert names(language).of_all(paths) == named
    of_outages = {path for path in named if path.startswith("outages[")}
    assert not [name for path, name in named.items() if path not in of_outages and OF_A_PROGRAM.search(name)]
    assert not [name for path, name in named.items() if path in of_outages and re.search(r"[\[\]{}_]", name)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_the_printed_report_has_a_name_of_its_own(july: Snapshot, language: Language) -> None:
    """Whatever a check or a gap can be about is named by the section that shows it."""
    all_places = [place for chapter in july.tables for place in places(chapter, printed.report()[chapter])]
    named = [names(language).printed(place) for place in all_places]
    assert len(set(named)) == len(all_places) > 400
    assert not [name for name in named if OF_A_PROGRAM.search(name)]
    assert all(re.match(r"[23]\.\d", name) for name in named)


@pytest.mark.parametrize(
    ("path", "chinese", "english"),
    [
        (
            "indicators[repeat_report_rate branch=现业,brand=E8].numerator",
            "E8 重复申告率 · 现业 · 分子",
            "E8 Repeat-report rate · Urban · Numerator",
        ),
        (
            "indicators[repeat_report_rate all].earlier.previous_year.ratio",
            "重复申告率 · 上年同月 · 比率",
            "Repeat-report rate · Same month last year · Ratio",
        ),
        (
            "indicators[timely_restoration_rate brand=none,service=mobile].interval[0]",
            "移动 品牌 未注明 保障及时率 · 95% 区间 · 下限",
            "Mobile Brand not stated Timely restoration · 95 % interval · lower end",
        ),
        ("counts[penalties kind=overdue].count", "投诉考核单数 · 考核事项 超时 · 件数", None),
        ("outages[QZ-20090705-1].scope.ranges[6182560][1]", f"{OUTAGE}影响范围 · 号段 · *** · 末号", None),
        ("tables.repeat_reports.E8.安岳[2]", "2.1.2 我的E家重复申告率 · E8 · 安岳 · 比率", None),
        ("outage_totals.by_branch.简阳.reliability.saidi_minutes", "群障合计 · 简阳 · SAIDI（分钟）", None),
    ],
)
def test_a_name_says_what_it_is_of(path: str, chinese: str, english: str | None) -> None:
    """Whose, which indicator, where, and which part of it, in the words of the report."""
    assert names("zh").of(path) == chinese
    assert english is None or names("en").of(path) == english


def test_names_that_would_be_the_same_are_numbered() -> None:
    """Two ranges of an outage are told apart by no digit of a number."""
    paths = [f"outages[A].scope.ranges[{first}][0]" for first in ("6182560", "6184096")]
    named = names("zh").of_all(paths)
    assert list(named.values()) == [f"群障 A · 影响范围 · 号段 · *** · 首号 ({number})" for number in (1, 2)]


def test_what_nobody_foresaw_is_named_as_it_stands() -> None:
    """An indicator of another version and a field that is new: no error, and no bracket."""
    assert names("en").of("indicators[new_rate branch=乐至].novelty[3]") == "new_rate · Lezhi · novelty · No. 4"
    assert names("en").of("weather") == "weather"


def test_sections_are_those_of_the_report(document: Document) -> None:
    """A name's number and title are where a reader finds the table."""
    shown = {(section.number, section.title) for chapter in document.chapters for section in chapter.sections}
    words = Words("zh")
    assert {(number, words(title)) for number, title in SECTIONS.values()} <= shown


def test_the_report_shows_names_for_what_does_not_hold(document: Document) -> None:
    """The table of printed figures that do not hold has no path of a program in it."""
    words = Words("zh")
    [section] = [one for one in document.chapters[-1].sections if one.title == words("printed_checks")]
    told = [str(row.cells[0]) for row in section.tables[0].rows]
    assert "2.4 宽带业务 · 申告量 · 环比增幅 · 印刷值" in told
    assert not [one for one in told if OF_A_PROGRAM.search(one)]
