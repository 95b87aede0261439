"""What fault tickets contribute: tickets, timeliness, causes, durations, levels; and per user, reports and repeats."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations

from streams.core.contributions.chapter import ALONE, NOBODY, Beside, Chapter, OutageMeasures
from streams.core.contributions.deadlines import deadline_edges, is_due_soon
from streams.core.contributions.holds import hold_edges, is_held, moved_by_holds
from streams.core.contributions.linked import with_twins
from streams.core.contributions.measures import ALL, Cell, Grain, Labels, Measure, Weights, add_weights, weighed
from streams.core.definitions import NONE, Definitions
from streams.core.events.fault import FaultTicket
from streams.core.months import DAY, MINUTE, NEVER, SLOT, Calendar, instant_of

TOPIC = FaultTicket.topic

LINE: Labels = ("service", "product", "family", "brand", "branch")
"""What every fault ticket is counted by."""
USER: Labels = ("service", "family", "brand", "branch")
"""What users who reported are counted by, in every subset."""
REPEAT_WINDOW = 30 * DAY
"""A ticket repeats one restored at most this long before it was opened (definitions, repeat within 30 days)."""


class Reading:
    """One valid fault ticket read at one moment: what the measures weigh (instants in microseconds)."""

    __slots__ = ("due", "line", "now", "opened", "restored", "ticket")

    def __init__(self, ticket: FaultTicket, now: int, chapter: FaultChapter) -> None:
        self.ticket = ticket
        self.now = now
        self.opened = instant_of(ticket.opened_at)
        self.restored = NEVER if ticket.restored_at is None else instant_of(ticket.restored_at)
        self.due = chapter.due(ticket, self.opened)
        self.line = chapter.line(ticket)

    def is_open(self) -> bool:
        """Tell whether the fault is not restored yet."""
        return self.restored == NEVER

    def is_decided(self) -> bool:
        """Tell whether timeliness is settled: restored, or now past due."""
        return self.restored != NEVER or self.now > self.due

    def is_held(self) -> bool:
        """Tell whether this open ticket's clock stands still now."""
        return self.is_open() and is_held(self.ticket.held, self.now)

    def is_due_soon(self) -> bool:
        """Tell whether this open ticket will soon be overdue."""
        return self.is_open() and is_due_soon(self.due, self.now)


def _measure(
    name: str, weigh: Callable[[Reading], int] | None, grain: Grain = "slot", labels: Labels = LINE
) -> Measure:
    return Measure(name=name, topic=TOPIC, labels=labels, grain=grain, weigh=weigh)


TICKETS = _measure("fault_tickets", lambda _: 1)
DECIDED = _measure("decided_fault_tickets", lambda reading: reading.is_decided())
IN_TIME = _measure(
    "fault_tickets_restored_in_time", lambda reading: not reading.is_open() and reading.restored <= reading.due
)
PREPROCESSED = _measure("preprocessed_fault_tickets", lambda reading: reading.ticket.preprocessed is True)
UNKNOWN_CAUSE = _measure("unknown_cause_fault_tickets", lambda reading: reading.ticket.cause_class == "unknown")
OTHER_CAUSE = _measure("other_cause_fault_tickets", lambda reading: reading.ticket.cause_class == "other")
RESTORED = _measure("restored_fault_tickets", lambda reading: not reading.is_open(), "day")
RESTORATION_MICROSECONDS = _measure(
    "fault_restoration_microseconds",
    lambda reading: 0 if reading.is_open() else reading.restored - reading.opened,
    "day",
)
OPEN = _measure("open_fault_tickets", Reading.is_open, "level")
OVERDUE = _measure("overdue_fault_tickets", lambda reading: reading.is_open() and reading.is_decided(), "level")
HELD = _measure("held_fault_tickets", Reading.is_held, "level")
DUE_SOON = _measure("fault_tickets_due_soon", Reading.is_due_soon, "level")
BY_LINE = (
    TICKETS, DECIDED, IN_TIME, PREPROCESSED, UNKNOWN_CAUSE, OTHER_CAUSE, RESTORED, RESTORATION_MICROSECONDS, OPEN,
    OVERDUE, HELD, DUE_SOON,
)  # fmt: skip

RESTORATION_MINUTES = _measure("fault_restoration_minutes", None, "day", (*LINE, "minutes"))
SYMPTOMS = _measure("fault_symptoms", None, "slot", ("service", "branch", "symptom"))
CAUSES = _measure("fault_causes", None, "slot", ("service", "branch", "cause"))
REPEATS = _measure("fault_tickets_repeated_within_30_days", None)
REPORTERS = _measure("fault_reporters", None, "month", USER)
REPEAT_REPORTERS = _measure("repeat_fault_reporters", None, "month", USER)

OUTAGE_TICKETS = _measure("outage_fault_tickets", None, "day", ("outage", "minute"))
OUTAGE_SYMPTOMS = _measure("outage_symptoms", None, "day", ("outage", "symptom"))
OUTAGE_REPORTERS = _measure("outage_reporters", None, "day", ("outage",))


class FaultChapter(Chapter):
    """The contributions of fault tickets."""

    topic = TOPIC
    measures = (
        *with_twins((*BY_LINE, RESTORATION_MINUTES, SYMPTOMS, CAUSES, REPEATS, REPORTERS, REPEAT_REPORTERS)),
        OUTAGE_TICKETS,
        OUTAGE_SYMPTOMS,
        OUTAGE_REPORTERS,
    )
    outage_measures = OutageMeasures(OUTAGE_TICKETS, OUTAGE_REPORTERS, OUTAGE_SYMPTOMS)

    def __init__(self, definitions: Definitions, calendar: Calendar) -> None:
        """Take the definitions and the calendar of their time zone."""
        super().__init__(definitions, calendar)
        self._line_cells = lru_cache(maxsize=10_000)(self._cells_of_line)
        self._user_weights = lru_cache(maxsize=10_000)(_weights_of_user)

    def line(self, ticket: FaultTicket) -> Labels:
        """Return the values of LINE for a ticket."""
        brand = ticket.brand or NONE
        branch = self._dimensions.branch(ticket.branch, ticket.subscriber)
        return (ticket.service, ticket.product or NONE, self._dimensions.family(brand), brand, branch)

    def due(self, ticket: FaultTicket, opened: int) -> int:
        """Return the instant up to which a restoration is in time: `due_at`, else the promise, moved by the holds."""
        due = self._calendar.promise(opened) if ticket.due_at is None else instant_of(ticket.due_at)
        return moved_by_holds(due, opened, ticket.held)

    def deadline(self, ticket: FaultTicket) -> int:
        """Return the instant up to which a restoration is in time."""
        return self.due(ticket, instant_of(ticket.opened_at))

    def changes(self, ticket: FaultTicket) -> list[int]:
        """Return the instants at which the ticket's contributions change by time alone."""
        if ticket.restored_at is not None or not self.counts(ticket):
            return []
        return [*deadline_edges(self.deadline(ticket)), *hold_edges(ticket.held)]

    def remembered_until(self, ticket: FaultTicket) -> int:
        """Return until when the ticket can make another one a repeat; an unrestored one never does."""
        return 0 if ticket.restored_at is None else instant_of(ticket.restored_at) + REPEAT_WINDOW

    def of_fact(self, ticket: FaultTicket, now: int) -> Weights:
        """Return what one ticket contributes by itself at the instant `now`."""
        if not self.counts(ticket):
            return {}
        reading = Reading(ticket, now, self)
        slot, line = reading.opened // SLOT, reading.line
        weights = weighed(self._line_cells(line), reading, slot)
        service, branch = line[0], line[4]
        weights[("slot", slot), (SYMPTOMS.name, (service, branch, ticket.symptom or NONE))] = 1
        weights[("slot", slot), (CAUSES.name, (service, branch, ticket.cause or NONE))] = 1
        if not reading.is_open():
            minutes = (reading.restored - reading.opened) // MINUTE
            weights[("day", slot), (RESTORATION_MINUTES.name, (*line, str(minutes)))] = 1
        return weights

    def _cells_of_line(self, line: Labels) -> tuple[tuple[Measure, Cell], ...]:
        return tuple((measure, (measure.name, line)) for measure in BY_LINE)

    def of_key(
        self,
        key: str,
        tickets: Sequence[FaultTicket],
        open_from: int,
        beside: Beside = ALONE,
        apart: frozenset[str] = NOBODY,
    ) -> Weights:
        """Return what the tickets of one number contribute together: users of each month, and repeats.

        Tickets opened before the instant `open_from` belong to closed months: like those in `apart` they only tell
        what repeats them. A placeholder number is no user.
        """
        if self.is_placeholder(key):
            return {}
        valid = [(instant_of(ticket.opened_at), ticket) for ticket in tickets if self.counts(ticket)]
        counted = [(opened, ticket) for opened, ticket in valid if opened >= open_from and ticket.id not in apart]
        if len(valid) == 1 and len(counted) == 1:
            opened, ticket = counted[0]
            return self._user_weights(self._calendar.month_of(opened), frozenset({(self._user(ticket), 1)}))
        return {**self._users(counted), **self._repeats(valid, counted)}

    def _user(self, ticket: FaultTicket) -> Labels:
        service, _, family, brand, branch = self.line(ticket)
        return (service, family, brand, branch)

    def _users(self, counted: Sequence[tuple[int, FaultTicket]]) -> Weights:
        months: dict[str, Counter[Labels]] = {}
        for opened, ticket in counted:
            months.setdefault(self._calendar.month_of(opened), Counter())[self._user(ticket)] += 1
        weights: Weights = {}
        for month, users in months.items():
            reported = frozenset((user, min(reports, 2)) for user, reports in users.items())
            weights.update(self._user_weights(month, reported))
        return weights

    def _repeats(self, valid: Sequence[tuple[int, FaultTicket]], counted: Sequence[tuple[int, FaultTicket]]) -> Weights:
        restorations = sorted(instant_of(ticket.restored_at) for _, ticket in valid if ticket.restored_at is not None)
        weights: Weights = {}
        for opened, ticket in counted:
            before = bisect_right(restorations, opened) - bisect_left(restorations, opened - REPEAT_WINDOW)
            itself = ticket.restored_at is not None and instant_of(ticket.restored_at) == opened
            if before > itself:
                add_weights(weights, {(("slot", opened // SLOT), (REPEATS.name, self.line(ticket))): 1})
        return weights


def _weights_of_user(month: str, reports: frozenset[tuple[Labels, int]]) -> Weights:
    """Return one user's contributions to a month: in every subset of USER once as reporter, once more as repeater.

    `reports` says how many there are under each value of USER, where 2 stands for any more.

    A label outside the subset is written "" (the total over it): such counts do not add up over labels, so each
    subset is counted by itself.
    """
    weights: Weights = {}
    for size in range(len(USER) + 1):
        for kept in combinations(range(len(USER)), size):
            seen: Counter[Labels] = Counter()
            for user, count in reports:
                seen[tuple(value if place in kept else ALL for place, value in enumerate(user))] += count
            for labels, count in seen.items():
                weights[("month", month), (REPORTERS.name, labels)] = 1
                if count >= 2:
                    weights[("month", month), (REPEAT_REPORTERS.name, labels)] = 1
    return weights
