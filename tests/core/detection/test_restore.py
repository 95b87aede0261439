"""A detector that was stopped and restored goes on exactly as if it had never stopped."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.detection.detector import Detector
from streams.core.detection.rules import DetectionRules
from streams.core.months import DAY, HOUR, MINUTE
from tests.core.detection.town import BLOCKS, CALENDAR, MONDAY, burst, quiet

_NOON = MONDAY + 3 * DAY + 12 * HOUR
_EXCHANGE = [block for block in BLOCKS if block[1] == "663"]
SIGNALS = sorted(
    [
        *quiet(5, a_day=150),
        *burst(_NOON, _EXCHANGE, lines=80, minutes=60),
        *burst(_NOON + 6 * HOUR, BLOCKS, lines=300, minutes=60),
        *burst(_NOON + DAY, [BLOCKS[1]], lines=60, first=100, last=227),
    ],
    key=lambda each: (each.at, each.id),
)


def _whole() -> tuple[list[object], dict[str, bytes]]:
    detector = Detector(CALENDAR, DetectionRules())
    told: list[object] = [suspicion for each in SIGNALS for suspicion in detector.take(each)]
    return told + list(detector.advance(MONDAY + 6 * DAY)), detector.state()


WHOLE, RECORDS = _whole()


def test_the_story_has_suspicions_of_all_kinds() -> None:
    """The signals that the cuts fall into raise outages and a wave, and close them."""
    assert {(each.kind, each.state) for each in WHOLE} >= {("outage", "open"), ("outage", "closed"), ("wave", "closed")}


@settings(max_examples=12, deadline=None)
@given(cuts=st.sets(st.integers(0, len(SIGNALS)), max_size=12))
def test_cuts_anywhere_change_nothing(cuts: set[int]) -> None:
    """Only the changed records of each stop are kept; what is told after restores from them is the same to the byte."""
    detector = Detector(CALENDAR, DetectionRules())
    kept: dict[str, bytes] = {}
    told: list[object] = []
    for place, each in enumerate(SIGNALS):
        if place in cuts:
            kept |= detector.state()
            detector = Detector.restored(CALENDAR, DetectionRules(), kept)
        told += detector.take(each)
    told += detector.advance(MONDAY + 6 * DAY)
    assert told == WHOLE
    kept |= detector.state()
    assert {name: record for name, record in kept.items() if record} == {
        name: record for name, record in RECORDS.items() if record
    }


def test_asking_and_ticking_change_nothing() -> None:
    """Panels may ask for the usual band, and ticks may come, at any time: the suspicions are the same."""
    detector = Detector(CALENDAR, DetectionRules())
    told: list[object] = []
    for before, each in zip([SIGNALS[0], *SIGNALS], SIGNALS, strict=False):
        detector.expected((), before.at)
        told += detector.advance(before.at + (each.at - before.at) // 2)
        told += detector.advance(each.at - (each.at - before.at) // 4 - MINUTE)
        told += detector.take(each)
    told += detector.advance(MONDAY + 6 * DAY)
    assert told == WHOLE
