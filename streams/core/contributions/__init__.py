"""What each chapter's facts contribute to the tallies; adding a chapter is one new file and one line in CHAPTERS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from streams.core.contributions.faults import FaultChapter
from streams.core.contributions.measures import Measure, Weights
from streams.core.definitions import Definitions
from streams.core.months import Calendar


class Chapter(Protocol):
    """The pure functions that turn one topic's facts into weights."""

    topic: str
    measures: tuple[Measure, ...]

    def of_fact(self, event: Any, now: int) -> Weights:
        """Return what one fact contributes by itself at the instant `now`."""

    def of_key(self, key: str, events: Sequence[Any], open_from: int) -> Weights:
        """Return what all facts of a key contribute together; facts before `open_from` only look back."""

    def changes(self, event: Any) -> list[int]:
        """Return the instants at which the fact's contributions change by time alone."""

    def remembered_until(self, event: Any) -> int:
        """Return the instant from which on the fact has no bearing on later months' figures."""


CHAPTERS: tuple[type[FaultChapter], ...] = (FaultChapter,)
"""One chapter for every kind of event that is counted."""

MEASURES: dict[str, Measure] = {measure.name: measure for chapter in CHAPTERS for measure in chapter.measures}
"""name → measure, over all chapters."""


def chapters_for(definitions: Definitions) -> dict[str, Chapter]:
    """Return topic → chapter, under the given definitions."""
    calendar = Calendar(definitions.timezone)
    return {chapter.topic: chapter(definitions, calendar) for chapter in CHAPTERS}
