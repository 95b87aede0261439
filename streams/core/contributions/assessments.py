"""What the province's monthly assessments contribute, on the month's first day: ranks, places won, scores, targets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from streams.core.contributions.chapter import Chapter
from streams.core.contributions.measures import Labels, Measure, Weights, weighed
from streams.core.events.assessment import Assessment, hundredths
from streams.core.months import SLOT

ITEM: Labels = ("subject", "item")
"""What every assessment is counted by: the unit assessed, and in what."""


def _measure(name: str, weigh: Callable[[Assessment], int]) -> Measure:
    return Measure(name=name, topic=Assessment.topic, labels=ITEM, grain="day", weigh=weigh)


def _in_hundredths(number: Decimal | None) -> int:
    return 0 if number is None else hundredths(number)


ASSESSMENTS = _measure("assessments", lambda _: 1)
RANK = _measure("assessment_rank", lambda assessment: assessment.rank or 0)
RANK_CHANGE = _measure("assessment_rank_change", lambda assessment: assessment.rank_change or 0)
SCORE = _measure("assessment_score_hundredths", lambda assessment: _in_hundredths(assessment.score))
TARGET = _measure("assessment_target_hundredths", lambda assessment: _in_hundredths(assessment.target))


class AssessmentChapter(Chapter):
    """The contributions of assessments: sums over those of one unit and item, of which a month should have one."""

    topic = Assessment.topic
    measures = (ASSESSMENTS, RANK, RANK_CHANGE, SCORE, TARGET)

    def of_fact(self, assessment: Assessment, now: int) -> Weights:
        """Return what one assessment contributes; time changes nothing about it."""
        labels = (assessment.subject, assessment.item)
        cells = [(measure, (measure.name, labels)) for measure in self.measures]
        return weighed(cells, assessment, self._calendar.month_start(assessment.month) // SLOT)
