"""The tallies of all partitions, merged: follows the topic `tallies` and adds up, per slot, day, month and level."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from streams.core.contributions import MEASURES
from streams.core.contributions.measures import Grain
from streams.core.head import HEAD_KEY, Head, read_head, vouches_for_tallies
from streams.core.months import Calendar, add_months
from streams.core.rollups import Counts
from streams.core.tallies import DETECTION, Bucket, Cells, bucket_of, read_cells, write_cells
from streams.core.windows import LENGTHS, stretch

EMPTY = write_cells({})


class Span(NamedTuple):
    """A stretch of time over all topics; one of grain month holds all of the month, its days included."""

    grain: Grain
    name: str


class Source(NamedTuple):
    """Where a bucket's record comes from."""

    topic: str
    partition: int


class MergedTallies:
    """What the tallies of every partition say together, round by round.

    Records are kept as bytes. A span is summed when it is first asked for, and from then on kept true by the
    differences between old and new records: a scrape costs what it shows, not what is stored.
    """

    def __init__(self, calendar: Calendar) -> None:
        """Take the calendar of the settings' time zone."""
        self.heads: dict[int, Head] = {}
        self.version = 0
        """Rises with every round: figures made at the same version are the same."""
        self._calendar = calendar
        self._waiting: dict[int, dict[Bucket, bytes | None]] = {}
        self._records: dict[Span, dict[Source, bytes]] = {}
        self._sums: dict[Span, Counts] = {}
        self._windows: dict[str, Counts] = {}
        self._changed_in: dict[str, int] = {}

    def read(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Take in the next record of a partition's tallies; it counts once the head that ends its round is here.

        Raises ValueError or msgspec.DecodeError for what is no tally record.
        """
        if key.startswith(DETECTION):
            return
        if key != HEAD_KEY:
            self._waiting.setdefault(partition, {})[bucket_of(key)] = value
        elif value is not None:
            self._apply(partition, read_head(value))

    def _apply(self, partition: int, head: Head) -> None:
        if vouches_for_tallies(head, self.heads.get(partition)):
            for bucket, value in self._waiting.pop(partition, {}).items():
                self._replace(bucket, partition, None if value == EMPTY else value)
        self.heads[partition] = head
        self.version += 1
        self._windows.clear()
        self._let_go_of_old_sums()

    def _replace(self, bucket: Bucket, partition: int, value: bytes | None) -> None:
        span, source = Span(bucket.grain, bucket.name), Source(bucket.topic, partition)
        old = self._records.get(span, {}).get(source)
        if old == value:
            return
        totals = [total for total in _spans_with(span) if total in self._sums]
        change = _change(old, value) if totals else {}
        for total in totals:
            _add(self._sums[total], _shown_by(total, change))
        if span.grain in ("day", "month"):
            self._changed_in[span.name[:7]] = self.version + 1
        records = self._records.setdefault(span, {})
        if value is not None:
            records[source] = value
            return
        del records[source]
        if not records:
            del self._records[span]
            self._sums.pop(span, None)

    def _let_go_of_old_sums(self) -> None:
        """Drop sums that no window shows any more; asked for again, they are made again."""
        last_month = add_months(self._calendar.month_of(self.as_of()), -1)
        for span in [span for span in self._sums if span.grain in ("day", "month") and span.name[:7] < last_month]:
            del self._sums[span]

    def settled(self) -> list[int]:
        """Return the partitions whose tallies stand for their log."""
        return sorted(partition for partition, head in self.heads.items() if head.settled)

    def problem(self, partitions: Collection[int], definitions_digest: str) -> str | None:
        """Return why the sums may not be shown, None when they may.

        They may when every one of `partitions` is settled, and counted under the definitions with this digest.
        """
        missing = sorted(set(partitions).difference(self.settled()))
        if missing:
            names = ", ".join(map(str, missing))
            return f"partitions {names} have no settled tallies: start a worker (`streams worker`), or wait for it"
        if any(head.definitions != definitions_digest for head in self.heads.values()):
            return (
                "the workers count under other definitions than these: give both the same STREAMS_DEFINITIONS_DIR, "
                "STREAMS_TIMEZONE and STREAMS_LEDGER_MONTHS, and restart the workers"
            )
        return None if self.as_of() else "the clock of a partition has not begun: no tick has come yet"

    def as_of(self) -> int:
        """Return the instant up to which every partition has counted, 0 where one has not begun."""
        return min((head.as_of for head in self.heads.values()), default=0)

    def months(self) -> list[str]:
        """Return the months that hold anything, oldest first."""
        return sorted({span.name[:7] for span in self._records if span.grain in ("day", "month")})

    def month(self, month: str) -> Counts:
        """Return the counts of a month (not to be changed)."""
        return self._sum(Span("month", month))

    def month_version(self, month: str) -> int:
        """Return the version with which the counts of a month last changed."""
        return self._changed_in.get(month, 0)

    def slot(self, number: int) -> Counts:
        """Return the counts of a slot of the last days (not to be changed)."""
        span = Span("slot", str(number))
        return self._sum(span) if span in self._records else {}

    def days(self, days: Iterable[str]) -> Counts:
        """Return the counts of some days together, all that is tallied by day (users are not: they do not add up)."""
        counts: Counts = {}
        for day in days:
            for value in self._records.get(Span("day", day), {}).values():
                _add(counts, read_cells(value))
        return counts

    def topic(self, topic: str) -> Counts:
        """Return all that is tallied by day of one topic, over all days that are held."""
        counts: Counts = {}
        for span, records in self._records.items():
            for source, value in records.items() if span.grain == "day" else ():
                if source.topic == topic:
                    _add(counts, read_cells(value))
        return counts

    def first_day(self, topics: Collection[str]) -> str | None:
        """Return the first day on which one of the topics has anything, None where none ever has."""
        found = (
            span.name
            for span, records in self._records.items()
            if span.grain == "day" and any(source.topic in topics for source in records)
        )
        return min(found, default=None)

    def levels(self) -> Counts:
        """Return how many there are now (not to be changed)."""
        return self._sum(Span("level", ""))

    def window(self, name: str) -> Counts:
        """Return the counts of a window of the catalogue, which ends at `as_of` (not to be changed)."""
        if name in LENGTHS:
            if name not in self._windows:
                self._windows[name] = self._window(LENGTHS[name])
            return self._windows[name]
        this_month = self._calendar.month_of(self.as_of())
        return self.month(this_month if name == "month" else add_months(this_month, -1))

    def _window(self, length: int) -> Counts:
        slots, first_day = stretch(self.as_of(), length, self._calendar)
        spans = [span for slot in slots if (span := Span("slot", str(slot))) in self._records]
        spans += [span for span in self._records if span.grain == "day" and span.name >= first_day]
        counts: Counts = {}
        for span in spans:
            for measure, numbers in self._sum(span).items():
                totals = counts.setdefault(measure, {})
                for labels, number in numbers.items():
                    totals[labels] = totals.get(labels, 0) + number
        return counts

    def _sum(self, span: Span) -> Counts:
        if span not in self._sums:
            counts = self._sums[span] = {}
            for part in self._parts(span):
                for value in self._records.get(part, {}).values():
                    _add(counts, _shown_by(span, read_cells(value)))
        return self._sums[span]

    def _parts(self, span: Span) -> list[Span]:
        return [part for part in self._records if span in _spans_with(part)] if span.grain == "month" else [span]

    def cells(self, month: str, partition: int) -> dict[Bucket, Cells]:
        """Return what one partition says about a month: bucket → cells, of its days and of the month itself."""
        return {
            Bucket(source.topic, *span): read_cells(value)
            for span in self._parts(Span("month", month))
            for source, value in self._records.get(span, {}).items()
            if source.partition == partition
        }


def _spans_with(span: Span) -> Iterable[Span]:
    """Return the spans that a record of `span` is a part of."""
    return (span, Span("month", span.name[:7])) if span.grain == "day" else (span,)


def _change(old: bytes | None, new: bytes | None) -> Cells:
    """Return what a record adds to the one that it replaces."""
    before = {} if old is None else read_cells(old)
    after = {} if new is None else read_cells(new)
    return {cell: after.get(cell, 0) - before.get(cell, 0) for cell, _ in after.items() ^ before.items()}


def _shown_by(span: Span, cells: Cells) -> Cells:
    """Return the cells that `span` adds up: a day by itself is for windows, which show no durations."""
    if span.grain != "day":
        return cells
    return {cell: weight for cell, weight in cells.items() if MEASURES[cell[0]].grain == "slot"}


def _add(counts: Counts, cells: Cells) -> None:
    for (measure, labels), weight in cells.items():
        numbers = counts.setdefault(measure, {})
        total = numbers.get(labels, 0) + weight
        if total:
            numbers[labels] = total
        else:
            numbers.pop(labels, None)
