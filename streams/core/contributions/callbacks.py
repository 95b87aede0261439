"""What call-backs contribute: calls, those reached, and for each question how many were asked it and said yes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from streams.core.contributions.chapter import Chapter
from streams.core.contributions.measures import Cell, Labels, Measure, Weights, weighed
from streams.core.definitions import NONE, Definitions
from streams.core.events.callback import Callback
from streams.core.months import SLOT, Calendar, instant_of

CALL: Labels = ("subject", "caller", "branch")
"""What every call-back is counted by."""


def _measure(name: str, weigh: Callable[[Callback], int]) -> Measure:
    return Measure(name=name, topic=Callback.topic, labels=CALL, weigh=weigh)


CALLBACKS = _measure("callbacks", lambda _: 1)
REACHED = _measure("callbacks_reached", lambda call: call.reached is True)
ASKED_TIMELY = _measure("callbacks_asked_timely", lambda call: call.timely is not None)
TIMELY = _measure("callbacks_timely", lambda call: call.timely is True)
ASKED_ATTITUDE = _measure("callbacks_asked_attitude", lambda call: call.attitude is not None)
ATTITUDE = _measure("callbacks_attitude", lambda call: call.attitude is True)
ASKED_SATISFIED = _measure("callbacks_asked_satisfied", lambda call: call.satisfied is not None)
SATISFIED = _measure("callbacks_satisfied", lambda call: call.satisfied is True)


class CallbackChapter(Chapter):
    """The contributions of call-backs."""

    topic = Callback.topic
    measures = (CALLBACKS, REACHED, ASKED_TIMELY, TIMELY, ASKED_ATTITUDE, ATTITUDE, ASKED_SATISFIED, SATISFIED)

    def __init__(self, definitions: Definitions, calendar: Calendar) -> None:
        """Take the definitions and the calendar of their time zone."""
        super().__init__(definitions, calendar)
        self._cells = lru_cache(maxsize=1_000)(_cells)

    def of_fact(self, call: Callback, now: int) -> Weights:
        """Return what one call-back contributes; time changes nothing about it."""
        labels = (call.subject, call.caller or NONE, self._dimensions.branch(call.branch, None))
        return weighed(self._cells(labels), call, instant_of(call.called_at) // SLOT)


def _cells(labels: Labels) -> tuple[tuple[Measure, Cell], ...]:
    return tuple((measure, (measure.name, labels)) for measure in CallbackChapter.measures)
