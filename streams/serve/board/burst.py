"""Reports per five minutes of the last hours, against the band of fault tickets that is usual then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streams.core.contributions.complaints import COMPLAINTS
from streams.core.contributions.detection import USUAL
from streams.core.contributions.faults import TICKETS
from streams.core.detection.rules import DetectionRules
from streams.core.documents import instant_text
from streams.core.merged import MergedTallies
from streams.core.months import DAY, HOUR, MINUTE, SLOT
from streams.core.rollups import Counts, rolled_up

SHOWN = DAY
SLOTS_AN_HOUR = HOUR // SLOT


def burst(tallies: MergedTallies) -> dict[str, Any]:
    """Return the slots of the last day, oldest first; the last one still fills."""
    last = tallies.as_of() // SLOT
    usual = _usual_by_hour(tallies.levels())
    slots = [_slot(number, tallies, usual) for number in range(last - SHOWN // SLOT + 1, last + 1)]
    return {"slot_minutes": SLOT // MINUTE, "slots": slots}


def _usual_by_hour(levels: Counts) -> Mapping[int, float]:
    """Return hour (since 1970) → usual fault tickets of the city in it."""
    return {int(hour): thousandths / 1_000 for (hour,), thousandths in levels.get(USUAL.name, {}).items()}


def _slot(number: int, tallies: MergedTallies, usual: Mapping[int, float]) -> dict[str, Any]:
    counts, an_hour = tallies.slot(number), usual.get(number * SLOT // HOUR)
    mean = None if an_hour is None else an_hour / SLOTS_AN_HOUR
    return {
        "at": instant_text(number * SLOT),
        "fault_tickets": rolled_up(counts, TICKETS.name, ()).get((), 0),
        "complaints": rolled_up(counts, COMPLAINTS.name, ()).get((), 0),
        "mean": None if mean is None else round(mean, 2),
        "upper": None if mean is None else round(DetectionRules().band_end(mean), 2),
    }
