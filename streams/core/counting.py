"""Keeps the tallies of one topic equal to the contributions of its facts: by difference, by time, by closing."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime

from streams.core.contributions import Chapter, linked
from streams.core.contributions.chapter import Beside
from streams.core.contributions.measures import LEVEL, Weights, add_weights
from streams.core.events import READERS, Event
from streams.core.events.base import canonical
from streams.core.ledger import Entry, Fact, Fold
from streams.core.months import NEVER, Calendar, instant_of
from streams.core.outages.linking import Links, may_cover
from streams.core.tallies import Tallies


class Counting:
    """One topic's fold, its chapter, and the tallies that it keeps true.

    At every moment the tallies hold Σ contributions(entry, now) over all keys, where a fact opened before `open_from`
    (in a closed month) contributes nothing of its own. `folds` are those of all topics: a chapter may look at the facts
    that other topics have under the same key. `links` tell which outage a fact belongs to.
    """

    def __init__(self, folds: Mapping[str, Fold], chapter: Chapter, tallies: Tallies, links: Links) -> None:
        self._folds, self._chapter, self._tallies = folds, chapter, tallies
        self.links = links
        self._reader = READERS[chapter.topic]
        self.fold = folds[chapter.topic]
        self.now = 0
        self.open_from = 0
        self._due: list[tuple[int, str]] = []
        self._due_of: dict[str, int] = {}

    def rebuild(self, now: int) -> None:
        """Count all facts at the instant `now`, into tallies that hold nothing of this topic."""
        self.now = now
        self._due, self._due_of = [], {}
        for key, entry in self.fold.entries.items():
            events = _events(self._chapter.topic, entry)
            self._tallies.add(self._chapter.topic, self._of_entry(key, events, now))
            self._remember_change(key, events)

    def update(self, former: Mapping[str, Entry]) -> None:
        """Count the difference that a batch made: `former` is what the fold held before under each touched key."""
        change: Weights = {}
        for key, old in former.items():
            self._add_difference(change, key, old)
        self._tallies.add(self._chapter.topic, change)

    def _add_difference(self, change: Weights, key: str, old: Entry) -> None:
        entry = self.fold.entry(key)
        events = {identity: self._reader.kept(fact.canonical) for identity, fact in entry.items()}
        former = {
            identity: events[identity] if fact is entry.get(identity) else self._reader.kept(fact.canonical)
            for identity, fact in old.items()
        }
        for identity, event in events.items():
            before = former.get(identity)
            if before is event:
                continue
            add_weights(change, self._of_fact(event))
            if before is not None:
                add_weights(change, self._of_fact(before), -1)
        beside = self._beside(key)
        together = self._of_key(key, list(events.values()), beside)
        together_before = self._of_key(key, list(former.values()), beside)
        if together is not together_before:
            add_weights(change, together)
            add_weights(change, together_before, -1)
        self._remember_change(key, events.values())

    def update_beside(self, topic: str, former: Mapping[str, Entry]) -> None:
        """Count the difference that a batch of another topic made: `former` is what its fold held under each key."""
        if topic not in self._chapter.beside:
            return
        change: Weights = {}
        for key, old in former.items():
            entry = self.fold.entry(key)
            if entry:
                events, beside = _events(self._chapter.topic, entry), self._beside(key)
                beside_before = {**beside, topic: _events(topic, old)}
                add_weights(change, self._of_key(key, events, beside))
                add_weights(change, self._of_key(key, events, beside_before), -1)
        self._tallies.add(self._chapter.topic, change)

    def takes_links(self) -> bool:
        """Tell whether facts of this topic report trouble, and can belong to an outage."""
        return self._chapter.outage_measures is not None

    def relink(self, links: Links) -> None:
        """Count the difference that other outages make: each key's facts under the links before and after."""
        before, self.links = self.links, links
        if links is before or not self.takes_links():
            return
        changed = links.changed_since(before)
        change: Weights = {}
        for key, entry in self.fold.entries.items():
            if any(may_cover(outage, key) for outage in changed):
                self._add_relinked(change, key, entry, before)
        self._tallies.add(self._chapter.topic, change)

    def _add_relinked(self, change: Weights, key: str, entry: Entry, before: Links) -> None:
        events, beside = _events(self._chapter.topic, entry), self._beside(key)
        reports = [*events, *(other for others in beside.values() for other in others)]
        if all(_outage(self.links, report) == _outage(before, report) for report in reports):
            return
        for links, sign in ((self.links, 1), (before, -1)):
            for event in events:
                add_weights(change, self._of_fact(event, links=links), sign)
            add_weights(change, self._of_key(key, events, beside, links), sign)

    def _beside(self, key: str) -> Beside:
        return {topic: _events(topic, self._folds[topic].entry(key)) for topic in self._chapter.beside}

    def next_change(self) -> int:
        """Return the next instant at which something changes by time alone, NEVER if nothing will."""
        return self._due[0][0] if self._due else NEVER

    def advance(self, now: int) -> None:
        """Move the clock to `now` and count what changes by time alone up to there."""
        due: set[str] = set()
        while self._due and self._due[0][0] <= now:
            instant, key = heapq.heappop(self._due)
            if self._due_of.get(key) == instant:
                del self._due_of[key]
                due.add(key)
        before, self.now = self.now, now
        for key in due:
            events = _events(self._chapter.topic, self.fold.entry(key))
            change: Weights = {}
            for event in events:
                add_weights(change, self._of_fact(event, now))
                add_weights(change, self._of_fact(event, before), -1)
            self._tallies.add(self._chapter.topic, change)
            self._remember_change(key, events)

    def close(self, open_from: int) -> None:
        """Let the facts before `open_from` count no more: their levels go, what no open month needs is forgotten.

        The days and months that they were counted in stay as they are: they are final.
        """
        levels: Weights = {}
        for entry in self.fold.entries.values():
            for fact in entry.values():
                event = self._reader.kept(fact.canonical)
                if instant_of(event.happened_at()) < open_from:
                    levels_of_fact = {s: w for s, w in self._of_fact(event).items() if s[0] == LEVEL}
                    add_weights(levels, levels_of_fact, -1)
        self._tallies.add(self._chapter.topic, levels)
        self.open_from = open_from
        self.fold.forget(open_from)

    def fact(self, event: Event, offset: int) -> Fact:
        """Return the event of the record at `offset` as the fold keeps it."""
        needed_until = max(instant_of(event.happened_at()), self._chapter.remembered_until(event))
        return Fact(event.revision, offset, canonical(event), needed_until)

    def months(self, calendar: Calendar) -> set[str]:
        """Return the months that the facts belong to."""
        return {
            calendar.month_of(instant_of(self._reader.kept(fact.canonical).happened_at()))
            for entry in self.fold.entries.values()
            for fact in entry.values()
        }

    def _of_entry(self, key: str, events: list[Event], now: int) -> Weights:
        weights: Weights = {}
        for event in events:
            add_weights(weights, self._of_fact(event, now))
        add_weights(weights, self._of_key(key, events, self._beside(key)))
        return weights

    def _of_fact(self, event: Event, now: int | None = None, links: Links | None = None) -> Weights:
        if self.open_from and instant_of(event.happened_at()) < self.open_from:
            return {}
        return linked.of_fact(self._chapter, event, self.now if now is None else now, self._links(links))

    def _of_key(self, key: str, events: list[Event], beside: Beside, links: Links | None = None) -> Weights:
        return linked.of_key(self._chapter, key, events, self.open_from, self._links(links), beside)

    def _links(self, other: Links | None) -> Links:
        return self.links if other is None else other

    def _remember_change(self, key: str, events: Iterable[Event]) -> None:
        upcoming = [instant for event in events for instant in self._chapter.changes(event) if instant > self.now]
        if not upcoming:
            self._due_of.pop(key, None)
            return
        soonest = min(upcoming)
        if self._due_of.get(key) != soonest:
            self._due_of[key] = soonest
            heapq.heappush(self._due, (soonest, key))
            if len(self._due) > 2 * len(self._due_of) + 1_000:
                self._due = [(instant, key) for key, instant in self._due_of.items()]
                heapq.heapify(self._due)


def _events(topic: str, entry: Entry) -> list[Event]:
    kept = READERS[topic].kept
    return [kept(fact.canonical) for fact in entry.values()]


def _outage(links: Links, report: Event) -> tuple[str, datetime] | None:
    """Return what of its outage a report is counted under."""
    outage = links.outage_of(report)
    return None if outage is None else (outage.id, outage.started_at)
