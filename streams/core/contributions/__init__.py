"""What each chapter's facts contribute to the tallies; adding a chapter is one new file and one line in CHAPTERS."""

from __future__ import annotations

from streams.core.contributions import detection
from streams.core.contributions.assessments import AssessmentChapter
from streams.core.contributions.callbacks import CallbackChapter
from streams.core.contributions.chapter import Chapter
from streams.core.contributions.complaints import ComplaintChapter
from streams.core.contributions.faults import FaultChapter
from streams.core.contributions.measures import Measure
from streams.core.contributions.orders import OrderChapter
from streams.core.contributions.outages import OutageChapter
from streams.core.definitions import Definitions
from streams.core.months import Calendar

CHAPTERS: tuple[type[Chapter], ...] = (
    FaultChapter,
    OutageChapter,
    ComplaintChapter,
    OrderChapter,
    CallbackChapter,
    AssessmentChapter,
)
"""One chapter for every kind of event that is counted."""

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measures in (*(chapter.measures for chapter in CHAPTERS), detection.MEASURES)
    for measure in measures
}
"""name → measure, over all chapters, and of detection."""


def chapters_for(definitions: Definitions) -> dict[str, Chapter]:
    """Return topic → chapter, under the given definitions."""
    calendar = Calendar(definitions.timezone)
    return {chapter.topic: chapter(definitions, calendar) for chapter in CHAPTERS}


__all__ = ["CHAPTERS", "MEASURES", "Chapter", "Measure", "chapters_for"]
