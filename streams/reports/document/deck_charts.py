"""Native charts on slides: bars and lines, with targets as dashed lines that differ in dash, not in colour alone."""

from __future__ import annotations

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_THEME_COLOR
from pptx.oxml.ns import qn
from pptx.util import Pt

from streams.reports.document.deck_text import TypeFace, name_type_face
from streams.reports.document.model import Chart, Kind
from streams.reports.document.paging import PlacedChart

TYPES = {"line": XL_CHART_TYPE.LINE_MARKERS, "bar": XL_CHART_TYPE.COLUMN_CLUSTERED}
NUMBER_FORMATS: dict[Kind, str] = {"percent": '0.00"%"', "count": "#,##0", "hours": "#,##0.00"}
AXIS_FORMATS: dict[Kind, str] = {"percent": 'General"%"', "count": "#,##0", "hours": "#,##0"}
DASHES = (MSO_LINE_DASH_STYLE.DASH, MSO_LINE_DASH_STYLE.ROUND_DOT)
"""Of the first reference (the province's target), and of the second (the city's)."""
REFERENCES = (MSO_THEME_COLOR.ACCENT_2, MSO_THEME_COLOR.ACCENT_5)
TEXT_SIZE, TITLE_SIZE = 11, 14
GAP_WIDTH_PERCENT = 80


def add_chart(page: Any, placed: PlacedChart, face: TypeFace) -> None:
    """Add a chart to a slide, in its place; its figures can be edited there."""
    chart = placed.chart
    data = CategoryChartData(number_format=NUMBER_FORMATS[chart.unit])
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name, series.values)
    frame = page.shapes.add_chart(TYPES[chart.kind], *(Pt(length) for length in placed.box), data)
    frame.name = chart.title
    drawn = frame.chart
    _set_texts(drawn, chart, face)
    _set_axes(drawn, chart)
    for place, series in enumerate(chart.series):
        if series.is_reference:
            _draw_reference(drawn.plots[0].series[place], place - _first_reference(chart))
        else:
            _draw_figures(drawn.plots[0].series[place], chart)
    if chart.kind == "bar":
        drawn.plots[0].gap_width = GAP_WIDTH_PERCENT
        _draw_references_as_lines(drawn, chart)


def _first_reference(chart: Chart) -> int:
    return sum(not series.is_reference for series in chart.series)


def _set_texts(drawn: Any, chart: Chart, face: TypeFace) -> None:
    drawn.font.size = Pt(TEXT_SIZE)
    name_type_face(drawn.font._element, face)  # noqa: SLF001
    drawn.has_title = True
    run = drawn.chart_title.text_frame.paragraphs[0].add_run()
    run.text = chart.title
    run.font.size, run.font.bold = Pt(TITLE_SIZE), True
    name_type_face(run.font._element, face)  # noqa: SLF001
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False


def _set_axes(drawn: Any, chart: Chart) -> None:
    values = drawn.value_axis
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = AXIS_FORMATS[chart.unit], False
    values.major_gridlines.format.line.color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
    values.format.line.fill.background()
    if chart.kind == "bar":
        values.minimum_scale = 0


def _draw_figures(series: Any, chart: Chart) -> None:
    colour = MSO_THEME_COLOR.ACCENT_1
    if chart.kind == "line":
        series.format.line.color.theme_color, series.format.line.width = colour, Pt(2.5)
        series.smooth = False
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.theme_color = colour
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.theme_color = colour
    labels = series.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = NUMBER_FORMATS[chart.unit], False
    labels.font.size = Pt(TEXT_SIZE)
    labels.position = XL_LABEL_POSITION.ABOVE if chart.kind == "line" else XL_LABEL_POSITION.OUTSIDE_END


def _draw_reference(series: Any, place: int) -> None:
    line = series.format.line
    line.color.theme_color, line.width = REFERENCES[place], Pt(1.75)
    line.dash_style = DASHES[place]
    if hasattr(series, "marker"):
        # A line of one point is seen by its marker alone.
        series.marker.style = XL_MARKER_STYLE.NONE if len(series.values) > 1 else XL_MARKER_STYLE.DASH
        series.marker.size = 12
        series.smooth = False


def _draw_references_as_lines(drawn: Any, chart: Chart) -> None:
    """Move the references of a bar chart into a line chart over the same axes, which the library cannot make itself."""
    bars = drawn.plots[0]._element  # noqa: SLF001
    references = bars.findall(qn("c:ser"))[_first_reference(chart) :]
    if not references:
        return
    lines = bars.makeelement(qn("c:lineChart"), {})
    for name, value in (("c:grouping", "standard"), ("c:varyColors", "0")):
        lines.append(lines.makeelement(qn(name), {"val": value}))
    for series in references:
        for unwanted in (qn("c:invertIfNegative"), qn("c:dLbls")):
            for found in series.findall(unwanted):
                series.remove(found)
        marker = series.makeelement(qn("c:marker"), {})
        marker.append(marker.makeelement(qn("c:symbol"), {"val": "none"}))
        series.find(qn("c:spPr")).addnext(marker)
        lines.append(series)
    lines.append(lines.makeelement(qn("c:marker"), {"val": "1"}))
    for axis in bars.findall(qn("c:axId")):
        lines.append(lines.makeelement(qn("c:axId"), {"val": axis.get("val")}))
    bars.addnext(lines)
