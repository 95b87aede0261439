"""Recording rules: what alerts and panels ask for, first the max over the replicas of serve, then Σ / Σ.

Names are level:metric:operations. A *figure* is one value of an indicator: a window and a roll-up of its labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from streams.alerting.rules.figures import Judged, judged
from streams.alerting.rules.wording import UNKNOWN_BRANCH
from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Definitions
from streams.core.targets import TIERS

Rule = dict[str, Any]

NUMERATOR = "figure:streams_indicator_numerator:max"
DENOMINATOR = "figure:streams_indicator_denominator:max"
RATIO = "figure:streams_indicator:ratio"
TARGET = "city:streams_indicator_target_ratio:max"
TARGET_IN_FORCE = "figure:streams_indicator_target_ratio:in_force"
"""The target that judges a figure; it has the figure's labels and `tier`, and no window."""
BAD_EVENTS = "figure:streams_indicator_bad_events:max"
"""What counts against an indicator: the numerator where lower is better, else what it lacks of the denominator."""
ALLOWED = "figure:streams_indicator_allowed_ratio:in_force"
"""Which share of the denominator may be bad."""
SPARE = "figure:streams_indicator_spare_events:month"
"""How many more of the month's events so far might be bad with the target still met."""
EXCESS = "figure:streams_indicator_excess_events:7d"
"""How many more events of the last seven days were bad than the target allows of so many."""
BUDGET = "figure:streams_indicator_budget_events:month"
"""How many bad events the whole month may have, its total expected from the pace so far."""

NOW = "city:streams_data_timestamp_seconds:max"
GONE = "city:streams_month_gone_seconds:max"
LEFT = "city:streams_month_left_seconds:max"

OUTAGE_USERS = "outage:streams_active_outage_users:max"
OUTAGE_USER_SECONDS = "outage:streams_active_outage_user_seconds:max"
OUTAGE_REPORTS = "outage:streams_active_outage_reports:max"
SUSPECTED_REPORTS = "suspicion:streams_suspected_outage_reports:max"
DUTY_RATIO = "branch:streams_outage_duty_ratio:max"

PLAIN = {
    NUMERATOR: "streams_indicator_numerator",
    DENOMINATOR: "streams_indicator_denominator",
    TARGET: "streams_indicator_target_ratio",
    NOW: "streams_data_timestamp_seconds",
    OUTAGE_USERS: "streams_active_outage_users",
    OUTAGE_USER_SECONDS: "streams_active_outage_user_seconds",
    OUTAGE_REPORTS: "streams_active_outage_reports",
    SUSPECTED_REPORTS: "streams_suspected_outage_reports",
    DUTY_RATIO: "streams_outage_duty_ratio",
}
"""Records that are a metric of serve, the max over its replicas."""


def newest(metric: str) -> str:
    """Return an expression for a metric of serve: replicas are equal, and one that is behind shows less."""
    return f"max without (instance, job) ({metric})"


def in_known_branch(selected: Callable[[str], str], operation: str) -> str:
    """Return an expression for a vector in which branches that are unknown are none, put together by an operation.

    `selected` gives the vector of those branches that a matcher chooses.
    """
    known, unknown = selected(f'branch!~"{UNKNOWN_BRANCH}"'), selected(f'branch=~"{UNKNOWN_BRANCH}"')
    return f"{known} or {operation} without (branch) ({unknown})"


def records(definitions: Definitions) -> list[Rule]:
    """Return the recording rules, each below those that it uses."""
    figures = judged(definitions)
    return [
        *({"record": name, "expr": newest(metric)} for name, metric in PLAIN.items()),
        {"record": GONE, "expr": f"{NOW} - {newest('streams_month_start_timestamp_seconds')}"},
        {"record": LEFT, "expr": f"{newest('streams_month_end_timestamp_seconds')} - {NOW}"},
        {"record": RATIO, "expr": f"{NUMERATOR} / ({DENOMINATOR} > 0)"},
        *(_target_in_force(*place) for place in product(figures, TIERS) if place[1] in place[0].tiers),
        *_of_bad_events(figures),
    ]


def _target_in_force(figure: Judged, tier: str) -> Rule:
    """Return the target of one tier for a figure: of those that fit, the one with the most labels goes first."""
    chosen = f'indicator="{figure.indicator.id}",window="month",by="{figure.by}",branch!~"{UNKNOWN_BRANCH}"'
    targets = (
        f"{DENOMINATOR}{{{chosen}}} * 0\n  + on ({', '.join(('indicator', *labels))}) group_left (tier)\n"
        f"  {TARGET}{{{_exactly(figure.indicator, labels, tier)}}}"
        for labels in figure.targets[tier]
    )
    return {
        "record": TARGET_IN_FORCE,
        "expr": "sum without (window) (\n  " + "\n  or\n  ".join(targets) + "\n)",
        # The series have them anyway; promtool wants to see that two rules do not make the same series.
        "labels": {"indicator": figure.indicator.id, "tier": tier, "by": figure.by},
    }


def _exactly(indicator: Indicator, labels: tuple[str, ...], tier: str) -> str:
    fixed = (f'{label}{"!=" if label in labels else "="}""' for label in indicator.labels)
    return ",".join((f'indicator="{indicator.id}"', f'tier="{tier}"', *fixed))


def _of_bad_events(figures: list[Judged]) -> Iterator[Rule]:
    lower, higher = (
        "|".join(dict.fromkeys(figure.indicator.id for figure in figures if figure.indicator.better == better))
        for better in ("lower", "higher")
    )
    lower, higher = f'{{indicator=~"{lower}"}}', f'{{indicator=~"{higher}"}}'
    yield {"record": BAD_EVENTS, "expr": f"{NUMERATOR}{lower}\nor\n{DENOMINATOR}{higher} - {NUMERATOR}{higher}"}
    yield {"record": ALLOWED, "expr": f"{TARGET_IN_FORCE}{lower}\nor\n1 - {TARGET_IN_FORCE}{higher}"}
    month, week = '{window="month"}', '{window="7d"}'
    allowed_so_far = f"{ALLOWED} * ignoring (tier, window) group_left () {DENOMINATOR}{month}"
    allowed_of_week = f"{ALLOWED} * ignoring (tier, window) group_left () {DENOMINATOR}{week}"
    bad_of_week = f"({ALLOWED} * 0 + ignoring (tier, window) group_left () {BAD_EVENTS}{week})"
    yield {
        "record": SPARE,
        "expr": f"{allowed_so_far}\n  - ignoring (tier, window) group_left () {BAD_EVENTS}{month}",
    }
    yield {"record": EXCESS, "expr": f"{bad_of_week}\n  - {allowed_of_week}"}
    yield {"record": BUDGET, "expr": f"({allowed_so_far})\n  * scalar(({GONE} + {LEFT}) / ({GONE} > 0))"}
