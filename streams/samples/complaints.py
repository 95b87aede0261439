"""The complaints of the sample: they reproduce the printed report's chapter 3.2 exactly. June's are only as many."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random

from streams.samples import complaint_findings, mistakes, printed
from streams.samples.calendar import DAY, HOUR, MINUTE, SECOND, Month, write_instant
from streams.samples.complaint_cases import (
    CONDUCT,
    HANDLED_WRONGLY,
    INTELLIGENT_NETWORK,
    OWN_BRANCH,
    Case,
    cancelled_cases,
    categories,
    channels,
    july_cases,
    previous_cases,
)
from streams.samples.courses import Course, Fields, Step, known, told
from streams.samples.mistakes import Slips, another, earlier, later
from streams.samples.numbers import NumberPlan
from streams.samples.period import JULY, JUNE, LAST_NOTE, chance
from streams.samples.tickets import Ticket

TOPIC = "complaints"

_SOURCE = "ngcc"
_SHOPS, _VALUE_ADDED = "渠道营业厅", "现业增值中心"
_OWN_DEPARTMENTS = {"现业公众客户部": 50, "现业农村客户部": 22, "现业政企客户部": 12, "川通服资阳分公司": 16}
_OTHER_NAMES = {"现业公众客户部": "现业公客部", "现业政企客户部": "现业政企部", "简阳分公司": "简阳市分公司"}
_OTHER_NAME_SHARE = 0.08
_WITHOUT_DUE_SHARE = 0.05
_DUE_HOURS = (24, 48, 48, 72)
_KNOWN_LINES_SHARE = 0.5
_FAULT_BEFORE = 3 * DAY


def cases(tickets: Sequence[Ticket], plan: NumberPlan) -> list[Case]:
    """Return all cases, cancelled ones included, in the order of their arrival at the operator.

    Who complains about a fault has, where there is one, a ticket among `tickets` of the days before.
    """
    random = chance("complaints")
    july = july_cases(random)
    june = previous_cases(july, random)
    cancelled = cancelled_cases(july, random)
    for some, month in ((july, JULY), (june, JUNE), (cancelled, JULY)):
        _receive(some, month, random)
        complaint_findings.answer_in_time(some, random)
    complaint_findings.decide_printed(july, chance("complaint findings"))
    result = sorted([*july, *june, *cancelled], key=lambda case: case.received_at)
    _give_numbers(result, tickets, plan, chance("complainants"))
    for number, case in enumerate(result, start=1):
        case.id = f"C{number:06}"
    return result


def courses(cases: Iterable[Case], plan: NumberPlan) -> list[Course]:
    """Return what is told of the `cases`, mistakes included."""
    random = chance("complaint courses")
    result = [_course(case, random) for case in cases]
    mistakes.make(mistakes.correctable(result, _SLIPS, JULY), _SLIPS, JULY, plan, chance("complaint mistakes"))
    return result


def _receive(cases: Sequence[Case], month: Month, random: Random) -> None:
    """Let the cases come in over the month and go to the departments that handle them."""
    for case, received_at in zip(cases, month.instants(len(cases), random), strict=True):
        case.received_at = received_at
        case.department = _department(case, random)
        if random.random() >= _WITHOUT_DUE_SHARE:
            case.due_at = received_at + random.choice(_DUE_HOURS) * HOUR
    edges = (month.start, month.end - SECOND // 1000)
    for case, received_at in zip(random.sample(cases, len(edges)), edges, strict=True):
        case.received_at, case.due_at = received_at, received_at + DAY


def _department(case: Case, random: Random) -> str:
    if case.branch != OWN_BRANCH:
        return f"{case.branch}分公司"
    if case.category in (HANDLED_WRONGLY, CONDUCT):
        return _SHOPS
    if case.category in ("增值业务", INTELLIGENT_NETWORK):
        return _VALUE_ADDED
    return random.choices(list(_OWN_DEPARTMENTS), list(_OWN_DEPARTMENTS.values()))[0]


def _give_numbers(cases: Iterable[Case], tickets: Sequence[Ticket], plan: NumberPlan, random: Random) -> None:
    """Let those complain of a fault who have one; of the others, half are customers with a ticket at some time."""
    by_branch: defaultdict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.final_status == "closed":
            by_branch[ticket.subscriber.branch].append(ticket)
    for case in cases:
        known_tickets = by_branch[case.branch]
        if case.network_fault:
            until = bisect_left(known_tickets, case.received_at, key=_opened_at)
            since = bisect_left(known_tickets, case.received_at - _FAULT_BEFORE, key=_opened_at)
            known_tickets = known_tickets[since:until]
        if not case.number and known_tickets and (case.network_fault or random.random() < _KNOWN_LINES_SHARE):
            case.number = random.choice(known_tickets).subscriber.number
        case.number = case.number or plan.local(case.branch)


def _opened_at(ticket: Ticket) -> int:
    return ticket.opened_at


def _course(case: Case, random: Random) -> Course:
    department = case.department
    if random.random() < _OTHER_NAME_SHARE:
        department = _OTHER_NAMES.get(department, department)
    opening = {
        "id": case.id,
        "revision": 0,
        "updated_at": "",
        "source": _SOURCE,
        "subscriber": case.number,
        "branch": case.branch,
        "received_at": write_instant(case.received_at),
        "channel": case.channel,
        "category": case.category,
        "subcategory": case.subcategory,
        "network_fault": case.network_fault,
        "department": department,
        "due_at": None if case.due_at is None else write_instant(case.due_at),
        "conduct": case.conduct,
    }
    steps = [step for step in _steps(case, random) if step[0] < LAST_NOTE]
    return told(known(opening), steps, case.number)


def _steps(case: Case, random: Random) -> list[Step]:
    """Return what becomes known and when."""
    at = case.received_at // SECOND * SECOND + random.randrange(60, 900) * SECOND
    steps: list[Step] = [(at, {"status": "acknowledged"})]
    at += random.randrange(5, 40) * MINUTE
    steps.append((at, {"status": "inProgress"}))
    if case.final_status != "closed":
        return [*steps, (at + random.randrange(10, 300) * MINUTE, {"status": case.final_status})]
    if case.answered_at:
        at = max(at, case.answered_at) // SECOND * SECOND + random.randrange(1, 30) * MINUTE
        answer: Fields = {"status": "resolved", "answered_at": write_instant(case.answered_at)}
        steps.append((at, answer))
        at += random.randrange(2 * 60, 20 * 60) * MINUTE
        steps.append((at, known({"status": "closed", "justified": case.justified, "responsible": case.responsible})))
    if case.penalties:
        at = min(
            max(at, case.due_at or at) + random.randrange(1, 24) * HOUR, LAST_NOTE - random.randrange(1, 60) * MINUTE
        )
        steps.append((at, {"penalties": [penalty._asdict() for penalty in case.penalties]}))
    return steps


def _begin_wrongly(fields: Fields, random: Random) -> Fields:
    choices: tuple[Fields, ...] = (
        {"channel": another(channels(), fields["channel"], random)},
        {"category": another(categories(), fields["category"], random)},
        {"branch": another(printed.branches(), fields["branch"], random)},
        {"department": another(_OWN_DEPARTMENTS, fields["department"], random)},
        {"network_fault": not fields["network_fault"]},
        {"received_at": earlier(fields["received_at"], random)},
    )
    return random.choice(choices)


def _end_wrongly(right: Fields) -> Fields:
    """Return a verdict that an appeal turns round, with an answer too late."""
    verdict: Fields = {"justified": not right.get("justified"), "responsible": right["department"]}
    return verdict | {"answered_at": later(right["answered_at"], 3 * DAY)}


_SLIPS = Slips(
    happened="received_at",
    ended="answered_at",
    wrong_key="id",
    begin_wrongly=_begin_wrongly,
    end_wrongly=_end_wrongly,
    corrected_courses=80,
    corrected_endings=25,
    late_notes=20,
    wrong_keys=3,
    changed_numbers=2,
)
