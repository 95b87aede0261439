"""What a chapter is: the pure functions that turn one topic's facts into weights, with what most of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from streams.core.contributions.dimensions import Dimensions
from streams.core.contributions.measures import Measure, Weights
from streams.core.definitions import NONE, Definitions
from streams.core.events.base import INVALID_STATUSES
from streams.core.months import NEVER, Calendar

Beside = Mapping[str, Sequence[Any]]
"""topic → the facts that another topic has under the same key."""

ALONE: Beside = {}


NOBODY: frozenset[str] = frozenset()


class OutageMeasures(NamedTuple):
    """What the facts of a topic tell of the outages that they belong to.

    reports: (outage, minute) → facts of that minute. symptoms: (outage, symptom) → facts.
    reporters: (outage,) → numbers that have such facts here, and none in the topics beside.
    """

    reports: Measure
    reporters: Measure
    symptoms: Measure | None = None


class Chapter:
    """The contributions of one topic's facts under given definitions; pure, with look-ups cached.

    `beside` names the topics whose facts under the same key `of_key` looks at too. It may look at those alone that
    happened when the month of its own fact was open, or later: earlier ones may be forgotten.
    """

    topic: ClassVar[str]
    measures: ClassVar[tuple[Measure, ...]]
    beside: ClassVar[tuple[str, ...]] = ()
    outage_measures: ClassVar[OutageMeasures | None] = None

    def __init__(self, definitions: Definitions, calendar: Calendar) -> None:
        """Take the definitions and the calendar of their time zone."""
        self._definitions, self._calendar = definitions, calendar
        self._dimensions = Dimensions(definitions)

    def counts(self, event: Any) -> bool:
        """Tell whether the fact is valid: neither cancelled nor rejected, where it has a status at all."""
        return getattr(event, "status", None) not in INVALID_STATUSES

    def of_fact(self, event: Any, now: int) -> Weights:
        """Return what one fact contributes by itself at the instant `now`."""
        raise NotImplementedError

    def of_key(
        self, key: str, events: Sequence[Any], open_from: int, beside: Beside = ALONE, apart: frozenset[str] = NOBODY
    ) -> Weights:
        """Return what all facts of a key contribute together.

        Facts before `open_from`, and those whose ids are in `apart`, contribute nothing: others may look at them.
        """
        return {}

    def is_placeholder(self, key: str) -> bool:
        """Tell whether a key stands where no subscriber is known: it is nobody."""
        return key in self._definitions.placeholders

    def symptom(self, event: Any) -> str:
        """Return what a report says is wrong, or NONE."""
        return getattr(event, "symptom", None) or NONE

    def deadline(self, event: Any) -> int:
        """Return the instant up to which what the fact asks for is in time, NEVER where there is no such instant."""
        return NEVER

    def changes(self, event: Any) -> list[int]:
        """Return the instants at which the fact's contributions change by time alone."""
        return []

    def remembered_until(self, event: Any) -> int:
        """Return the instant from which on the fact has no bearing on later months' figures."""
        return 0
