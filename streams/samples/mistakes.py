"""What the ticket systems get wrong and put right again: corrections, wrong keys, changed numbers, late notes.

Each function changes the courses it is given so that the newest revision still says the truth.
"""

from collections.abc import Callable, Iterable, Sequence
from random import Random

import msgspec

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, Month, instant, write_instant
from streams.samples.courses import Course, Fields, Revision
from streams.samples.numbers import NumberPlan
from streams.samples.period import LAST_NOTE

_REGISTERED_NEXT_MONTH = 5
_LAST_EVENING = 2 * HOUR
_CORRECTION = 10 * HOUR


class Slips(msgspec.Struct, frozen=True):
    """How one kind of thing goes wrong: its fields and keys, its wrong notes, and how many there are of each.

    happened, ended: the fields that say when a thing began and when it was done.
    wrong_key: the field that messages are keyed by in error.
    fewest_revisions: shorter courses stay as they are.
    begin_wrongly: returns what the first revisions say in error, from the first one's fields.
    end_wrongly: returns what a closing note says in error, from the right one's fields.
    """

    happened: str
    ended: str
    wrong_key: str
    begin_wrongly: Callable[[Fields, Random], Fields]
    end_wrongly: Callable[[Fields], Fields]
    corrected_courses: int
    corrected_endings: int
    late_notes: int
    wrong_keys: int
    changed_numbers: int
    fewest_revisions: int = 3


def make(courses: Sequence[Course], slips: Slips, month: Month, plan: NumberPlan, random: Random) -> None:
    """Put every kind of mistake into some of the month's courses, no two kinds into the same one."""
    register_next_month(courses, slips, month)
    others = [
        course
        for course in courses
        if len(course) >= slips.fewest_revisions and _last_time(course, slips.happened) < month.end - _LAST_EVENING
    ]
    random.shuffle(others)
    last_week = [course for course in others if _last_time(course, slips.happened) >= month.end - 7 * DAY]
    late = [course for course in last_week if _last_time(course, slips.ended) < month.end][: slips.late_notes]
    _note_late(late, slips.ended, month, random)
    taken = {id(course) for course in late}
    free = iter([course for course in others if id(course) not in taken])
    _change_numbers(_take(free, slips.changed_numbers), plan)
    _key_wrongly(_take(free, slips.wrong_keys), slips.wrong_key)
    _correct_endings(_take(free, slips.corrected_endings), slips.end_wrongly, random)
    for course in _take(free, slips.corrected_courses):
        _begin_wrongly(course, slips.begin_wrongly, random)


def correctable(courses: Iterable[Course], slips: Slips, month: Month) -> list[Course]:
    """Return the courses of the month that have come to their end, early enough for one more revision."""
    return [
        course
        for course in courses
        if course[-1].fields.get(slips.ended)
        and "was_subscriber" not in course[-1].fields
        and course[-1].updated_at < LAST_NOTE - _CORRECTION
        and month.start <= _last_time(course, slips.happened) < month.end
    ]


def register_next_month(courses: Iterable[Course], slips: Slips, month: Month) -> None:
    """Let a few things of the last evening be registered after midnight, first as if they had happened then."""
    last_evening = (c for c in courses if _last_time(c, slips.happened) >= month.end - _LAST_EVENING)
    for place, course in enumerate(_take(last_evening, _REGISTERED_NEXT_MONTH)):
        # Far enough apart that they do not look like an outage at midnight.
        registered_at = month.end + (3 + 17 * place) * MINUTE
        for minute, revision in enumerate(course, start=1):
            revision.updated_at = max(revision.updated_at, registered_at + minute * MINUTE)
        course[0].fields = course[0].fields | {slips.happened: write_instant(registered_at)}


def another(values: Iterable[str], than: object, random: Random) -> str:
    """Return one of `values` that is not the value `than`."""
    return random.choice([value for value in values if value != than])


def earlier(written: object, random: Random) -> str:
    """Return an instant up to two days and a half before the `written` one, written likewise."""
    return write_instant(instant(str(written)) - random.randrange(1, 60) * HOUR)


def later(written: object, delay: int) -> str:
    """Return the instant `delay` microseconds after the `written` one, written likewise."""
    return write_instant(instant(str(written)) + delay)


def _take(courses: Iterable[Course], count: int) -> list[Course]:
    return [course for course, _ in zip(courses, range(count), strict=False)]


def _last_time(course: Course, field: str) -> int:
    return instant(str(course[-1].fields[field]))


def _begin_wrongly(course: Course, wrong: Callable[[Fields, Random], Fields], random: Random) -> None:
    """Let the first revisions say something wrong; a later one corrects it."""
    said = wrong(course[0].fields, random)
    for revision in course[: random.randrange(1, len(course))]:
        revision.fields = revision.fields | said


def _correct_endings(courses: Iterable[Course], wrong: Callable[[Fields], Fields], random: Random) -> None:
    """Let a closing note be wrong; one more revision corrects it."""
    for course in courses:
        last = course[-1]
        right = last.fields | {"revision": len(course)}
        last.fields = last.fields | wrong(right)
        corrected_at = last.updated_at + random.randrange(10 * MINUTE, _CORRECTION, MINUTE)
        course.append(Revision(key=last.key, fields=right, updated_at=corrected_at, utc=last.utc))


def _note_late(courses: Iterable[Course], ended: str, month: Month, random: Random) -> None:
    """Let what was done in the month become known only in the first three days of the next one."""
    for course in courses:
        noted_at = month.end + random.randrange(10, 3 * 24 * 60) * MINUTE
        for revision in course:
            if revision.fields.get(ended):
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


def _key_wrongly(courses: Iterable[Course], field: str) -> None:
    """Let messages be keyed by another field than the one that says where they belong."""
    for course in courses:
        for revision in course[1:]:
            revision.key = str(revision.fields[field])
