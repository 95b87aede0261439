"""What complaints contribute: cases, answers in time, justified ones, penalties, conduct, levels."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from streams.core.contributions.chapter import Chapter, OutageMeasures
from streams.core.contributions.deadlines import deadline_edges, is_due_soon
from streams.core.contributions.linked import with_twins
from streams.core.contributions.measures import Cell, Grain, Labels, Measure, Weights, add_weights, weighed
from streams.core.definitions import NONE, Definitions
from streams.core.events.complaint import Complaint
from streams.core.events.fault import FaultTicket
from streams.core.months import NEVER, SLOT, Calendar, instant_of

TOPIC = Complaint.topic

CASE: Labels = ("channel", "category", "department", "branch")
"""What every complaint is counted by; the department is the one that handles it."""
HANDLED: Labels = ("department", "branch")
PENALTY: Labels = ("department", "kind")


class Reading:
    """One valid complaint read at one moment: what the measures weigh (instants in microseconds)."""

    __slots__ = ("answered", "complaint", "due", "is_escalated", "now", "received")

    def __init__(self, complaint: Complaint, now: int, is_escalated: bool) -> None:
        self.complaint, self.now, self.is_escalated = complaint, now, is_escalated
        self.received = instant_of(complaint.received_at)
        self.answered = NEVER if complaint.answered_at is None else instant_of(complaint.answered_at)
        self.due = _due(complaint)

    def is_open(self) -> bool:
        """Tell whether the complaint is not answered yet."""
        return self.answered == NEVER

    def is_decided(self) -> bool:
        """Tell whether timeliness is settled: answered, or now past due."""
        return self.answered != NEVER or self.now > self.due

    def is_due_soon(self) -> bool:
        """Tell whether this open complaint will soon be overdue."""
        return self.is_open() and is_due_soon(self.due, self.now)


def _measure(
    name: str, weigh: Callable[[Reading], int] | None, grain: Grain = "slot", labels: Labels = CASE
) -> Measure:
    return Measure(name=name, topic=TOPIC, labels=labels, grain=grain, weigh=weigh)


COMPLAINTS = _measure("complaints", lambda _: 1)
NETWORK_FAULT = _measure("network_fault_complaints", lambda reading: reading.complaint.network_fault is True)
ESCALATED = _measure("escalated_complaints", lambda reading: reading.is_escalated)
DECIDED = _measure("decided_complaints", lambda reading: reading.is_decided())
IN_TIME = _measure(
    "complaints_answered_in_time", lambda reading: not reading.is_open() and reading.answered <= reading.due
)
BY_CASE = (COMPLAINTS, NETWORK_FAULT, ESCALATED, DECIDED, IN_TIME)

JUSTIFIED = _measure("justified_complaints", lambda reading: reading.complaint.justified is True)
"""Its department is the one found responsible."""
OPEN = _measure("open_complaints", Reading.is_open, "level", HANDLED)
OVERDUE = _measure(
    "overdue_open_complaints", lambda reading: reading.is_open() and reading.is_decided(), "level", HANDLED
)
DUE_SOON = _measure("complaints_due_soon", Reading.is_due_soon, "level", HANDLED)
CONDUCTS = _measure("complaint_conducts", lambda _: 1, labels=("conduct", "branch"))
SUBCATEGORIES = _measure("complaint_subcategories", lambda _: 1, labels=("category", "subcategory", "branch"))
PENALTIES = _measure("penalties", None, "day", PENALTY)
PENALTY_FEN = _measure("penalty_fen", None, "day", PENALTY)

OUTAGE_COMPLAINTS = _measure("outage_complaints", None, "day", ("outage", "minute"))
OUTAGE_COMPLAINANTS = _measure("outage_complainants", None, "day", ("outage",))
"""Numbers that complained of an outage and did not report it as a fault too."""


class ComplaintChapter(Chapter):
    """The contributions of complaints."""

    topic = TOPIC
    measures = (
        *with_twins((*BY_CASE, JUSTIFIED, OPEN, OVERDUE, DUE_SOON, CONDUCTS, SUBCATEGORIES, PENALTIES, PENALTY_FEN)),
        OUTAGE_COMPLAINTS,
        OUTAGE_COMPLAINANTS,
    )
    beside = (FaultTicket.topic,)
    outage_measures = OutageMeasures(OUTAGE_COMPLAINTS, OUTAGE_COMPLAINANTS)

    def __init__(self, definitions: Definitions, calendar: Calendar) -> None:
        """Take the definitions and the calendar of their time zone."""
        super().__init__(definitions, calendar)
        self._cells = lru_cache(maxsize=10_000)(_cells)

    def deadline(self, complaint: Complaint) -> int:
        """Return the instant up to which an answer is in time."""
        return _due(complaint)

    def changes(self, complaint: Complaint) -> list[int]:
        """Return the instants at which an unanswered complaint becomes due soon, and overdue."""
        if complaint.answered_at is not None or not self.counts(complaint):
            return []
        return deadline_edges(self.deadline(complaint))

    def of_fact(self, complaint: Complaint, now: int) -> Weights:
        """Return what one complaint contributes at the instant `now`."""
        if not self.counts(complaint):
            return {}
        department = self._dimensions.department
        reading = Reading(complaint, now, self._is_escalated(complaint))
        slot = reading.received // SLOT
        case = (
            complaint.channel or NONE,
            complaint.category or NONE,
            department(complaint.department),
            self._dimensions.branch(complaint.branch, complaint.subscriber),
        )
        cells = self._cells(
            case, department(complaint.responsible), complaint.conduct or "", complaint.subcategory or ""
        )
        return {**weighed(cells, reading, slot), **self._penalties(complaint, slot)}

    def _is_escalated(self, complaint: Complaint) -> bool:
        if complaint.escalated is not None:
            return complaint.escalated
        return complaint.channel in self._definitions.escalated_channels

    def _penalties(self, complaint: Complaint, slot: int) -> Weights:
        weights: Weights = {}
        for penalty in complaint.penalties or ():
            labels = (self._dimensions.department(penalty.department), penalty.kind)
            add_weights(weights, {(("day", slot), (PENALTIES.name, labels)): 1})
            add_weights(weights, {(("day", slot), (PENALTY_FEN.name, labels)): penalty.amount_fen})
        return weights


def _due(complaint: Complaint) -> int:
    return NEVER if complaint.due_at is None else instant_of(complaint.due_at)


def _cells(case: Labels, responsible: str, conduct: str, subcategory: str) -> tuple[tuple[Measure, Cell], ...]:
    """Return the measures that may count a complaint, each with its cell; `conduct`, `subcategory` may be empty."""
    channel, category, department, branch = case
    values: list[tuple[Measure, Labels]] = [(measure, case) for measure in BY_CASE]
    values.append((JUSTIFIED, (channel, category, responsible, branch)))
    values += [(level, (department, branch)) for level in (OPEN, OVERDUE, DUE_SOON)]
    if conduct:
        values.append((CONDUCTS, (conduct, branch)))
    if subcategory:
        values.append((SUBCATEGORIES, (category, subcategory, branch)))
    return tuple((measure, (measure.name, labels)) for measure, labels in values)
