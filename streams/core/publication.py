"""What of a partition's tallies has to be written: changed buckets, explicit empties, and tombstones of old slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streams.core.rounds import Outgoing
from streams.core.tallies import DETECTION, Bucket, Tallies, write_cells

TALLIES_TOPIC = "tallies"


class Publication:
    """The records that a partition's tallies have on the topic `tallies`, and how they follow the tallies."""

    def __init__(self, number: int, tallies: Tallies, published: set[Bucket]) -> None:
        """Take the partition's number, its tallies, and the buckets that have a record already."""
        self._number, self._tallies, self._published = number, tallies, published
        self._tombstones: list[Bucket] = []
        self._swept_before: int | None = None

    def matching(self, is_wanted: Callable[[Bucket], bool]) -> list[Bucket]:
        """Return the buckets with a record for which `is_wanted` holds."""
        return list(filter(is_wanted, self._published))

    def take_records(self) -> list[Outgoing]:
        """Return a record for every changed bucket (an explicit empty where nothing is left), then the tombstones."""
        changed = sorted(self._tallies.changed)
        self._tallies.changed.clear()
        self._published.update(changed)
        records = [self._record(bucket, write_cells(self._tallies.buckets.get(bucket, {}))) for bucket in changed]
        return records + [self._record(bucket, None) for bucket in self._take_tombstones()]

    def beside(self, kept: Mapping[str, bytes]) -> list[Outgoing]:
        """Return the records of what detection keeps beside the tallies; an empty value deletes one."""
        return [
            Outgoing(TALLIES_TOPIC, self._number, DETECTION + name.encode(), value or None)
            for name, value in kept.items()
        ]

    def _record(self, bucket: Bucket, value: bytes | None) -> Outgoing:
        return Outgoing(TALLIES_TOPIC, self._number, bucket.record_key(), value)

    def _take_tombstones(self) -> list[Bucket]:
        """Return the slots to delete: those that expired before the last head, which covers their day records."""
        ripe, self._tombstones = self._tombstones, []
        if self._tallies.first_slot != self._swept_before:
            self._swept_before = self._tallies.first_slot
            self._tombstones = self.matching(self._tallies.is_expired)
            self._published.difference_update(self._tombstones)
        return ripe
