"""Charts of the HTML page, as SVG in the page's own colours; targets are dashed lines with their names."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from streams.reports.document.model import Chart, Series
from streams.reports.document.words import Words

WIDTH, HEIGHT = 520, 260
LEFT, TOP, RIGHT, BOTTOM = 10, 24, 10, 56
DASHES = ("7 4", "2 3")
BAR_SHARE = 0.56
"""How much of its place a bar takes."""
HEADROOM = 1.15
LABEL_LETTERS = 9
LEGEND_WIDTH = 170


def svg(chart: Chart, words: Words) -> str:
    """Return a chart as a figure; its values stand in it as text, so that a reader without eyes has them too."""
    return "".join(_parts(chart, words))


def _parts(chart: Chart, words: Words) -> Iterator[str]:
    title = escape(chart.title)
    yield f"<figure><figcaption>{title}</figcaption>"
    yield f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
    yield f'<path d="M{LEFT} {_bottom()}H{WIDTH - RIGHT}" stroke="var(--line)"/>'
    for place, name in enumerate(chart.categories):
        short = name if len(name) <= LABEL_LETTERS else f"{name[: LABEL_LETTERS - 1]}…"
        yield _text(_middle(chart, place), _bottom() + 16, short, "var(--soft)")
    references = 0
    for series in chart.series:
        if series.is_reference:
            yield from _reference(chart, series, references)
            references += 1
        else:
            yield from _figures(chart, series, words)
    yield "</svg></figure>"


def _figures(chart: Chart, series: Series, words: Words) -> Iterator[str]:
    known = [(place, value) for place, value in enumerate(series.values) if value is not None]
    if chart.kind == "line":
        for _, run in groupby(enumerate(known), key=lambda one: one[1][0] - one[0]):
            # Months beside each other are joined; a gap stays one.
            points = " ".join(f"{_middle(chart, place):.1f},{_height(chart, value):.1f}" for _, (place, value) in run)
            yield f'<polyline points="{points}" fill="none" stroke="var(--house)" stroke-width="2.5"/>'
    for place, value in known:
        across, above = _middle(chart, place), _height(chart, value)
        if chart.kind == "line":
            yield f'<circle cx="{across:.1f}" cy="{above:.1f}" r="4" fill="var(--house)"/>'
        else:
            width = BAR_SHARE * _step(chart)
            yield (
                f'<rect x="{across - width / 2:.1f}" y="{above:.1f}" width="{width:.1f}" '
                f'height="{_bottom() - above:.1f}" fill="var(--house)"/>'
            )
        yield _text(across, above - 7, words.cell(value, chart.unit), "var(--ink)")


def _reference(chart: Chart, series: Series, place: int) -> Iterator[str]:
    value = next((one for one in series.values if one is not None), None)
    if value is None:
        return
    line = f'stroke="var(--reference)" stroke-width="1.8" stroke-dasharray="{DASHES[place]}"'
    yield f'<path d="M{LEFT} {_height(chart, value):.1f}H{WIDTH - RIGHT}" {line}/>'
    left, below = LEFT + place * (LEGEND_WIDTH + 40), HEIGHT - 10
    yield f'<path d="M{left} {below - 4}h30" {line}/>'
    yield _text(left + 36, below, series.name, "var(--soft)", anchor="start")


def _bottom() -> int:
    return HEIGHT - BOTTOM


def _step(chart: Chart) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, len(chart.categories))


def _middle(chart: Chart, place: int) -> float:
    return LEFT + (place + 0.5) * _step(chart)


def _height(chart: Chart, value: float) -> float:
    values = [one for series in chart.series for one in series.values if one is not None]
    highest = max((*values, 0.0)) * HEADROOM or 1.0
    return _bottom() - value / highest * (_bottom() - TOP)


def _text(across: float, above: float, text: str, colour: str, anchor: str = "middle") -> str:
    place = f'x="{across:.1f}" y="{above:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="12" fill="{colour}">{escape(text)}</text>'
