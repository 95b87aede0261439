"""What changed between two counts of one partition's log: which facts, and what each of them moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Literal, NamedTuple

from streams.core.events import READERS, Outage
from streams.core.outages.linking import may_cover
from streams.core.recount import Newest, Placed, Recounter

Kind = Literal["new", "revised", "forgotten", "by_time"]
"""by_time: the fact is the same, yet counts otherwise at the later clock (an open ticket passed its deadline)."""


class Cause(NamedTuple):
    """A fact that makes a figure move; `before` and `after` are its revisions, None where it was not there."""

    topic: str
    key: str
    id: str
    kind: Kind
    before: int | None
    after: int | None


class Change(NamedTuple):
    """What some facts moved together: bucket and cell → difference."""

    causes: tuple[Cause, ...]
    moved: Placed


def changes_between(earlier: Recounter, later: Recounter) -> list[Change]:
    """Return what the later count of the same partition has otherwise, by the facts that made it so.

    Both count the same months. What one fact contributes by itself is its own doing; what the facts of a key make
    together (a user who reports again) is the doing of those that changed. A report that now belongs to another outage
    was moved by that outage.
    """
    return merged(_Comparing(earlier, later).changes())


def merged(changes: Iterable[Change]) -> list[Change]:
    """Return changes with one entry for each set of causes, in order."""
    by_causes: dict[tuple[Cause, ...], Placed] = {}
    for causes, moved in changes:
        _add(by_causes.setdefault(causes, {}), moved, 1)
    return [Change(causes, moved) for causes, moved in sorted(by_causes.items(), key=lambda item: repr(item[0]))]


class _Comparing:
    def __init__(self, earlier: Recounter, later: Recounter) -> None:
        self._earlier, self._later = earlier, later
        self._counted = earlier.contributions, later.contributions
        self._moved_outages = later.links.changed_since(earlier.links)
        self._of_outages = {cause.id: cause for cause in self._of_changed_outages()}

    def changes(self) -> Iterator[Change]:
        """Yield what each key's facts count otherwise now, by themselves and together."""
        for topic, key in self._earlier.facts.keys() | self._later.facts.keys():
            own, due, relinked = self._changed(topic, key), self._by_time(topic, key), self._relinked(topic, key)
            beside: list[Cause] = []
            for other in self._later.chapters[topic].beside:
                beside += self._changed(other, key).values()
                beside += (outage for outages in self._relinked(other, key).values() for outage in outages)
            if own or due or relinked or beside:
                yield from self._by_itself(topic, key, own, due, relinked)
                yield from self._of_key(topic, key, [*own.values(), *beside, *chain(*relinked.values())])

    def _by_itself(
        self,
        topic: str,
        key: str,
        own: Mapping[str, Cause],
        due: Mapping[str, Cause],
        relinked: Mapping[str, list[Cause]],
    ) -> Iterator[Change]:
        """Yield what each fact of a key moved: the fact itself if it changed, else its outage, or time."""
        before, after = self._counted[0](topic, key)[0], self._counted[1](topic, key)[0]
        for identity in before.keys() | after.keys():
            moved = self._difference(before.get(identity, {}), after.get(identity, {}))
            if moved:
                outside = [*relinked.get(identity, []), *([due[identity]] if identity in due else [])]
                yield Change(_in_order([own[identity]] if identity in own else outside), moved)

    def _of_key(self, topic: str, key: str, causes: list[Cause]) -> Iterator[Change]:
        """Yield what the facts of a key moved together; the clock has no part in that."""
        moved = self._difference(self._counted[0](topic, key)[1], self._counted[1](topic, key)[1])
        if moved:
            yield Change(_in_order(causes), moved)

    def _changed(self, topic: str, key: str) -> dict[str, Cause]:
        before, after = (count.facts.get((topic, key), {}) for count in (self._earlier, self._later))
        if before == after:
            return {}
        return {
            identity: _cause(topic, key, identity, before.get(identity), after.get(identity))
            for identity in before.keys() | after.keys()
            if _content(before.get(identity)) != _content(after.get(identity))
        }

    def _by_time(self, topic: str, key: str) -> dict[str, Cause]:
        """Return the facts of a key that count otherwise at the later clock."""
        since, until = self._earlier.now, self._later.now
        if since == until:
            return {}
        chapter, reader = self._later.chapters[topic], READERS[topic]
        return {
            identity: Cause(topic, key, identity, "by_time", fact.revision, fact.revision)
            for identity, fact in self._later.facts.get((topic, key), {}).items()
            if any(since < instant <= until for instant in chapter.changes(reader.kept(fact.canonical)))
        }

    def _relinked(self, topic: str, key: str) -> dict[str, list[Cause]]:
        """Return the facts of a key that belong to another outage now, with the outages that made it so."""
        if not any(may_cover(outage, key) for outage in self._moved_outages):
            return {}
        found = {}
        reader = READERS[topic]
        for identity, fact in self._later.facts.get((topic, key), {}).items():
            event = reader.kept(fact.canonical)
            belonged, belongs = self._earlier.links.outage_of(event), self._later.links.outage_of(event)
            if _place(belonged) != _place(belongs):
                ids = {outage.id for outage in (belonged, belongs) if outage is not None}
                found[identity] = [self._of_outages[one] for one in ids if one in self._of_outages]
        return found

    def _difference(self, before: Placed, after: Placed) -> Placed:
        """Return what moved in the months that the later count has; of one closed in between, nothing."""
        moved = dict(after)
        _add(moved, {spot: number for spot, number in before.items() if self._later.counts(spot[0].name[:7])}, -1)
        return moved

    def _of_changed_outages(self) -> Iterator[Cause]:
        before, after = (
            {window.outage.id: window.outage.revision for window in count.links.windows}
            for count in (self._earlier, self._later)
        )
        for identity in {outage.id for outage in self._moved_outages}:
            kind: Kind = "revised" if identity in before and identity in after else "new"
            kind = "forgotten" if identity not in after else kind
            yield Cause(Outage.topic, identity, identity, kind, before.get(identity), after.get(identity))


def _place(outage: Outage | None) -> tuple[str, datetime] | None:
    """Return what of its outage a report is counted under."""
    return None if outage is None else (outage.id, outage.started_at)


def _cause(topic: str, key: str, identity: str, before: Newest | None, after: Newest | None) -> Cause:
    kind: Kind = "new" if before is None else "forgotten" if after is None else "revised"
    return Cause(topic, key, identity, kind, before and before.revision, after and after.revision)


def _content(fact: Newest | None) -> tuple[int, bytes] | None:
    return None if fact is None else (fact.revision, fact.canonical)


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(set(causes), key=repr))


def _add(total: Placed, moved: Placed, sign: int) -> None:
    for spot, number in moved.items():
        changed = total.get(spot, 0) + sign * number
        if changed:
            total[spot] = changed
        else:
            total.pop(spot, None)
