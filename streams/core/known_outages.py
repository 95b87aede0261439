"""The outages that a partition knows: every outage is copied to every partition, where it is a fact like any other.

The copies have a topic of their own: they must be read again for months, and ticks, which are many, need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from streams.core.definitions import Definitions
from streams.core.events import READERS, Event, Outage
from streams.core.events.base import canonical
from streams.core.head import ClosedMonth, counts_at
from streams.core.ledger import Fact, Fold
from streams.core.letters import Message
from streams.core.months import NEVER, Calendar, instant_of
from streams.core.outages.linking import Links, window_of
from streams.core.rounds import Outgoing

COPIES_TOPIC = "outage-copies"


def copies(outage: Event, partitions: int) -> list[Outgoing]:
    """Return one record of an outage for every partition."""
    value = msgspec.json.encode(outage)
    return [Outgoing(COPIES_TOPIC, number, outage.key().encode(), value) for number in range(partitions)]


def read_copy(value: bytes | None) -> Outage:
    """Return the outage in a copy's value; raises Refused."""
    return cast("Outage", READERS[Outage.topic].read(value))


class KnownOutages:
    """The fold of one partition's copies, and the links that follow from it."""

    def __init__(self, fold: Fold, definitions: Definitions, calendar: Calendar) -> None:
        """Take the fold, which may hold outages already."""
        self.fold = fold
        self._definitions, self._calendar = definitions, calendar
        self._links: Links | None = None
        self._told_at: dict[str, int] = {}
        """Outage → when it was first told of, as far as its copies were read here."""

    @property
    def links(self) -> Links:
        """The links of all outages known now; the same object until an outage changes."""
        if self._links is None:
            self._links = Links(self._definitions, self._calendar, self._outages(), dict(self._told_at))
        return self._links

    def take(self, message: Message, closed: Sequence[ClosedMonth]) -> None:
        """Take in a copy; one that came after its month was closed does not count. Raises Refused."""
        outage = read_copy(message.value)
        started = instant_of(outage.started_at)
        if not counts_at(list(closed), self._calendar.month_of(started), COPIES_TOPIC, message.offset):
            return
        told_at = instant_of(outage.updated_at)
        if told_at < self._told_at.get(outage.id, NEVER):
            self._told_at[outage.id] = told_at
            self._links = None
        needed_until = window_of(outage, self._definitions, self._calendar).end
        fact = Fact(outage.revision, message.offset, canonical(outage), needed_until)
        if self.fold.merge(outage.id, outage.id, fact):
            self._links = None

    def forget(self, open_from: int) -> None:
        """Let go of the outages that no report from the instant `open_from` on can belong to."""
        self.fold.forget(open_from)
        self._told_at = {identity: at for identity, at in self._told_at.items() if identity in self.fold.entries}
        self._links = None

    def _outages(self) -> list[Outage]:
        reader = READERS[Outage.topic]
        facts = (fact for entry in self.fold.entries.values() for fact in entry.values())
        return [cast("Outage", reader.kept(fact.canonical)) for fact in facts]
