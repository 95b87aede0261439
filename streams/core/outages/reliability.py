"""The reliability figures of IEEE 1366: how often and for how long the average user is out, and which days are major.

They are made of net users and times (`streams.core.outages.impact.Totals`) and of the lines in service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import exp, log
from statistics import fmean, stdev

import msgspec

from streams.core.months import MINUTE
from streams.core.outages.impact import Totals

FIVE_YEARS_DAYS = 1_826
"""Days in the five years of data before which no day is called major."""
BETAS = 2.5
"""A day is major whose ln SAIDI lies so many standard deviations above the mean."""


class Reliability(msgspec.Struct, frozen=True, kw_only=True):
    """SAIFI: interruptions per user served. SAIDI: minutes out per user served. CAIDI: minutes per interruption.

    The first two are None where nobody knows how many users are served, the last where there was no interruption.
    """

    saifi: Fraction | None
    saidi_minutes: Fraction | None
    caidi_minutes: Fraction | None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A period's reliability with all of its days, and without the major ones, which are named."""

    with_major_days: Reliability
    without_major_days: Reliability
    major_days: tuple[str, ...]


def reliability(totals: Totals, served: int | None) -> Reliability:
    """Return the figures for `served` users in service."""
    return Reliability(
        saifi=Fraction(totals.users, served) if served else None,
        saidi_minutes=Fraction(totals.user_microseconds, MINUTE * served) if served else None,
        caidi_minutes=Fraction(totals.user_microseconds, MINUTE * totals.users) if totals.users else None,
    )


def threshold(daily_saidi_minutes: Sequence[Fraction]) -> float | None:
    """Return T_MED = exp(α + 2.5 β) in minutes, from the SAIDI of each day of the five years before.

    α and β are mean and standard deviation of ln SAIDI over the days that have any. None before there are five years of
    days, and where fewer than two have any.
    """
    logarithms = [log(saidi) for saidi in daily_saidi_minutes if saidi > 0]
    if len(daily_saidi_minutes) < FIVE_YEARS_DAYS or len(logarithms) < 2:
        return None
    return exp(fmean(logarithms) + BETAS * stdev(logarithms))


def split(days: Mapping[str, Totals], served: int, t_med_minutes: float | None) -> Split:
    """Return the reliability of a period, given by its days, with and without those whose SAIDI is above T_MED."""
    major = tuple(day for day, totals in days.items() if _is_major(totals, served, t_med_minutes))
    rest = [totals for day, totals in days.items() if day not in major]
    return Split(
        with_major_days=reliability(sum(days.values(), Totals()), served),
        without_major_days=reliability(sum(rest, Totals()), served),
        major_days=major,
    )


def _is_major(totals: Totals, served: int, t_med_minutes: float | None) -> bool:
    saidi_minutes = reliability(totals, served).saidi_minutes
    return t_med_minutes is not None and saidi_minutes is not None and saidi_minutes > t_med_minutes
