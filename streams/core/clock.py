"""The ticks that a partition holds back until the events that they come after are applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from streams.core.head import Offsets

TICKS_LIMIT = 2_000
"""So many ticks may be held back (an even number); beyond it every second one is let go, the last one never."""


class _HeldTick(NamedTuple):
    at: int
    offset: int
    after: Offsets


class HeldTicks:
    """Ticks that wait; only the highest that may be applied counts."""

    def __init__(self) -> None:
        self._ticks: list[_HeldTick] = []

    def hold(self, at: int, offset: int, after: Offsets) -> None:
        """Hold the tick `at` an instant, read at `offset` of the context topic, until `after` is applied."""
        self._ticks.append(_HeldTick(at, offset, after))
        if len(self._ticks) > TICKS_LIMIT:
            self._ticks = sorted(self._ticks)[::2]

    def take(self, positions: Mapping[str, int]) -> int | None:
        """Return the highest tick whose events are all applied, and let go of it and of all before it.

        A topic that `positions` does not know holds no tick back.
        """
        ready = [
            tick.at
            for tick in self._ticks
            if all(positions.get(topic, offset) >= offset for topic, offset in tick.after.items())
        ]
        if not ready:
            return None
        highest = max(ready)
        self._ticks = [tick for tick in self._ticks if tick.at > highest]
        return highest

    def first_offset(self, position: int) -> int:
        """Return the lowest offset of a tick that is held, `position` when none is."""
        return min((tick.offset for tick in self._ticks), default=position)
