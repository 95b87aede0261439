"""The facts behind figures, found while a partition is counted anew: those that count, and those that would have to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

import msgspec

from streams.core.documents import instant_text
from streams.core.events import READERS
from streams.core.events.base import INVALID_STATUSES, canonical
from streams.core.explaining import Behind, Standing
from streams.core.months import instant_of
from streams.core.recount import Placed, Recounter
from streams.core.restating import SHOWN_DIGITS

Why = Literal["condition_missed", "condition_met", "not_valid"]
"""Why a fact does not count in a figure: it misses an indicator's condition, it meets one and the figure is of the
others, or it is cancelled or rejected."""


class CountedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact (topic/id) that counts in a figure; `key` is masked, `updated_at` is of its newest revision."""

    updated_at: str
    fact: str
    key: str
    revision: int


class Candidate(CountedFact, frozen=True, kw_only=True):
    """A fact that does not count in a figure but might: why not, and by the condition of which indicator."""

    why: Why
    indicator: str | None = None


class FactsBehind(msgspec.Struct, kw_only=True):
    """The facts that count in a figure and those that might, updated last first; and how many there are of each."""

    facts: list[CountedFact] = []
    facts_in_all: int = 0
    candidates: list[Candidate] = []
    candidates_in_all: int = 0

    @classmethod
    def of(cls, facts: list[CountedFact], candidates: list[Candidate]) -> FactsBehind:
        """Return these facts, with their numbers."""
        return cls(facts=facts, facts_in_all=len(facts), candidates=candidates, candidates_in_all=len(candidates))

    def add(self, other: FactsBehind, most: int) -> None:
        """Add what another key or partition has; keep `most` of each."""
        if other.facts:
            self.facts = sorted([*self.facts, *other.facts], key=_order, reverse=True)[:most]
        if other.candidates:
            self.candidates = sorted([*self.candidates, *other.candidates], key=_order, reverse=True)[:most]
        self.facts_in_all += other.facts_in_all
        self.candidates_in_all += other.candidates_in_all


def _order(fact: CountedFact) -> tuple[str, str]:
    return fact.updated_at, fact.fact


def facts_behind(
    behind: Mapping[str, Behind], too_high: Collection[str], most: int, recounter: Recounter
) -> dict[str, FactsBehind]:
    """Return place → the facts of one partition that count there, and for places in `too_high` those that might.

    `most` of each are kept.
    """
    standings = {place: Standing(cells) for place, cells in behind.items()}
    found: dict[str, FactsBehind] = {place: FactsBehind() for place in behind}
    for topic, key in list(recounter.facts):
        of_key = _OfKey(recounter, topic, key, with_invalid=bool(too_high))
        for place, standing in standings.items():
            facts = of_key.counted(standing)
            candidates = list(of_key.candidates(standing)) if place in too_high else []
            found[place].add(FactsBehind.of(facts, candidates), most)
    return found


class _OfKey:
    """The facts of a key, and what they contribute."""

    def __init__(self, recounter: Recounter, topic: str, key: str, *, with_invalid: bool) -> None:
        self._recounter, self._topic, self._key = recounter, topic, key
        self._by_itself, self._together = recounter.contributions(topic, key)
        self._if_valid = dict(self._were_they_valid()) if with_invalid else {}

    def counted(self, standing: Standing) -> list[CountedFact]:
        """Return the facts that count in a figure."""
        all_count = standing.counts(self._together)
        return [
            CountedFact(**self._told(identity))
            for identity, placed in self._by_itself.items()
            if all_count or standing.counts(placed)
        ]

    def candidates(self, standing: Standing) -> Iterator[Candidate]:
        """Yield the facts that do not count in a figure but might."""
        all_count = standing.counts(self._together)
        for identity, placed in self._by_itself.items():
            rule = standing.missed(placed) or standing.missed(self._together)
            if rule is not None and not all_count and not standing.counts(placed):
                why: Why = "condition_met" if rule.is_of_rest else "condition_missed"
                yield Candidate(**self._told(identity), why=why, indicator=rule.indicator.id)
        for identity, (placed, together) in self._if_valid.items():
            if standing.counts(placed) or (standing.counts(together) and not all_count):
                yield Candidate(**self._told(identity), why="not_valid")

    def _were_they_valid(self) -> Iterator[tuple[str, tuple[Placed, Placed]]]:
        """Yield the ids of invalid facts, each with what would be counted were it a valid one."""
        place = self._topic, self._key
        newest = self._recounter.facts[place]
        for identity, fact in newest.items():
            event = READERS[self._topic].kept(fact.canonical)
            if getattr(event, "status", None) not in INVALID_STATUSES:
                continue
            valid = canonical(msgspec.structs.replace(event, status=None))
            self._recounter.facts[place] = {**newest, identity: fact._replace(canonical=valid)}
            by_itself, together = self._recounter.contributions(*place)
            if identity in by_itself:
                yield identity, (by_itself[identity], together)
        self._recounter.facts[place] = newest

    def _told(self, identity: str) -> dict[str, Any]:
        event = READERS[self._topic].kept(self._recounter.facts[self._topic, self._key][identity].canonical)
        return {
            "updated_at": instant_text(instant_of(event.updated_at)),
            "fact": f"{self._topic}/{identity}",
            "key": self._key if self._key == identity else f"{self._key[:SHOWN_DIGITS]}***",
            "revision": event.revision,
        }
