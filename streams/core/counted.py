"""All that is counted of one partition's facts: every topic's counting, the links between them, and the tallies."""

from __future__ import annotations

from collections.abc import Mapping

from streams.core.contributions import Chapter
from streams.core.counting import Counting
from streams.core.definitions import Definitions
from streams.core.events import SOURCE_TOPICS
from streams.core.folds import Folds
from streams.core.known_outages import COPIES_TOPIC, KnownOutages
from streams.core.ledger import Entry
from streams.core.months import NEVER, Calendar
from streams.core.tallies import Tallies


class Counted:
    """Keeps the tallies equal to what the folds contribute, whatever changes: facts, outages, time, months."""

    def __init__(
        self,
        folds: Folds,
        chapters: Mapping[str, Chapter],
        definitions: Definitions,
        calendar: Calendar,
        open_from: int,
    ) -> None:
        """Take the folds, chapters by topic, the definitions, their calendar, and where open months begin."""
        self.tallies = Tallies(calendar)
        self.outages = KnownOutages(folds[COPIES_TOPIC], definitions, calendar)
        self._calendar = calendar
        self._counting = {
            topic: Counting(folds, chapters[topic], self.tallies, self.outages.links) for topic in SOURCE_TOPICS
        }
        for counting in self._counting.values():
            counting.open_from = open_from

    def of(self, topic: str) -> Counting:
        """Return the counting of one topic."""
        return self._counting[topic]

    def update(self, topic: str, former: Mapping[str, Entry]) -> None:
        """Count the difference that a batch of a topic made: `former` is what its fold held under each touched key."""
        self._counting[topic].update(former)
        for counting in self._counting.values():
            counting.update_beside(topic, former)

    def relink(self) -> None:
        """Count the difference that the outages make which changed."""
        for counting in self._counting.values():
            counting.relink(self.outages.links)

    def recount(self, now: int) -> None:
        """Count everything anew at the instant `now`."""
        self.tallies.clear()
        if now:
            self.tallies.expire(now)
        for counting in self._counting.values():
            counting.links = self.outages.links
            counting.rebuild(now)

    def advance(self, now: int) -> None:
        """Count what changes by time alone up to `now`."""
        for counting in self._counting.values():
            counting.advance(now)
        self.tallies.expire(now)

    def close(self, open_from: int) -> None:
        """Let the facts before the instant `open_from` count no more; what was counted of them is final."""
        self.outages.forget(open_from)
        for counting in self._counting.values():
            counting.close(open_from)
            counting.links = self.outages.links

    def months(self) -> set[str]:
        """Return the months that facts belong to."""
        return {month for counting in self._counting.values() for month in counting.months(self._calendar)}

    def next_change(self) -> int:
        """Return the next instant at which a figure changes by time alone, NEVER if none will."""
        return min((counting.next_change() for counting in self._counting.values()), default=NEVER)

    def facts(self) -> int:
        """Return how many facts are counted."""
        return sum(counting.fold.facts for counting in self._counting.values())
