"""A small town of signals for tests: quiet tickets by a seed, and bursts where a test wants them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from streams.core.detection.detector import Detector
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CellPath, Signal
from streams.core.detection.suspicion import Suspicion
from streams.core.months import DAY, HOUR, MINUTE, SECOND, Calendar

CALENDAR = Calendar("Asia/Shanghai")
MONDAY = 1_243_785_600 * SECOND
"""1 June 2009, 00:00 in Asia/Shanghai."""
BLOCKS: tuple[CellPath, ...] = tuple(
    (branch, prefix, f"{prefix}{block}")
    for branch, prefixes in {"现业": ("618", "663"), "安岳": ("512", "523"), "简阳": ("712", "765")}.items()
    for prefix in prefixes
    for block in range(8)
)


def quiet(days: int, *, seed: int = 1, a_day: int = 200, begin: int = MONDAY) -> list[Signal]:
    """Tickets all over the town, by day more than by night."""
    random = Random(seed)
    signals = []
    for number in range(days * a_day):
        leaf = random.choice(BLOCKS)
        day, hour = random.randrange(days), min(23, max(0, round(random.gauss(14, 4))))
        at = begin + day * DAY + hour * HOUR + random.randrange(HOUR)
        signals.append(signal(f"q{number}", at, leaf, random.randrange(1000)))
    return signals


def burst(
    begin: int,
    leaves: Sequence[CellPath],
    *,
    lines: int = 30,
    minutes: int = 30,
    seed: int = 2,
    first: int = 0,
    last: int = 999,
) -> list[Signal]:
    """So many lines within so many minutes, anywhere in these blocks; their last three digits lie in first to last."""
    random = Random(seed)
    return [
        signal(
            f"b{begin}-{number}",
            begin + random.randrange(minutes * MINUTE),
            random.choice(leaves),
            random.randint(first, last),
        )
        for number in range(lines)
    ]


def signal(name: str, at: int, leaf: CellPath, number: int) -> Signal:
    """One ticket of a line in a block."""
    return Signal(id=name, at=at, line=f"{leaf[-1]}{number:03}", leaves=(leaf,), symptom="无法上网")


def watch(signals: Sequence[Signal], rules: DetectionRules | None = None, until: int | None = None) -> list[Suspicion]:
    """Take all signals in their order, and then the time until `until`; return all that is told."""
    detector = Detector(CALENDAR, rules or DetectionRules())
    ordered = sorted(signals, key=lambda each: (each.at, each.id))
    told = [suspicion for each in ordered for suspicion in detector.take(each)]
    return told + (detector.advance(until) if until is not None else [])


def last_told(told: Sequence[Suspicion]) -> list[Suspicion]:
    """Each suspicion as it was told last."""
    return list({suspicion.id: suspicion for suspicion in told}.values())
