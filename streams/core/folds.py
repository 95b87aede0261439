"""The folds of one partition, by topic: what closings let go of, and from where on a new fold would find the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.core.events import SOURCE_TOPICS
from streams.core.head import ClosedMonth, Offsets
from streams.core.known_outages import COPIES_TOPIC
from streams.core.ledger import Fold
from streams.core.months import Calendar

FOLDED_TOPICS = (*SOURCE_TOPICS, COPIES_TOPIC)
"""The topics whose newest revisions a partition keeps, and a recount takes in."""


class Folds(dict[str, Fold]):
    """topic → fold."""

    def __init__(
        self,
        kept: Mapping[str, Fold],
        closed: Sequence[ClosedMonth],
        positions: Offsets,
        calendar: Calendar,
    ) -> None:
        """Take the folds kept from earlier, the closings so far, and where reading begins."""
        super().__init__({topic: kept.get(topic) or Fold() for topic in FOLDED_TOPICS})
        self._calendar = calendar
        self._ahead = {
            topic: [closing for closing in closed if closing.upto.get(topic, 0) >= positions[topic]] for topic in self
        }

    def has_closings_ahead(self, topic: str) -> bool:
        """Tell whether reading has yet to come past a closing."""
        return bool(self._ahead[topic])

    def forget_closed(self, topic: str, offset: int) -> None:
        """While folding, forget what the closings up to `offset` let go of, just where they did.

        Done later, an old revision that came after them would be outranked here and counted where it came live.
        """
        ahead = self._ahead[topic]
        while ahead and ahead[0].upto.get(topic, 0) <= offset:
            self[topic].forget(self._calendar.month_end(ahead.pop(0).month))

    def horizon(self, positions: Offsets) -> Offsets:
        """Return the offsets from which new folds find all these facts; it costs a pass over them."""
        return {topic: fold.horizon(positions[topic]) for topic, fold in self.items()}

    def at(self, positions: Offsets) -> Offsets:
        """Return the positions of these topics alone."""
        return {topic: positions[topic] for topic in self}
