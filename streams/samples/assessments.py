"""The province's assessments of the sample: ranks and scores of the printed report's chapter 3.1, and June's ranks."""

from random import Random
from typing import Any, NamedTuple

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, Month
from streams.samples.courses import Course, Fields, known, told
from streams.samples.period import JULY, JUNE, PERIOD, chance

TOPIC = "assessments"

OVERALL = "综合"
PROBLEM_SOLVING = "问题解决"
COMPLAINT_HANDLING = "投诉处理"
COMPLAINT_TIMELINESS = "投诉处理及时率"

_PREVIOUS_PERIOD = "2009-06"
_SOURCE = "province"


class _Assessment(NamedTuple):
    subject: str
    item: str
    rank: int | None = None
    rank_change: int | None = None
    score: str | None = None
    target: int | None = None


def courses() -> list[Course]:
    """Return what the province tells of June early in July, and of July early in August."""
    random = chance("assessments")
    july = _july()
    june = [
        _Assessment(subject=a.subject, item=a.item, rank=a.rank + a.rank_change)
        for a in july
        if a.rank is not None and a.rank_change is not None
    ]
    result = [_course(_PREVIOUS_PERIOD, JUNE, number, a, random) for number, a in enumerate(june, start=1)]
    result += [_course(PERIOD, JULY, number, a, random) for number, a in enumerate(july, start=1)]
    for revision in result[-1][1:]:
        revision.key = str(revision.fields["subject"])
    return result


def _july() -> list[_Assessment]:
    table: dict[str, dict[str, Any]] = printed.report()["contact_points"]
    hotline = table["hotline"]
    name = str(printed.report()["hotline"])
    (hall,) = (place for place in table if place != "hotline")
    score = str(hotline["complaint_timeliness_pct"])
    return [
        _Assessment(name, OVERALL, hotline["rank_in_province"], hotline["better_by"]),
        _Assessment(name, PROBLEM_SOLVING, hotline["problem_solving_rank"]),
        _Assessment(name, COMPLAINT_HANDLING, hotline["complaint_handling_rank"]),
        _Assessment(name, COMPLAINT_TIMELINESS, score=score, target=hotline["target_pct"]),
        _Assessment(hall, OVERALL, table[hall]["rank_in_province"], -table[hall]["worse_by"]),
    ]


def _course(period: str, month: Month, number: int, assessment: _Assessment, random: Random) -> Course:
    """Return one assessment's course: published in the first days after its month, and corrected once."""
    key = f"A{period}-{number}"
    opening: Fields = {"id": key, "revision": 0, "updated_at": "", "source": _SOURCE, "month": period}
    right = known(assessment._asdict())
    wrong: Fields = {"rank": assessment.rank + 1} if assessment.rank else {"score": "92.84"}
    published = month.end + DAY + 9 * HOUR + random.randrange(8 * 60) * MINUTE
    corrected = published + random.randrange(2, 10) * MINUTE
    return told(opening | right, [(published, wrong), (corrected, right)], key)
