"""The deck: native tables and charts, the source's chapters, Chinese type faces said outright, nothing left empty."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from streams.reports.document import Document, TemplateError, Templates
from streams.reports.document.deck import write_deck
from streams.reports.document.word_list import VERDICT_SIGNS
from streams.reports.document.words import Words

JUDGED = (
    *("E6 重复申告率", "E8 重复申告率", "E8-2 重复申告率"),
    *("重点产品 保障及时率", "重点产品 原因不明故障占比", "移动 保障及时率", "移动 重复申告率", "宽带 预处理率"),
)
"""The trend slides of the source."""


@pytest.fixture(scope="module")
def slides(report: Path) -> list[Any]:
    """Return the deck's slides."""
    return list(Presentation(str(report / "report.pptx")).slides)


def test_it_has_the_source_s_chapters_in_order(slides: list[Any]) -> None:
    """From the overview to the plans, every section with a slide of its own at least."""
    headings = [slide.shapes.title.text_frame.text.removesuffix("（续）") for slide in slides]
    numbers = [heading.split(" ")[0] for heading in dict.fromkeys(headings[1:])]
    assert numbers == [
        *("1", "1.1", "1.2", "1.3", "1.4"),
        *("2", "2.1.1", "2.1.2", "2.2", "2.3", "2.4", "2.5"),
        *("3", "3.1", "3.2.1", "3.2.2", "3.2.3", "3.2.4", "3.3", "3.4", "3.5"),
        *("4", "4.1", "5", "5.1", "5.2", "5.3"),
    ]


def test_no_placeholder_is_empty(slides: list[Any]) -> None:
    """Nobody is shown "click to add text"."""
    placeholders = [shape for slide in slides for shape in slide.placeholders]
    assert len(placeholders) > 150
    assert [shape.name for shape in placeholders if not shape.text_frame.text.strip()] == []


def test_every_indicator_that_is_judged_has_a_trend(slides: list[Any]) -> None:
    """The trend slides of the source are there, as charts whose figures can be edited, with the targets as lines."""
    charts = {shape.name: shape.chart for slide in slides for shape in slide.shapes if shape.has_chart}
    for name in JUDGED:
        assert any(title.startswith(f"{name} · ") for title in charts), name
    [trend] = [chart for title, chart in charts.items() if title == "E8 重复申告率 · 趋势（持有 2 个月）"]
    values = {series.name: tuple(series.values) for series in trend.plots[0].series}
    assert values == {
        "E8 重复申告率": (*[None] * 10, 6.05, 7.26),
        "省公司目标 8%": (8,) * 12,
        "市公司目标 5%": (5,) * 12,
    }
    assert list(trend.plots[0].categories)[::11] == ["2008-08", "2009-07"]
    assert all(chart.part.chart_workbook.xlsx_part is not None for chart in charts.values())


def test_the_chinese_type_face_is_named_in_every_run(report: Path, slides: list[Any]) -> None:
    """Without `a:ea` each program would choose one of its own; charts name it too."""
    runs = [run for slide in slides for run in slide._element.iter(qn("a:r"))]
    assert len(runs) > 1_000
    assert {run.find(f"{qn('a:rPr')}/{qn('a:ea')}").get("typeface") for run in runs} == {"微软雅黑"}
    with zipfile.ZipFile(report / "report.pptx") as archive:
        charts = [archive.read(name) for name in archive.namelist() if name.startswith("ppt/charts/chart")]
    assert charts
    assert all('<a:ea typeface="微软雅黑"/>'.encode() in chart for chart in charts)


def test_verdicts_read_in_black_and_white(slides: list[Any]) -> None:
    """Every coloured verdict begins with its sign."""
    cells = [
        cell
        for slide in slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    words = {"达标": VERDICT_SIGNS["met"], "未达标": VERDICT_SIGNS["missed"]}
    texts = [cell.text_frame.text for cell in cells]
    for word, sign in words.items():
        assert f"{sign} {word}" in texts
        assert word not in texts


def test_a_template_without_a_layout_is_refused(document: Document, templates: Templates) -> None:
    """The message names the layout that is missing."""
    deck = Presentation(io.BytesIO(templates.deck))
    deck.slide_layouts[0].name = "something else"
    renamed = io.BytesIO()
    deck.save(renamed)
    with pytest.raises(TemplateError, match="封面"):
        write_deck(document, Words("zh"), renamed.getvalue())


def test_the_house_style_is_the_template_s(document: Document, templates: Templates) -> None:
    """Another type face in the template's theme is the one in the deck."""
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(templates.deck)) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            changed.writestr(name, archive.read(name).replace("微软雅黑".encode(), "楷体".encode()))
    slides = Presentation(io.BytesIO(write_deck(document, Words("zh"), other.getvalue()))).slides
    faces = {face.get("typeface") for slide in slides for face in slide._element.iter(qn("a:ea"))}
    assert faces == {"楷体"}
