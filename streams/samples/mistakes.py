"""What the ticket systems get wrong and put right again: corrections, wrong keys, changed numbers, late notes.

Each function changes the courses it is given (a course is the list of a ticket's revisions) so that the newest
revision still says the truth.
"""

from collections.abc import Iterable, Sequence
from random import Random

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, Month, instant, write_instant
from streams.samples.lifecycle import Fields, Revision
from streams.samples.numbers import NumberPlan
from streams.samples.tickets import BROADBAND, FIXED

Course = list[Revision]

_CORRECTED_COURSES = 250
_CORRECTED_ENDINGS = 60
_LATE_NOTES = 60
_WRONG_KEYS = 5
_CHANGED_NUMBERS = 3
_REGISTERED_NEXT_MONTH = 5
_LAST_EVENING = 2 * HOUR


def make(courses: Sequence[Course], month: Month, plan: NumberPlan, random: Random) -> None:
    """Put every kind of mistake into some of the month's courses, no two kinds into the same one."""
    register_next_month(courses, month)
    others = [course for course in courses if len(course) > 2 and _opened_at(course) < month.end - _LAST_EVENING]
    random.shuffle(others)
    last_week = [course for course in others if _opened_at(course) >= month.end - 7 * DAY]
    late = [course for course in last_week if instant(str(course[-1].fields["restored_at"])) < month.end][:_LATE_NOTES]
    _note_late(late, month, random)
    taken = {id(course) for course in late}
    free = iter([course for course in others if id(course) not in taken])
    _change_numbers(_take(free, _CHANGED_NUMBERS), plan)
    _key_wrongly(_take(free, _WRONG_KEYS))
    _correct_endings(_take(free, _CORRECTED_ENDINGS), random)
    for course in _take(free, _CORRECTED_COURSES):
        _begin_wrongly(course, random)


def register_next_month(courses: Iterable[Course], month: Month) -> None:
    """Let a few tickets of the last evening be registered after midnight, first with that instant as their opening."""
    last_evening = (course for course in courses if _opened_at(course) >= month.end - _LAST_EVENING)
    for course in _take(last_evening, _REGISTERED_NEXT_MONTH):
        for minute, revision in enumerate(course, start=4):
            revision.updated_at = max(revision.updated_at, month.end + minute * MINUTE)
        course[0].fields = course[0].fields | {"opened_at": write_instant(month.end + 3 * MINUTE)}


def _take(courses: Iterable[Course], count: int) -> list[Course]:
    return [course for course, _ in zip(courses, range(count), strict=False)]


def _opened_at(course: Course) -> int:
    return instant(str(course[-1].fields["opened_at"]))


def _begin_wrongly(course: Course, random: Random) -> None:
    """Let the first revisions have a wrong brand, branch, service or opening; a later one corrects it."""
    wrong = _wrong(course[0].fields, random)
    for revision in course[: random.randrange(1, len(course))]:
        revision.fields = revision.fields | wrong


def _wrong(fields: Fields, random: Random) -> Fields:
    """Return one field with a value that is not the ticket's."""
    opened_at = instant(str(fields["opened_at"]))
    brands = [brand for brand in printed.home_brands() if brand != fields.get("brand")]
    branches = [branch for branch in printed.branches() if branch != fields.get("branch")]
    choices: tuple[Fields, ...] = (
        {"brand": random.choice(brands)},
        {"branch": random.choice(branches)},
        {"service": FIXED if fields["service"] == BROADBAND else BROADBAND},
        {"opened_at": write_instant(opened_at - random.randrange(1, 60) * HOUR)},
    )
    return random.choice(choices)


def _correct_endings(courses: Iterable[Course], random: Random) -> None:
    """Let a closing note say too late a restoration, another cause and desk; one more revision corrects it."""
    for course in courses:
        last = course[-1]
        right = last.fields | {"revision": len(course)}
        restored_at = instant(str(right["restored_at"]))
        late = {"restored_at": write_instant(restored_at + 2 * DAY), "cause": "其他", "cause_class": "other"}
        last.fields = last.fields | late | {"preprocessed": not right["preprocessed"]}
        corrected_at = last.updated_at + random.randrange(10, 600) * MINUTE
        course.append(Revision(key=last.key, fields=right, updated_at=corrected_at))


def _note_late(courses: Iterable[Course], month: Month, random: Random) -> None:
    """Let what was restored in the month become known only in the first three days of the next one."""
    for course in courses:
        noted_at = month.end + random.randrange(10, 3 * 24 * 60) * MINUTE
        for revision in course:
            if revision.fields.get("restored_at"):
                revision.updated_at = noted_at
                noted_at += random.randrange(1, 30) * MINUTE


def _change_numbers(courses: Iterable[Course], plan: NumberPlan) -> None:
    """Let the first revision stand under another number, which the later ones name."""
    for course in courses:
        first = course[0]
        former = plan.local(printed.branches()[-1])
        first.key, first.fields = former, first.fields | {"subscriber": former}
        for revision in course[1:]:
            revision.fields = revision.fields | {"was_subscriber": former}


def _key_wrongly(courses: Iterable[Course]) -> None:
    """Let messages be keyed by the ticket instead of the subscriber."""
    for course in courses:
        for revision in course[1:]:
            revision.key = str(revision.fields["id"])
