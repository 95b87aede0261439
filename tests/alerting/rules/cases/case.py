"""What a case is: what serve and workers show, and which alerts of one name fire then."""

from __future__ import annotations

from typing import NamedTuple

from tests.alerting.rules.series import Series

Labels = dict[str, str]


class Case(NamedTuple):
    """What is shown, and the alerts of one name that fire `at` then, by the labels that are looked at."""

    alert: str
    says: str
    shown: Series
    fires: tuple[Labels, ...] = ()
    at: str = "70m"
    step: str = "1m"
    """The time between two values of what is shown."""
    every: str = "5m"
    """How often rules are evaluated: where it can be, seldom, since it takes its time."""
