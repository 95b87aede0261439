"""What work orders contribute: orders, appointments, fulfilment on time with and without early faults, reminders."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache

from streams.core.contributions.chapter import ALONE, NOBODY, Beside, Chapter
from streams.core.contributions.deadlines import deadline_edges, is_due_soon
from streams.core.contributions.holds import hold_edges, is_held, moved_by_holds
from streams.core.contributions.measures import Cell, Grain, Labels, Measure, Weights, add_weights, weighed
from streams.core.definitions import NONE, Definitions
from streams.core.events.fault import FaultTicket
from streams.core.events.order import WorkOrder
from streams.core.months import DAY, NEVER, SLOT, Calendar, instant_of

TOPIC = WorkOrder.topic

LINE: Labels = ("family", "brand", "branch")
"""What every work order is counted by."""
PLACE: Labels = ("branch",)
EARLY_FAULT_WINDOW = 15 * DAY
"""A fault reported at most this long after the completion says that the work was not done well."""


class Reading:
    """One valid work order read at one moment: what the measures weigh (instants in microseconds)."""

    __slots__ = ("completed", "created", "due", "now", "order")

    def __init__(self, order: WorkOrder, now: int) -> None:
        self.order, self.now = order, now
        self.created = instant_of(order.created_at)
        self.completed = NEVER if order.completed_at is None else instant_of(order.completed_at)
        self.due = _due(order)

    def is_open(self) -> bool:
        """Tell whether the order is not completed yet."""
        return self.completed == NEVER

    def is_appointed(self) -> bool:
        """Tell whether an appointment was made."""
        return self.order.appointed_at is not None

    def is_on_time(self) -> bool:
        """Tell whether it was appointed and completed as promised; without a promise nothing was kept."""
        is_kept = self.order.promised_for is not None and self.completed <= self.due
        return self.is_appointed() and not self.is_open() and is_kept

    def is_held(self) -> bool:
        """Tell whether this open order stands still now."""
        return self.is_open() and is_held(self.order.held, self.now)

    def is_due_soon(self) -> bool:
        """Tell whether this open order will soon be later than promised."""
        return self.is_open() and is_due_soon(self.due, self.now)


def _measure(
    name: str, weigh: Callable[[Reading], int] | None, grain: Grain = "slot", labels: Labels = LINE
) -> Measure:
    return Measure(name=name, topic=TOPIC, labels=labels, grain=grain, weigh=weigh)


ORDERS = _measure("orders", lambda _: 1)
APPOINTED = _measure("appointed_orders", Reading.is_appointed)
ON_TIME = _measure("appointed_orders_on_time", Reading.is_on_time)
REMINDERS = _measure("order_reminders", lambda reading: reading.order.reminders or 0)
BY_LINE = (ORDERS, APPOINTED, ON_TIME, REMINDERS)
OPEN = _measure("open_orders", Reading.is_open, "level", PLACE)
HELD = _measure("held_orders", Reading.is_held, "level", PLACE)
DUE_SOON = _measure("orders_due_soon", Reading.is_due_soon, "level", PLACE)
WITHOUT_EARLY_FAULT = _measure("appointed_orders_on_time_without_early_fault", None)


class OrderChapter(Chapter):
    """The contributions of work orders, with a look at the faults of the same number."""

    topic = TOPIC
    measures = (*BY_LINE, OPEN, HELD, DUE_SOON, WITHOUT_EARLY_FAULT)
    beside = (FaultTicket.topic,)

    def __init__(self, definitions: Definitions, calendar: Calendar) -> None:
        """Take the definitions and the calendar of their time zone."""
        super().__init__(definitions, calendar)
        self._cells = lru_cache(maxsize=10_000)(_cells)

    def line(self, order: WorkOrder) -> Labels:
        """Return the values of LINE for an order."""
        brand = order.brand or NONE
        return (self._dimensions.family(brand), brand, self._dimensions.branch(order.branch, order.subscriber))

    def deadline(self, order: WorkOrder) -> int:
        """Return the instant up to which a completion keeps the promise."""
        return _due(order)

    def changes(self, order: WorkOrder) -> list[int]:
        """Return the instants at which an open order becomes held, or is so no more, due soon, and late."""
        if order.completed_at is not None or not self.counts(order):
            return []
        return [*deadline_edges(self.deadline(order)), *hold_edges(order.held)]

    def of_fact(self, order: WorkOrder, now: int) -> Weights:
        """Return what one order contributes by itself at the instant `now`."""
        if not self.counts(order):
            return {}
        reading = Reading(order, now)
        return weighed(self._cells(self.line(order)), reading, reading.created // SLOT)

    def of_key(
        self,
        key: str,
        orders: Sequence[WorkOrder],
        open_from: int,
        beside: Beside = ALONE,
        apart: frozenset[str] = NOBODY,
    ) -> Weights:
        """Return which orders on time had no valid fault of the same number within EARLY_FAULT_WINDOW of completion.

        A fault counts from the instant after the completion on. Where no subscriber is known there is none to look for.
        """
        reported: list[int] | None = None
        weights: Weights = {}
        for order in orders:
            reading = Reading(order, 0)
            if reading.created < open_from or not self.counts(order) or not reading.is_on_time():
                continue
            if reported is None:
                reported = self._fault_reports(key, beside)
            if order.subscriber is None or not _any_after(reported, reading.completed):
                cell = (WITHOUT_EARLY_FAULT.name, self.line(order))
                add_weights(weights, {(("slot", reading.created // SLOT), cell): 1})
        return weights

    def _fault_reports(self, key: str, beside: Beside) -> list[int]:
        """Return when valid faults of the number were reported, in order; a placeholder's are nobody's."""
        if self.is_placeholder(key):
            return []
        faults: Sequence[FaultTicket] = beside.get(FaultTicket.topic, ())
        return sorted(instant_of(fault.opened_at) for fault in faults if self.counts(fault))


def _due(order: WorkOrder) -> int:
    """Return the instant up to which the order keeps its promise, moved by the holds; NEVER without a promise."""
    if order.promised_for is None:
        return NEVER
    return moved_by_holds(instant_of(order.promised_for), instant_of(order.created_at), order.held)


def _any_after(reported: list[int], completed: int) -> bool:
    return bisect_right(reported, completed + EARLY_FAULT_WINDOW) > bisect_right(reported, completed)


def _cells(line: Labels) -> tuple[tuple[Measure, Cell], ...]:
    place = line[-1:]
    return (
        *((measure, (measure.name, line)) for measure in BY_LINE),
        *((measure, (measure.name, place)) for measure in (OPEN, HELD, DUE_SOON)),
    )
