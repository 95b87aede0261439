"""Evidence of a burst in one cell: a log-likelihood CUSUM, moved by every ticket and by the time between tickets.

Against the lines an hour that are `reckoned` with stands a burst of `ratio` times as many. Evidence rises by ln(ratio)
at a line's report and falls by reckoned x (ratio - 1) an hour, never below 0; both are divided by the dispersion,
because tickets come in clusters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log, sqrt

from streams.core.detection.rules import DetectionRules
from streams.core.months import HOUR


def busy(usual: float, rules: DetectionRules) -> float:
    """Return what is no burst yet where `usual` lines an hour are expected: a busy hour of a busy day."""
    return usual * (1 + rules.busy_share) + rules.busy_deviations * sqrt(rules.dispersion * usual)


def reckoned(usual: float, rules: DetectionRules) -> float:
    """Return what is reckoned with where `usual` lines an hour are expected."""
    return max(busy(usual, rules), rules.smallest_rate)


def ratio(usual: float, rules: DetectionRules) -> float:
    """Return how many times as many lines are looked for as are reckoned with."""
    return max(rules.smallest_ratio, 1 + rules.smallest_excess / reckoned(usual, rules))


def after_silence(evidence: float, duration: int, usual: float, rules: DetectionRules) -> float:
    """Return the evidence after `duration` (µs) without a report."""
    fall = reckoned(usual, rules) * (ratio(usual, rules) - 1) * duration / HOUR / rules.dispersion
    return max(0.0, evidence - fall)


def after_report(evidence: float, usual: float, rules: DetectionRules) -> float:
    """Return the evidence after one more line has reported."""
    return evidence + log(ratio(usual, rules)) / rules.dispersion


def evidence_of(reports: Iterable[int], until: int, usual: Callable[[int], float], rules: DetectionRules) -> float:
    """Return the evidence at `until` of reports at these instants, in their order; `usual` tells it for an instant."""
    evidence, before = 0.0, 0
    for at in reports:
        expected = usual(at)
        evidence = after_report(after_silence(evidence, at - before, expected, rules), expected, rules)
        before = at
    return after_silence(evidence, until - before, usual(until), rules)
