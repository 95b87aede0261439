"""Puts panels on Grafana's grid from left to right, line under line, as the SDK's own way lets lines overlap."""

from __future__ import annotations

from collections.abc import Iterable

from grafana_foundation_sdk.models.dashboard import GridPos, Panel, RowPanel

from streams.dashboards.spec import TOP_WIDTH


def lay_out(panels: Iterable[Panel | RowPanel]) -> None:
    """Place panels in their order: a line ends where the next panel has no room, or at a heading."""
    left = top = tallest = 0
    for panel in panels:
        is_heading = isinstance(panel, RowPanel)
        width, height = (TOP_WIDTH, 1) if is_heading or panel.grid_pos is None else (panel.grid_pos.w, panel.grid_pos.h)
        if left + width > TOP_WIDTH:
            left, top, tallest = 0, top + tallest, 0
        panel.grid_pos = GridPos(h=height, w=width, x=left, y=top)
        left, tallest = left + width, max(tallest, height)
