"""The tallies of one partition: summed weights per bucket (slot, day, month, level), and how a bucket is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from streams.core.contributions.measures import Cell, Grain, Place, Weights
from streams.core.months import SLOT, Calendar

SLOT_DAYS = 8
"""Slots are kept for the day of the clock and this many days before it: enough for a window of seven days."""

Cells = dict[Cell, int]


DETECTION = b"detection/"
"""The keys of records beside the tallies begin so, which hold what detection knows: no reader of tallies needs them."""


class Bucket(NamedTuple):
    """What one tally record is about; `name` is a slot's number, a day, a month, or "" for levels."""

    topic: str
    grain: Grain
    name: str

    def record_key(self) -> bytes:
        """Return the key of the bucket's record on the topic `tallies`."""
        return "/".join(self).encode()

    def month(self, calendar: Calendar) -> str | None:
        """Return the month that the bucket belongs to; levels belong to none."""
        if self.grain == "level":
            return None
        return calendar.month_of(int(self.name) * SLOT) if self.grain == "slot" else self.name[:7]


def bucket_of(record_key: bytes) -> Bucket:
    """Return the bucket that a record key names; raises ValueError for another key."""
    topic, grain, name = record_key.decode().split("/")
    return Bucket(topic, grain, name)  # type: ignore[arg-type]


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(tuple[list[str], list[list[int]]]).decode


def write_cells(cells: Cells) -> bytes:
    """Return a bucket's cells as bytes: a table of the strings in it, then rows [measure, weight, *labels] of indexes.

    Equal cells give equal bytes. No cells is an explicit empty, which says that the bucket's counts are nothing.
    """
    names: dict[str, int] = {}
    rows = []
    for (measure, labels), weight in sorted(cells.items()):
        row = [names.setdefault(measure, len(names)), weight]
        row.extend(names.setdefault(label, len(names)) for label in labels)
        rows.append(row)
    return _ENCODE((list(names), rows))


def read_cells(value: bytes) -> Cells:
    """Return the cells of a bucket's record value; raises msgspec.DecodeError for what is none."""
    names, rows = _DECODE(value)
    return {(names[row[0]], tuple(names[index] for index in row[2:])): row[1] for row in rows}


class Tallies:
    """All buckets of one partition that are not closed, and which of them changed since they were last published."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.buckets: dict[Bucket, Cells] = {}
        self.changed: set[Bucket] = set()
        self._buckets_of: dict[tuple[str, Place], tuple[Bucket, ...]] = {}
        self.first_slot: int | None = None
        """Slots before this one are counted in their day alone; None while the clock has not begun."""

    def add(self, topic: str, weights: Weights) -> None:
        """Add weights of a topic's facts to the buckets that their places name."""
        for (place, cell), weight in weights.items():
            for bucket in self._buckets_at(topic, place):
                cells = self.buckets.setdefault(bucket, {})
                total = cells.get(cell, 0) + weight
                if total:
                    cells[cell] = total
                else:
                    del cells[cell]
                self.changed.add(bucket)

    def _buckets_at(self, topic: str, place: Place) -> tuple[Bucket, ...]:
        known = self._buckets_of.get((topic, place))
        if known is None:
            known = self._buckets_of[topic, place] = tuple(self._find_buckets(topic, *place))
        return known

    def _find_buckets(self, topic: str, grain: Grain, name: int | str) -> Iterator[Bucket]:
        if isinstance(name, str):
            yield Bucket(topic, grain, name)
            return
        yield Bucket(topic, "day", self._calendar.day_of_slot(name))
        if grain == "slot" and self.first_slot is not None and name >= self.first_slot:
            yield Bucket(topic, "slot", str(name))

    def expire(self, as_of: int) -> list[Bucket]:
        """Drop the slots that have become too old at the instant `as_of`; return those dropped."""
        first = self._first_slot_at(as_of)
        if first == self.first_slot:
            return []
        self.first_slot = first
        self._buckets_of = {}
        expired = list(filter(self.is_expired, self.buckets))
        self.forget(expired)
        return expired

    def is_expired(self, bucket: Bucket) -> bool:
        """Tell whether the bucket is a slot that has become too old to be kept."""
        return bucket.grain == "slot" and self.first_slot is not None and int(bucket.name) < self.first_slot

    def _first_slot_at(self, as_of: int) -> int:
        day = date.fromisoformat(self._calendar.day_of(as_of)) - timedelta(days=SLOT_DAYS)
        return self._calendar.day_start(day.isoformat()) // SLOT

    def forget(self, buckets: Iterable[Bucket]) -> None:
        """Drop buckets from memory without a trace among the changes."""
        for bucket in list(buckets):
            self.buckets.pop(bucket, None)
            self.changed.discard(bucket)

    def through(self, month: str) -> Iterator[Bucket]:
        """Yield the buckets of `month` and of every earlier one."""
        for bucket in self.buckets:
            belongs = bucket.month(self._calendar)
            if belongs is not None and belongs <= month:
                yield bucket

    def clear(self) -> None:
        """Forget everything counted; the buckets that were there count as changed."""
        self.changed.update(self.buckets)
        self.buckets = {}
