"""Series as serve and workers show them, in promtool's notation: name and labels → values over time."""

from __future__ import annotations

from collections.abc import Mapping

from streams.core.catalogue import INDICATORS

Series = dict[str, str]

DAY = 86_400
MONTH_DAYS = 31
STEADY = "x130"
"""Repeats a value by the minute for longer than cases last, but for those that look back over days."""


def series(name: str, value: float | str, **labels: str) -> Series:
    """Return one series: a value that stays, or values in promtool's own notation."""
    inner = ",".join(f'{label.rstrip("_")}="{content}"' for label, content in labels.items())
    return {f"{name}{{{inner}}}": value if isinstance(value, str) else f"{value}{STEADY}"}


def month(gone_days: float) -> Series:
    """Return the data's clock, so many days into a month of 31."""
    return (
        series("streams_data_timestamp_seconds", gone_days * DAY)
        | series("streams_month_start_timestamp_seconds", 0)
        | series("streams_month_end_timestamp_seconds", MONTH_DAYS * DAY)
    )


def figure(
    indicator: str,
    numerator: float | str,
    denominator: float | str,
    labels: Mapping[str, str],
    window: str = "month",
) -> Series:
    """Return a figure of an indicator by the labels given."""
    entry = next(one for one in INDICATORS if one.id == indicator)
    by = next(",".join(roll_up) for roll_up in entry.roll_ups if set(roll_up) == set(labels))
    named = {"indicator": indicator, "window": window, "by": by, **labels}
    return series("streams_indicator_numerator", numerator, **named) | series(
        "streams_indicator_denominator", denominator, **named
    )


def target(indicator: str, tier: str, ratio: float, labels: Mapping[str, str]) -> Series:
    """Return a target in force."""
    return series("streams_indicator_target_ratio", ratio, indicator=indicator, tier=tier, **labels)
