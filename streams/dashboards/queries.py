"""PromQL that several dashboards have in common: figures of the catalogue, filtered by what is chosen at the top."""

from __future__ import annotations

from collections.abc import Sequence

from streams.alerting.rules.records import (
    BAD_EVENTS,
    BUDGET,
    DENOMINATOR,
    GONE,
    LEFT,
    NOW,
    NUMERATOR,
    RATIO,
    TARGET_IN_FORCE,
    newest,
)
from streams.alerting.rules.thresholds import RECENT, RECENT_SECONDS, SMALLEST_SAMPLE, grows_with_month
from streams.core.catalogue import INDICATORS, Count, Indicator, Level
from streams.core.definitions import Definitions
from streams.core.targets import TIERS

CHOSEN = {"branch": "$branch", "brand": "$brand", "service": "$service"}
"""Label → the variable at the top of a dashboard that filters it."""
WINDOW = "$window"


def selector(labels: Sequence[str] = (), **fixed: str) -> str:
    """Return matchers: labels with a fixed value, and those that follow what is chosen; totals always stay."""
    matchers = [f'{name}="{value}"' for name, value in fixed.items()]
    matchers += [f'{label}=~"{CHOSEN[label]}|"' for label in labels if label in CHOSEN]
    return f"{{{','.join(matchers)}}}"


def or_nothing(expression: str) -> str:
    """Return an expression that is 0 where there is no series, but only while figures are shown at all."""
    return f"{expression} or 0 * {NOW}"


def counted(entry: Count, window: str, by: tuple[str, ...] = (), chosen: Sequence[str] = ()) -> str:
    """Return what is counted of an entry in a window, by one of its roll-ups."""
    matchers = selector(chosen, window=window, by=",".join(by))
    return newest(f"streams_{entry.id}{matchers}")


def level(entry: Level, by: tuple[str, ...] = (), chosen: Sequence[str] = ()) -> str:
    """Return how many there are now of an entry, by one of its roll-ups."""
    return newest(f"streams_{entry.id}{selector(chosen, by=','.join(by))}")


def figure(series: str, indicator: Indicator, window: str, by: str | None = None, chosen: Sequence[str] = ()) -> str:
    """Return one of the recorded series of an indicator; all roll-ups of it where `by` is not given."""
    fixed = {"indicator": indicator.id, "window": window} | ({} if by is None else {"by": by})
    return f"{series}{selector(chosen, **fixed)}"


def target(indicator: Indicator, tier: str, chosen: Sequence[str] = ()) -> str:
    """Return the targets of a tier in force for an indicator's figures."""
    return f"{TARGET_IN_FORCE}{selector(chosen, indicator=indicator.id, tier=tier)}"


def margin(indicator: Indicator, tier: str, window: str, chosen: Sequence[str] = ()) -> str:
    """Return by how much figures keep a tier's target, as a share; below 0 it is missed."""
    ratio, aim = figure(RATIO, indicator, window, chosen=chosen), target(indicator, tier, chosen)
    if indicator.better == "higher":
        return f"{ratio} - ignoring (window, tier) {aim}"
    return f"{aim} - ignoring (window, tier) {ratio}"


def budget_left(indicator: Indicator, tier: str, chosen: Sequence[str] = ()) -> str:
    """Return how many bad events a month may still have by a tier's target, at the pace so far."""
    allowed = f"{BUDGET}{selector(chosen, indicator=indicator.id, tier=tier)}"
    return f"{allowed} - ignoring (window, tier) {figure(BAD_EVENTS, indicator, 'month', chosen=chosen)}"


def forecast(indicator: Indicator, chosen: Sequence[str] = ()) -> str:
    """Return the ratio that the month will end with, as alerts foresee it.

    One that grows with the month grows on; else the rest of the month is as the last seven days were; without a window
    of seven days, as the month so far.
    """
    ratio = figure(RATIO, indicator, "month", chosen=chosen)
    if grows_with_month(indicator):
        return f"{ratio} * scalar(({GONE} + {LEFT}) / {GONE})"
    if RECENT not in indicator.windows:
        return ratio
    numerator, denominator = (_at_recent_pace(series, indicator, chosen) for series in (NUMERATOR, DENOMINATOR))
    return f"({numerator}) / ({denominator} > 0)"


def _at_recent_pace(series: str, indicator: Indicator, chosen: Sequence[str]) -> str:
    month, week = (figure(series, indicator, window, chosen=chosen) for window in ("month", RECENT))
    return f"{month} + ignoring (window) {week} * scalar({LEFT} / {RECENT_SECONDS})"


def tiers_of(indicator: Indicator, definitions: Definitions) -> tuple[str, ...]:
    """Return the tiers that have a target for an indicator at some time: of the others there is nothing to show."""
    with_target = {one.tier for one in definitions.targets if one.indicator == indicator.id}
    return tuple(tier for tier in TIERS if tier in with_target)


def missed(tier: str) -> str:
    """Return the ratios of this month that miss a tier's target; those of too few events are left out, as in alerts."""
    parts = []
    for better, side in (("higher", "<"), ("lower", ">")):
        which = "|".join(indicator.id for indicator in INDICATORS if indicator.better == better)
        ratio = f'{RATIO}{{indicator=~"{which}",window="month"}}'
        aim = f'{TARGET_IN_FORCE}{{indicator=~"{which}",tier="{tier}"}}'
        parts.append(f"{ratio} {side} ignoring (window, tier) {aim}")
    enough = f'{DENOMINATOR}{{window="month"}} >= {SMALLEST_SAMPLE}'
    return f"(({parts[0]}) or ({parts[1]})) and ignoring (window, tier) ({enough})"


def largest_by(labels: Sequence[str], expression: str) -> str:
    """Return an expression with these labels alone; each series stays one of its own."""
    return f"max by ({', '.join(labels)}) ({expression})"
