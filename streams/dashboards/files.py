"""The dashboards as files: which there are, in which folder of which language."""

from __future__ import annotations

from streams.core.definitions import Definitions
from streams.dashboards.assemble import dashboard
from streams.dashboards.boards import complaints, indicators, orders, outages, pipeline, runbook, wall
from streams.dashboards.spec import Board
from streams.dashboards.texts import LANGUAGES


def boards(definitions: Definitions, runbook_page: str) -> list[Board]:
    """Return the dashboards in the order in which they are offered; `runbook_page` is the runbook as Markdown."""
    return [
        wall.board(definitions),
        outages.board(),
        indicators.board(definitions),
        complaints.board(definitions),
        orders.board(definitions),
        pipeline.board(),
        runbook.board(runbook.sections(runbook_page)),
    ]


def files(definitions: Definitions, runbook_page: str) -> dict[str, str]:
    """Return path → text of every dashboard, the paths as they are below grafana/dashboards/."""
    return {
        f"{language}/{board.key}.json": dashboard(board, language, definitions)
        for board in boards(definitions, runbook_page)
        for language in LANGUAGES
    }
