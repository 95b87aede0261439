"""Panels that every entry of the catalogue can have: an indicator's figures and trend, counts by label, levels."""

from __future__ import annotations

from collections.abc import Iterable

from streams.alerting.rules.records import DENOMINATOR, NUMERATOR, RATIO
from streams.core.catalogue import Count, Indicator, Level
from streams.core.catalogue.indicator import Text
from streams.dashboards.queries import (
    WINDOW,
    budget_left,
    counted,
    figure,
    forecast,
    largest_by,
    level,
    margin,
    target,
)
from streams.dashboards.spec import ALARM, CALM, Panel, Query, Steps
from streams.dashboards.texts import TEXTS

SHARE = "percentunit"
BELOW_IS_MISSED: Steps = ((-1, ALARM), (0, CALM))
"""What is below 0 is red."""


def figures_of(indicator: Indicator, tiers: Iterable[str], key: str = "", width: int = 12) -> Panel:
    """Return the table of an indicator's figures, all roll-ups, each against the tiers that have a target for it."""
    labels, chosen = indicator.labels, indicator.labels
    queries = [
        Query(figure(RATIO, indicator, WINDOW, chosen=chosen), "ratio", unit=SHARE),
        Query(figure(NUMERATOR, indicator, WINDOW, chosen=chosen), "numerator"),
        Query(figure(DENOMINATOR, indicator, WINDOW, chosen=chosen), "denominator"),
    ]
    for tier in tiers:
        queries.append(Query(target(indicator, tier, chosen), f"target_{tier}", unit=SHARE))
        kept = margin(indicator, tier, WINDOW, chosen)
        queries.append(Query(kept, f"margin_{tier}", unit=SHARE, steps=BELOW_IS_MISSED))
    return Panel(
        key=key or indicator.id,
        form="table",
        text="figures",
        words=_words(indicator),
        width=width,
        height=9,
        columns=labels,
        queries=tuple(query._replace(expr=largest_by(labels, query.expr)) for query in queries),
        runbook=indicator.id,
    )


def trend_of(indicator: Indicator, tiers: Iterable[str]) -> Panel:
    """Return how an indicator goes, in all and by branch, with its targets."""
    queries = [
        Query(figure(RATIO, indicator, WINDOW, ""), "whole_city"),
        Query(figure(RATIO, indicator, WINDOW, "branch", ("branch",)), labels=("branch",)),
    ]
    parts = tuple(label for label in indicator.labels if label not in ("branch", "caller"))
    for tier in tiers:
        aim = f"max by ({', '.join(parts or ('indicator',))}) ({target(indicator, tier, indicator.labels)})"
        queries.append(Query(aim, f"target_{tier}", parts))
    return Panel(
        key=f"{indicator.id}_trend",
        form="series",
        text="trend",
        words=_words(indicator),
        width=10,
        height=9,
        unit=SHARE,
        queries=tuple(queries),
        runbook=indicator.id,
    )


def outlook_of(indicator: Indicator, tiers: Iterable[str]) -> Panel:
    """Return what the month will come to, and what the targets leave of bad events, for each judged figure."""
    chosen = indicator.labels
    queries = [Query(forecast(indicator, chosen), "forecast", unit=SHARE)]
    for tier in tiers:
        left = budget_left(indicator, tier, chosen)
        queries.append(Query(left, f"budget_{tier}", steps=((-1e9, ALARM), (0, CALM))))
    queries.append(Query(figure(RATIO, indicator, "last_month", chosen=chosen), "last_month", unit=SHARE))
    return Panel(
        key=f"{indicator.id}_outlook",
        form="table",
        text="outlook",
        words=_words(indicator),
        width=14,
        height=9,
        decimals=1,
        columns=indicator.labels,
        queries=tuple(query._replace(expr=largest_by(indicator.labels, query.expr)) for query in queries),
        runbook=indicator.id,
    )


def months_of(indicator: Indicator) -> Panel:
    """Return the ratios of whole months, one bar each: what was the last month at the time."""
    return Panel(
        key=f"{indicator.id}_months",
        form="series",
        text="months",
        words=_words(indicator),
        width=10,
        height=9,
        unit=SHARE,
        queries=(
            Query(figure(RATIO, indicator, "last_month", ""), "last_month"),
            Query(figure(RATIO, indicator, "month", ""), "this_month"),
        ),
        runbook=indicator.id,
    )


def count_by(entry: Count, label: str, *, width: int = 12, key: str = "", runbook: str = "") -> Panel:
    """Return how many of an entry there were in the chosen window, by a label."""
    return Panel(
        key=key or f"{entry.id}_by_{label}",
        form="bars",
        text="count_by",
        words={"name": entry.names, "label": _label(label)},
        width=width,
        queries=(Query(f"sort_desc({counted(entry, WINDOW, (label,), (label,))} > 0)", labels=(label,)),),
        runbook=runbook,
    )


def course_of(entry: Count, window: str, *, width: int = 12, runbook: str = "") -> Panel:
    """Return how a count goes over time, by branch, in windows of one length."""
    return Panel(
        key=f"{entry.id}_course",
        form="series",
        text=f"course_{window}",
        words={"name": entry.names},
        width=width,
        queries=(
            Query(counted(entry, window), "whole_city"),
            Query(counted(entry, window, ("branch",), ("branch",)), labels=("branch",)),
        ),
        runbook=runbook,
    )


def months_by(entry: Count, labels: tuple[str, ...], *, unit: str = "short", divisor: int = 1) -> Panel:
    """Return a count of this month and of the last one side by side, by labels."""
    per = f" / {divisor}" if divisor != 1 else ""
    return Panel(
        key=f"{entry.id}_by_{'_'.join(labels)}",
        form="table",
        text="months_by",
        words={"name": entry.names, "label": _label(labels[-1])},
        unit=unit,
        columns=labels,
        queries=tuple(
            Query(largest_by(labels, counted(entry, window, labels)) + per, heading)
            for window, heading in (("month", "this_month"), ("last_month", "last_month"))
        ),
    )


def level_by(entry: Level, label: str, *, width: int = 8, runbook: str = "") -> Panel:
    """Return how many there are now, by a label."""
    return Panel(
        key=entry.id,
        form="bars",
        text="level_by",
        words={"name": entry.names, "label": _label(label)},
        width=width,
        queries=(Query(level(entry, (label,), (label,)), labels=(label,)),),
        runbook=runbook,
    )


def _words(indicator: Indicator) -> dict[str, Text]:
    return {"name": indicator.names, "runbook": indicator.runbook}


def _label(label: str) -> Text:
    return TEXTS.words[label]
