"""The months of a partition that are closed, in order, and those that are to be closed next."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from streams.core.head import ClosedMonth
from streams.core.months import Calendar, add_months
from streams.core.tallies import Bucket


class Closings(list[ClosedMonth]):
    """The closings so far, oldest first."""

    def __init__(self, closed: Iterable[ClosedMonth], calendar: Calendar, ledger_months: int) -> None:
        """Take the closings known already, the calendar, and how many months a month stays open after its end."""
        super().__init__(closed)
        self._calendar, self._ledger_months = calendar, ledger_months

    def last(self) -> str:
        """Return the last closed month, "" where none is."""
        return self[-1].month if self else ""

    def open_from(self) -> int:
        """Return the instant from which on facts may still change what is counted."""
        return self._calendar.month_end(self.last()) if self else 0

    def is_open(self, bucket: Bucket) -> bool:
        """Tell whether the bucket's counts may still change: its month is open, or it belongs to none."""
        month = bucket.month(self._calendar)
        return month is None or month > self.last()

    def due(self, at: int, months_with_facts: Callable[[], set[str]]) -> list[tuple[str, int]]:
        """Return the months that close up to the instant `at`, oldest first, each with the instant at which it does.

        They are those that have facts, and the last one due.
        """
        last = add_months(self._calendar.month_of(at), -self._ledger_months - 1)
        if self.last() >= last:
            return []
        months = {last, *(month for month in months_with_facts() if self.last() < month < last)}
        return [(month, self._calendar.closing_instant(month, self._ledger_months)) for month in sorted(months)]
