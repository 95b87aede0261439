"""The call-backs of the sample: they reproduce the printed report's chapter 3.3 exactly.

The branch calls more people than complained in July: also those of June, and people with a fault or an order.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

import msgspec

from streams.samples import mistakes, printed
from streams.samples.calendar import DAY, MINUTE, SECOND, shares, start_of_day, write_instant
from streams.samples.complaint_cases import Case
from streams.samples.courses import Course, Fields, Step, known, told
from streams.samples.mistakes import Slips, another, earlier
from streams.samples.numbers import NumberPlan
from streams.samples.order_cases import Order
from streams.samples.period import JULY, chance
from streams.samples.tickets import Ticket

TOPIC = "callbacks"
QUESTIONS = ("timely", "attitude", "satisfied")

_PROVINCE, _LOCAL = "province", "local"
# Not printed: of whom the branch calls; the share who say yes, and to whom a question is not put.
_CALLED_SHARES = {"July's complaints": 52, "June's complaints": 15, "orders": 16, "faults": 12, "VIP customers": 5}
_YES_SHARES = {"timely": 0.93, "attitude": 0.97, "satisfied": 0.92}
_NOT_ASKED_SHARE = 0.06
_AGAIN_SHARE = 0.2


class _Matter(NamedTuple):
    """What somebody can be called about: what it is, its id and branch, and when it was dealt with."""

    subject: str
    ref: str
    branch: str
    done_at: int


class Callback(msgspec.Struct, eq=False):
    """A call-back with all that will ever be known of it; `answers` holds the questions that were put."""

    caller: str
    subject: str
    ref: str
    branch: str
    called_at: int
    reached: bool
    answers: dict[str, bool] = {}
    id: str = ""


def callbacks(cases: Sequence[Case], orders: Sequence[Order], tickets: Sequence[Ticket]) -> list[Callback]:
    """Return July's call-backs in the order of the calls."""
    random = chance("callbacks")
    complaints = [
        _Matter("complaint", case.id, case.branch, case.answered_at)
        for case in cases
        if case.answered_at and case.final_status == "closed"
    ]
    result = [*_province(complaints, random), *_local(complaints, _others(orders, tickets), random)]
    result.sort(key=lambda callback: callback.called_at)
    for number, callback in enumerate(result, start=1):
        callback.id = f"B{number:06}"
    return result


def courses(callbacks: Iterable[Callback], plan: NumberPlan) -> list[Course]:
    """Return what is told of the `callbacks`, mistakes included."""
    random = chance("callback courses")
    result = [_course(callback, random) for callback in callbacks]
    mistakes.make(mistakes.correctable(result, _SLIPS, JULY), _SLIPS, JULY, plan, chance("callback mistakes"))
    return result


def _others(orders: Iterable[Order], tickets: Iterable[Ticket]) -> dict[str, list[_Matter]]:
    done_orders = [order for order in orders if order.completed_at and order.final_status == "closed"]
    restored = [ticket for ticket in tickets if ticket.final_status == "closed"]
    faults = {vip: [ticket for ticket in restored if ticket.vip is vip] for vip in (False, True)}
    return {
        "orders": [_Matter("order", order.id, order.branch, order.completed_at or 0) for order in done_orders],
        "faults": [_Matter("fault", t.id, t.subscriber.branch, t.restored_at) for t in faults[False]],
        "VIP customers": [_Matter("vip", t.id, t.subscriber.branch, t.restored_at) for t in faults[True]],
    }


def _province(complaints: Iterable[_Matter], random: Random) -> list[Callback]:
    """Return the province's sample: so many of each branch, all reached, with the printed shares of answers."""
    table = printed.report()["satisfaction"]["province_callback"]
    sample = [
        matter
        for branch, count in table["sample"].items()
        if branch != printed.TOTAL
        for matter in random.sample([m for m in _callable(complaints) if m.branch == branch], count)
    ]
    result = [_call(_PROVINCE, matter, reached=True, random=random) for matter in sample]
    for question in QUESTIONS:
        yes = printed.count_of_share(table[f"{question}_pct"], len(result))
        agreeing = {id(callback) for callback in random.sample(result, yes)}
        for callback in result:
            callback.answers = callback.answers | {question: id(callback) in agreeing}
    return result


def _local(complaints: Sequence[_Matter], others: dict[str, list[_Matter]], random: Random) -> list[Callback]:
    """Return the branch's own calls, of whom the printed number is reached."""
    table = printed.report()["satisfaction"]["local_callback"]
    pools = {
        "July's complaints": [matter for matter in complaints if matter.done_at >= JULY.start],
        "June's complaints": [matter for matter in complaints if JULY.start - 10 * DAY <= matter.done_at < JULY.start],
        **others,
    }
    counts = shares(table["called"], list(_CALLED_SHARES.values()))
    called = [
        matter
        for name, count in zip(_CALLED_SHARES, counts, strict=True)
        for matter in random.sample(_callable(pools[name]), count)
    ]
    random.shuffle(called)
    result = [_call(_LOCAL, m, reached=place < table["reached"], random=random) for place, m in enumerate(called)]
    for callback in result[: table["reached"]]:
        asked = [question for question in QUESTIONS if random.random() >= _NOT_ASKED_SHARE]
        callback.answers = {question: random.random() < _YES_SHARES[question] for question in asked}
    return result


def _callable(matters: Iterable[_Matter]) -> list[_Matter]:
    """Return what was dealt with in time for a call in July, and not too long before it."""
    return [matter for matter in matters if JULY.start - 10 * DAY <= matter.done_at < JULY.end - 3 * DAY]


def _call(caller: str, matter: _Matter, *, reached: bool, random: Random) -> Callback:
    """Return a call at a working hour of one of the two days after the matter was dealt with."""
    day = start_of_day(max(matter.done_at, JULY.start)) + random.randrange(1, 3) * DAY
    called_at = day + random.randrange(9 * 60, 18 * 60) * MINUTE + random.randrange(60) * SECOND
    return Callback(caller, matter.subject, matter.ref, matter.branch, called_at, reached)


def _course(callback: Callback, random: Random) -> Course:
    opening: Fields = {
        "id": callback.id,
        "revision": 0,
        "updated_at": "",
        "source": f"{callback.caller}-callbacks",
        "branch": callback.branch,
        "called_at": write_instant(callback.called_at),
        "subject": callback.subject,
        "ref": callback.ref,
        "caller": callback.caller,
    }
    return told(known(opening), _steps(callback, random), callback.id)


def _steps(callback: Callback, random: Random) -> list[Step]:
    """Return what becomes known and when; some are reached, or given up, only at another attempt."""
    noted = callback.called_at + random.randrange(30, 400) * SECOND
    steps: list[Step] = []
    if random.random() < _AGAIN_SHARE:
        steps.append((noted, {"reached": False}))
        noted += random.randrange(20, 8 * 60) * MINUTE
    return [*steps, (noted, {"reached": callback.reached, **callback.answers})]


def _begin_wrongly(fields: Fields, random: Random) -> Fields:
    choices: tuple[Fields, ...] = (
        {"caller": _PROVINCE if fields["caller"] == _LOCAL else _LOCAL},
        {"branch": another(printed.branches(), fields["branch"], random)},
        {"called_at": earlier(fields["called_at"], random)},
        {"reached": True, "satisfied": False},
    )
    return random.choice(choices)


def _end_wrongly(right: Fields) -> Fields:
    return {"reached": True, **{question: not right.get(question) for question in QUESTIONS}}


_SLIPS = Slips(
    happened="called_at",
    ended="called_at",
    wrong_key="ref",
    begin_wrongly=_begin_wrongly,
    end_wrongly=_end_wrongly,
    corrected_courses=40,
    corrected_endings=30,
    late_notes=15,
    wrong_keys=8,
    changed_numbers=0,
    fewest_revisions=2,
)
