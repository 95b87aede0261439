"""Indicators: each one's figures with numerator and denominator against both tiers, its course, outlook and months."""

from __future__ import annotations

from streams.alerting.rules.records import DENOMINATOR, NUMERATOR, RATIO
from streams.core.catalogue import INDICATORS, Indicator
from streams.core.definitions import Definitions
from streams.dashboards.boards.parts import SHARE, figures_of, months_of, outlook_of, trend_of
from streams.dashboards.queries import WINDOW, largest_by, tiers_of
from streams.dashboards.spec import TOP_WIDTH, Board, Panel, Query, Section

WINDOWS = ("month", "last_month", "7d", "24h", "1h", "5m")


def board(definitions: Definitions) -> Board:
    """Return the dashboard."""
    return Board(
        key="indicators",
        variables=("branch", "brand", "service", "window"),
        windows=WINDOWS,
        refresh="1m",
        span="now-7d",
        sections=(
            Section(key="all", panels=(_all(),)),
            *(
                Section(key=one.id, heading=one.names, panels=tuple(_of(one, tiers_of(one, definitions))))
                for one in INDICATORS
            ),
        ),
    )


def _all() -> Panel:
    return Panel(
        key="all_indicators",
        form="table",
        width=TOP_WIDTH,
        height=12,
        columns=("indicator",),
        queries=tuple(
            Query(largest_by(("indicator",), f'{series}{{window="{WINDOW}",by=""}}'), heading, unit=unit)
            for series, heading, unit in (
                (RATIO, "ratio", SHARE),
                (NUMERATOR, "numerator", ""),
                (DENOMINATOR, "denominator", ""),
            )
        ),
    )


def _of(indicator: Indicator, tiers: tuple[str, ...]) -> list[Panel]:
    return [
        figures_of(indicator, tiers, width=14),
        trend_of(indicator, tiers),
        outlook_of(indicator, tiers),
        months_of(indicator),
    ]
