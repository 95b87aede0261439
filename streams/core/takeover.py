"""Taking a partition over: what the tallies topic and an earlier state say, and where to begin reading."""

from __future__ import annotations

import msgspec

from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.events.context import CONTEXT_TOPIC
from streams.core.head import HEAD_KEY, ClosedMonth, Head, Offsets, read_head
from streams.core.ledger import Fold
from streams.core.tallies import DETECTION, Bucket, bucket_of


class Kept(msgspec.Struct, kw_only=True):
    """A fold kept from earlier, in memory or as a checkpoint: it holds every record below `positions`."""

    folds: dict[str, Fold]
    positions: Offsets
    closed: list[ClosedMonth]


class Takeover(msgspec.Struct, kw_only=True):
    """What a new owner of a partition has read before it folds.

    head: the last head on the topic `tallies`, None in a partition never worked.
    buckets: every tally bucket that has a record there.
    kept: an earlier state, if there is one that can be used.
    detection: what the owner that watches for outages kept beside the tallies: name → record.
    """

    head: Head | None = None
    buckets: set[Bucket] = msgspec.field(default_factory=set)
    kept: Kept | None = None
    detection: dict[str, bytes] = msgspec.field(default_factory=dict)

    def read(self, key: bytes, value: bytes | None) -> None:
        """Take in one record of the partition's tallies, in order."""
        if key.startswith(DETECTION):
            self._read_detection(key.removeprefix(DETECTION).decode(), value)
        elif key == HEAD_KEY:
            self.head = None if value is None else read_head(value)
        elif value is None:
            self.buckets.discard(bucket_of(key))
        else:
            self.buckets.add(bucket_of(key))

    def _read_detection(self, name: str, value: bytes | None) -> None:
        if value is None:
            self.detection.pop(name, None)
        else:
            self.detection[name] = value

    def usable(self) -> Kept | None:
        """Return the kept state if it agrees with the last head about closed months.

        A state that closed a month in a round that was never seen has forgotten facts which the month still needs;
        one that has read past a later closing may hold revisions which came too late for it.
        """
        known = [] if self.head is None else self.head.closed
        if self.kept is None or self.kept.closed != known[: len(self.kept.closed)]:
            return None
        for closing in known[len(self.kept.closed) :]:
            if any(self.kept.positions.get(topic, 0) > offset for topic, offset in closing.upto.items()):
                return None
        return self.kept

    def start(self, topic: str) -> int:
        """Return the offset at which to begin reading `topic`.

        An earlier state begins where it stands, yet not past the records whose side effects are not sent; without
        one the horizon holds every fact that matters, and 0 stands for the beginning of the log. Ticks and signals
        are kept by nobody: those that the head has not dealt with are read again.
        """
        kept = self.usable()
        if kept is not None and topic not in (CONTEXT_TOPIC, SIGNALS_TOPIC):
            unsent = 0 if self.head is None else self.head.effects.get(topic, 0)
            return min(kept.positions.get(topic, 0), unsent)
        return 0 if self.head is None else self.head.horizon.get(topic, 0)
