"""Which complaints are late, whose fault they were and what that costs: by constraint from the printed report.

The report's two lists differ: the department that handles a case is late (3.2.9), and often another one pays (3.2.10).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, below, instant, lasting, shares
from streams.samples.complaint_cases import OWN_BRANCH, Case, Penalty, hotline_channel
from streams.samples.period import JULY

OVERDUE, IRREGULAR_NOTE, KEYING_ERROR, JUSTIFIED = "overdue", "irregular_note", "keying_error", "justified"
# Who pays when a department's case is late, where that is not the department itself: each in turn, until each has
# the printed number.
_PAID_BY = {
    "现业农村客户部": ("现业农村合作商",),
    "现业增值中心": ("现业增值业务中心",),
    "简阳分公司": ("简阳分公司", "简阳合作商", "简阳实业"),
    "安岳分公司": ("安岳合作商", "川通服资阳分公司综调"),
    "川通服资阳分公司": ("川通服资阳分公司综调",),
}
# The amounts are multiples of these; what is left over goes onto one case.
_TARIFF_FEN = {OVERDUE: 20_00, IRREGULAR_NOTE: 50_00, KEYING_ERROR: 15_00}
_NEVER_ANSWERED = 2
_LATE_BY = 8 * HOUR
_LATEST_LATE = 4 * DAY
# The day is printed, the hour is not.
_NAMED_CASE_RECEIVED_AT = "2009-07-30T10:12:40+08:00"


class _Row(NamedTuple):
    """What the report prints of one penalised department and one kind of penalty."""

    department: str
    kind: str
    cases: int
    amount_fen: int


def answer_in_time(cases: Iterable[Case], random: Random) -> None:
    """Let every case be answered by its due instant."""
    for case in cases:
        longest = (case.due_at or case.received_at + DAY) - case.received_at
        case.answered_at = case.received_at + lasting(9 * HOUR, longest, random)


def decide_printed(cases: Sequence[Case], random: Random) -> None:
    """Choose July's late, justified and penalised cases so that every printed count and amount comes out."""
    rows = _penalty_rows()
    hotline = [case for case in cases if case.channel == hotline_channel()]
    named = _named_case(hotline)
    free = [case for case in hotline if case is not named]
    late = _choose_late(free, random)
    _penalise_late(late, [row for row in rows if row.kind == OVERDUE], random)
    for row in rows:
        if row.kind != OVERDUE:
            pool = [case for case in free if case.department == row.department and case not in late]
            chosen = random.sample(pool or [case for case in free if case.branch == OWN_BRANCH], row.cases)
            for case, amount_fen in zip(chosen, _amounts(row, random), strict=True):
                case.penalties += (Penalty(row.department, row.kind, amount_fen),)
    _justify(free, random)


def _named_case(hotline: Iterable[Case]) -> Case:
    """Return the one case whose subscriber the report names, on its day; its department was found responsible."""
    table = printed.report()["complaints"]["justified_penalty"]
    case = next(case for case in hotline if case.department == table["department"] and not case.network_fault)
    case.number, case.received_at = table["subscriber"], instant(_NAMED_CASE_RECEIVED_AT)
    case.due_at, case.answered_at = case.received_at + 2 * DAY, case.received_at + 26 * HOUR
    _, yuan = table[case.branch]
    case.justified, case.responsible = True, case.department
    case.penalties = (Penalty(case.department, JUSTIFIED, _fen(yuan)),)
    return case


def _choose_late(cases: Iterable[Case], random: Random) -> list[Case]:
    """Choose the overdue cases of each handling department, early enough to be answered late in what is told."""
    early = [case for case in cases if case.due_at is not None and case.received_at < JULY.end - _LATEST_LATE]
    counts = printed.report()["complaints"]["overdue_by_department"]
    late: list[Case] = []
    for department, count in counts.items():
        if department != printed.TOTAL:
            late += random.sample([case for case in early if case.department == department], count)
    return late


def _penalise_late(late: Sequence[Case], rows: Sequence[_Row], random: Random) -> None:
    """Let the late cases' penalties fall on those who pay; the more it costs, the later was the answer."""
    amounts = {row.department: iter(_amounts(row, random)) for row in rows}
    left = Counter({row.department: row.cases for row in rows})
    for case in late:
        payers = _PAID_BY.get(case.department, (case.department,))
        payer = next(department for department in payers if left[department])
        left[payer] -= 1
        penalty = Penalty(payer, OVERDUE, next(amounts[payer]))
        case.penalties += (penalty,)
        delay = penalty.amount_fen // _TARIFF_FEN[OVERDUE] * _LATE_BY
        case.answered_at = (case.due_at or case.received_at) + delay - below(_LATE_BY, random)
    for case in random.sample(late, _NEVER_ANSWERED):
        case.answered_at = None


def _justify(cases: Iterable[Case], random: Random) -> None:
    """Find as many cases justified as printed, the named one among them."""
    table = printed.report()["complaints"]
    left = Counter({name: count for name, count in table["justified_by_department"].items() if name != printed.TOTAL})
    left[table["justified_penalty"]["department"]] -= 1
    answered = [case for case in cases if case.branch == OWN_BRANCH and case.answered_at]
    responsible = list(left.elements())
    for case, department in zip(random.sample(answered, len(responsible)), responsible, strict=True):
        case.justified, case.responsible = True, department


def _penalty_rows() -> list[_Row]:
    table: Mapping[str, list[Any]] = printed.report()["complaints"]["penalties"]
    return [
        _Row(department, kind, row[column], _fen(row[column + 1]))
        for department, row in table.items()
        if department != printed.TOTAL
        for column, kind in zip(range(0, 6, 2), _TARIFF_FEN, strict=True)
        if row[column]
    ]


def _amounts(row: _Row, random: Random) -> list[int]:
    """Split a row's amount over its cases: multiples of the tariff, at least one each."""
    units, rest = divmod(row.amount_fen, _TARIFF_FEN[row.kind])
    beyond_one = shares(units - row.cases, [random.expovariate(1) for _ in range(row.cases)])
    amounts = [(1 + more) * _TARIFF_FEN[row.kind] for more in beyond_one]
    amounts[0] += rest
    return amounts


def _fen(yuan: float) -> int:
    return int(Decimal(str(yuan)) * 100)
