"""The ledger: a fold of one source topic's partition into {key → {id → newest revision}}, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Fact(NamedTuple):
    """The newest revision of one id.

    offset: the lowest of all records of the id, so that a fold begun there finds every revision that this one found.
    needed_until: no month that begins after this instant has any use for it, nor for any revision that it outranks;
        while one of them could still count, this one has to stay and outrank it.
    """

    revision: int
    offset: int
    canonical: bytes
    needed_until: int


Entry = dict[str, Fact]
"""All that is known under one key: id → fact."""


class Fold:
    """The facts of one source topic in one partition.

    The merge is idempotent and commutative: the higher revision wins, at equal revision the larger canonical encoding;
    of the offsets the lowest stays, of the instants `needed_until` the last. So a fold begun at any offset up to the
    horizon ends with the same facts.
    """

    __slots__ = ("entries", "facts")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.facts = 0

    def merge(self, key: str, identity: str, fact: Fact) -> bool:
        """Take a revision in; return whether it is now the newest, False for a repeat or an older one."""
        entry = self.entries.setdefault(key, {})
        known = entry.get(identity)
        if known is None:
            entry[identity] = fact
            self.facts += 1
            return True
        is_newer = (fact.revision, fact.canonical) > (known.revision, known.canonical)
        newest = fact if is_newer else known
        offset, needed_until = min(fact.offset, known.offset), max(fact.needed_until, known.needed_until)
        if (offset, needed_until) != (newest.offset, newest.needed_until):
            newest = Fact(newest.revision, offset, newest.canonical, needed_until)
        entry[identity] = newest
        return is_newer

    def entry(self, key: str) -> Entry:
        """Return what is known under `key` (empty when nothing is)."""
        return self.entries.get(key, {})

    def is_first(self, key: str, identity: str, offset: int) -> bool:
        """Tell whether no record of the id is known from before `offset`; what is known may be this very one."""
        known = self.entry(key).get(identity)
        return known is None or known.offset >= offset

    def horizon(self, position: int) -> int:
        """Return the lowest offset from which a new fold finds all these facts; `position` when there are none."""
        return min((fact.offset for entry in self.entries.values() for fact in entry.values()), default=position)

    def forget(self, open_from: int) -> None:
        """Drop the facts that no month from the instant `open_from` on needs, and the keys that have none left."""
        for key in list(self.entries):
            entry = self.entries[key]
            kept = {identity: fact for identity, fact in entry.items() if fact.needed_until >= open_from}
            self.facts += len(kept) - len(entry)
            if kept:
                self.entries[key] = kept
            else:
                del self.entries[key]

    def rows(self) -> Iterator[tuple[str, str, int, int, bytes, int]]:
        """Yield (key, id, revision, offset, canonical, needed until) of every fact, as a checkpoint keeps them."""
        for key, entry in self.entries.items():
            for identity, fact in entry.items():
                yield key, identity, *fact
