"""Runbook: deploy/runbook.md, a panel for each of its headings, so that links from panels and alerts lead there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from streams.dashboards.spec import Board, Page, Section

_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_LINES_A_UNIT = 1.6
"""Grafana's unit of height shows so many lines of text."""
_LEAST_HEIGHT = 4


def sections(page: str) -> Mapping[str, str]:
    """Return heading → Markdown below it, of the headings of the second and third level."""
    parts = _HEADING.split(page)[1:]
    return {heading: text.strip() for heading, text in zip(parts[::2], parts[1::2], strict=True) if text.strip()}


def anchor(heading: str) -> str:
    """Return what links call a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def board(texts: Mapping[str, str]) -> Board:
    """Return the dashboard."""
    pages = tuple(
        Page(key=anchor(heading), title=heading, content=text, height=_height(text)) for heading, text in texts.items()
    )
    return Board(key="runbook", sections=(Section(key="runbook", panels=pages),), refresh="", span="now-6h")


def _height(text: str) -> int:
    return max(_LEAST_HEIGHT, round(text.count("\n") / _LINES_A_UNIT) + 3)
