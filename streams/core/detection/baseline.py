"""What is usual in one cell: a slow level, the shape of the week, and how lately tickets differ from both.

Expected tickets an hour = level x shape of the hour of week x lately. The level is tickets through hours, where an hour
weighs as much as the *ancestor's* shape says, so that a cell heard of by day alone is not taken for a busy one. All
three forget, and learn only up to an instant that the caller names: what is newer may belong to a burst.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

import msgspec

from streams.core.detection.rules import DetectionRules
from streams.core.months import DAY, HOUR, Calendar

HOURS_A_DAY = 24
HOURS_A_WEEK = 7 * HOURS_A_DAY

Shape = Callable[[int], float]
"""Gives the weight of an hour of the week; 1 is the mean."""

_ASSUMED_DAY = (7, 5, 4, 4, 4, 6, 10, 18, 30, 34, 34, 30, 26, 26, 28, 30, 30, 28, 28, 32, 34, 30, 22, 12)
_ASSUMED_MEAN = sum(_ASSUMED_DAY) / HOURS_A_DAY
_CAUTION_HOURS = 2.0
"""The level begins as if so many hours had gone by without a ticket: one ticket at once is no busy cell."""

_WALKED = 28 * DAY
"""Silence before the last four weeks goes by in one step."""


def assumed_shape(hour_of_week: int) -> float:
    """Return the weight of an hour of which nothing is known yet: people report by day and in the evening."""
    return _ASSUMED_DAY[hour_of_week % HOURS_A_DAY] / _ASSUMED_MEAN


def _silent_hours(duration: int, rules: DetectionRules) -> float:
    """Return what is remembered, at its end, of the hours of a silence."""
    half_life = rules.level_half_life_days * DAY
    return (1 - exp(-log(2) * duration / half_life)) * half_life / HOUR / log(2)


class Baseline(msgspec.Struct, array_like=True):
    """What one cell has learned up to the instant `learned_to`."""

    learned_to: int
    tickets: float = 0.0
    hours: float = 0.0
    lately_tickets: float = 0.0
    lately_expected: float = 0.0
    week_tickets: list[float] = []
    week_hours: list[float] = []
    day_tickets: list[float] = []
    day_hours: list[float] = []

    @classmethod
    def begun(cls, begin: int, to: int, rules: DetectionRules) -> Baseline:
        """Return the baseline of a cell in which nothing was reported from `begin` until `to`."""
        return cls(learned_to=max(begin, to), hours=_silent_hours(max(0, to - begin), rules))

    def level(self) -> float:
        """Return the tickets an hour of an hour that weighs 1."""
        return self.tickets / (self.hours + _CAUTION_HOURS)

    def lately(self, rules: DetectionRules) -> float:
        """Return how many times the usual lately came."""
        return (self.lately_tickets + rules.prior_tickets) / (self.lately_expected + rules.prior_tickets)

    def has_own_week(self) -> bool:
        """Tell whether the cell knows its own shape of the week."""
        return bool(self.week_tickets)

    def shape(self, hour_of_week: int, ancestor: Shape, rules: DetectionRules) -> float:
        """Return the weight of an hour of the week, drawn towards the ancestor's where few tickets are known of it."""
        weight = ancestor(hour_of_week)
        if not self.week_tickets:
            return weight
        level, prior = self.level(), rules.prior_tickets
        if self.day_tickets:
            hour = hour_of_week % HOURS_A_DAY
            weight = (self.day_tickets[hour] + prior * weight) / (self.day_hours[hour] * level + prior)
        known, exposed = self.week_tickets[hour_of_week], self.week_hours[hour_of_week]
        return (known + prior * weight) / (exposed * level + prior)

    def begin_week(self, *, of_the_city: bool) -> None:
        """Let the cell learn a shape of its own; the city also learns hours of the day, which are known after a day."""
        self.week_tickets, self.week_hours = [0.0] * HOURS_A_WEEK, [0.0] * HOURS_A_WEEK
        if of_the_city:
            self.day_tickets, self.day_hours = [0.0] * HOURS_A_DAY, [0.0] * HOURS_A_DAY

    def learn_time(
        self,
        to: int,
        calendar: Calendar,
        ancestor: Shape,
        rules: DetectionRules,
    ) -> None:
        """Let time go by until `to`."""
        level = self.level()
        begin = self._pass_over(to - _WALKED, rules)
        while begin < to:
            end = min(to, begin - begin % HOUR + HOUR)
            hour_of_week = calendar.hour_of_week(begin)
            self._forget(end - begin, rules)
            if self.week_tickets and begin % HOUR == 0:
                self._forget_hour(hour_of_week, rules)
            hours, weight = (end - begin) / HOUR, ancestor(hour_of_week)
            own = self.shape(hour_of_week, ancestor, rules) if self.week_tickets else weight
            self.hours += hours * weight
            self.lately_expected += level * own * hours
            self._expose(hour_of_week, hours)
            begin = end
        self.learned_to = max(self.learned_to, to)

    def _pass_over(self, to: int, rules: DetectionRules) -> int:
        """Let a long silence until `to` go by in one step; return from where on it is to be walked hour by hour."""
        silent = to - self.learned_to
        if silent <= 0:
            return self.learned_to
        self._forget(silent, rules)
        self.hours += _silent_hours(silent, rules)
        self.lately_expected = 0.0
        return to

    def learn_ticket(self, hour_of_week: int, weight: float) -> None:
        """Count one ticket of an hour of the week by its weight; time has gone by until then."""
        self.tickets += weight
        self.lately_tickets += weight
        if self.week_tickets:
            self.week_tickets[hour_of_week] += weight
        if self.day_tickets:
            self.day_tickets[hour_of_week % HOURS_A_DAY] += weight

    def jump(self, rate: float, shape: float) -> None:
        """Take `rate` tickets an hour, at an hour of this shape, for the new level; it weighs as much as a day."""
        before = self.level()
        self.hours = min(self.hours, float(HOURS_A_DAY))
        self.tickets = rate / shape * (self.hours + _CAUTION_HOURS)
        self.lately_tickets = self.lately_expected = 0.0
        if before:
            times = self.level() / before
            self.week_tickets = [tickets * times for tickets in self.week_tickets]
            self.day_tickets = [tickets * times for tickets in self.day_tickets]

    def _forget(self, duration: int, rules: DetectionRules) -> None:
        slow = 0.5 ** (duration / (rules.level_half_life_days * DAY))
        quick = 0.5 ** (duration / (rules.quick_half_life_hours * HOUR))
        self.tickets *= slow
        self.hours *= slow
        self.lately_tickets *= quick
        self.lately_expected *= quick

    def _forget_hour(self, hour_of_week: int, rules: DetectionRules) -> None:
        self.week_tickets[hour_of_week] *= rules.week_memory
        self.week_hours[hour_of_week] *= rules.week_memory
        if self.day_tickets:
            hour = hour_of_week % HOURS_A_DAY
            self.day_tickets[hour] *= rules.week_memory
            self.day_hours[hour] *= rules.week_memory

    def _expose(self, hour_of_week: int, hours: float) -> None:
        if self.week_tickets:
            self.week_hours[hour_of_week] += hours
        if self.day_tickets:
            self.day_hours[hour_of_week % HOURS_A_DAY] += hours
