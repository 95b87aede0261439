"""The contenders on one stream: our detector, plain Poisson limits, EWMA, and river's ADWIN and Page-Hinkley.

The rivals watch each of the 300 blocks by itself, in counts of five minutes, as they are commonly used; a second alarm
of a block within an hour is the same one. Poisson and EWMA are told the block's true mean of the hour; ours learns it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import exp, sqrt

from river import drift

from bench.detection.city import BEGIN, City
from bench.detection.scoring import Alarm
from streams.core.detection.detector import Detector
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CellPath
from streams.core.detection.suspicion import Suspicion
from streams.core.months import HOUR, SLOT, Calendar

TIMEZONE = "Asia/Shanghai"
SAME_ALARM = HOUR

Block = Callable[[int, float], bool]
"""Is given a count and the mean of its five minutes, in order of time; says whether it alarms."""


def ours(city: City, rules: DetectionRules | None = None) -> list[Alarm]:
    """Return the detector's suspicions: raised when, and what they came to in the end."""
    detector = Detector(Calendar(TIMEZONE), rules or DetectionRules())
    last: dict[str, Suspicion] = {}
    for told in city.told:
        last |= {suspicion.id: suspicion for suspicion in detector.take(told.signal)}
    last |= {suspicion.id: suspicion for suspicion in detector.advance(city.end)}
    return [
        Alarm(
            at=suspicion.raised_at,
            cell=suspicion.cell,
            is_wave=suspicion.kind == "wave",
            begin=suspicion.first_report_at,
            end=suspicion.ended_at or city.end,
        )
        for suspicion in last.values()
    ]


def poisson(probability: float) -> Callable[[], Block]:
    """Alarm at a count that a Poisson variable reaches with less than `probability`."""

    def block() -> Block:
        return lambda count, mean: count > 0 and _poisson_tail(count, mean) < probability

    return block


def ewma(deviations: float, weight: float = 0.3) -> Callable[[], Block]:
    """Alarm where the weighted mean of (count - mean) / deviation passes so many of its own deviations."""

    def block() -> Block:
        state = 0.0
        limit = deviations * sqrt(weight / (2 - weight))

        def step(count: int, mean: float) -> bool:
            nonlocal state
            state += weight * ((count - mean) / sqrt(mean) - state)
            return state > limit

        return step

    return block


def adwin(delta: float) -> Callable[[], Block]:
    """Alarm where river's ADWIN sees a drift upwards."""

    def block() -> Block:
        detector = drift.ADWIN(delta=delta)

        def step(count: int, _mean: float) -> bool:
            before = detector.estimation
            detector.update(count)
            return detector.drift_detected and detector.estimation > before

        return step

    return block


def page_hinkley(threshold: float) -> Callable[[], Block]:
    """Alarm where river's Page-Hinkley test says so of an increase."""

    def block() -> Block:
        detector = drift.PageHinkley(threshold=threshold, mode="up")

        def step(count: int, _mean: float) -> bool:
            detector.update(count)
            return detector.drift_detected

        return step

    return block


def rival(city: City, block: Callable[[], Block]) -> list[Alarm]:
    """Return the alarms of a rival that watches each block by itself."""
    counts = Counter((told.signal.leaves[0], (told.signal.at - BEGIN) // SLOT) for told in city.told)
    alarms = []
    for leaf in city.leaves:
        step, quiet_until = block(), 0
        for slot, mean in enumerate(_means(city, leaf)):
            at = BEGIN + (slot + 1) * SLOT
            if step(counts.get((leaf, slot), 0), mean) and at >= quiet_until:
                alarms.append(Alarm(at=at, cell=leaf, begin=at - SLOT, end=at + SAME_ALARM))
                quiet_until = at + SAME_ALARM
    return alarms


def _means(city: City, leaf: CellPath) -> Iterator[float]:
    """Yield the mean of each five minutes in a block."""
    return (mean * SLOT / HOUR for mean in city.means[leaf] for _ in range(HOUR // SLOT))


def _poisson_tail(count: int, mean: float) -> float:
    """Return the probability of `count` or more."""
    term = exp(-mean)
    below = 0.0
    for number in range(count):
        below += term
        term *= mean / (number + 1)
    return max(0.0, 1 - below)
