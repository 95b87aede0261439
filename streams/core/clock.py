"""The ticks that a partition holds back until the events that they come after are applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from streams.core.events.base import Refused
from streams.core.events.context import Tick
from streams.core.head import Offsets
from streams.core.letters import Message
from streams.core.months import MINUTE, instant_of

TICKS_LIMIT = 2_000
"""So many ticks may be held back (an even number); beyond it every second one is let go, the last one never."""


class _HeldTick(NamedTuple):
    at: int
    offset: int
    after: Offsets


class HeldTicks:
    """Ticks that wait; only the highest that may be applied counts."""

    def __init__(self, *, wall_clock: bool) -> None:
        """Say whether ticks are of the wall's clock: then one far ahead of its broker's time stamp is refused."""
        self._ticks: list[_HeldTick] = []
        self._wall_clock = wall_clock

    def hold(self, tick: Tick, message: Message, as_of: int) -> None:
        """Hold the tick in a message of the context topic until what it comes after is applied. Raises Refused.

        One that lies not after the instant `as_of` says nothing new.
        """
        at = instant_of(tick.at)
        if self._wall_clock and at > message.timestamp_ms * 1_000 + MINUTE:
            raise Refused("clock_ahead", "at", "lies more than a minute ahead of the broker's clock")
        if at <= as_of:
            return
        self._ticks.append(_HeldTick(at, message.offset, tick.after))
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
