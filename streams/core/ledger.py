"""The ledger: a fold of one source topic's partition into {key → {id → newest revision}}, in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Fact(NamedTuple):
    """The newest revision of one id, and the offset of the record that first brought it.

    `outranks_until` is the instant up to which older revisions matter that came later in the log: so long a fold begun
    between them and this one would take them for the newest, so this one must not be forgotten.
    """

    revision: int
    offset: int
    canonical: bytes
    outranks_until: int = 0


Entry = dict[str, Fact]
"""All that is known under one key: id → fact."""


class Fold:
    """The facts of one source topic in one partition.

    The merge is idempotent and commutative: the higher revision wins, at equal revision the larger canonical encoding.
    Of a repeat the lowest offset stays, so that a fold begun at any offset up to the horizon ends with the same facts
    and offsets.
    """

    __slots__ = ("entries", "facts")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.facts = 0

    def merge(self, key: str, identity: str, fact: Fact) -> bool:
        """Take a revision in; return whether it is now the newest, False for a repeat or an older one."""
        entry = self.entries.get(key)
        if entry is None:
            self.entries[key] = {identity: fact}
            self.facts += 1
            return True
        known = entry.get(identity)
        if known is None:
            entry[identity] = fact
            self.facts += 1
            return True
        if (fact.revision, fact.canonical) > (known.revision, known.canonical):
            entry[identity] = fact
            return True
        if fact.offset < known.offset and fact.canonical == known.canonical:
            entry[identity] = known._replace(offset=fact.offset)
        return False

    def outrank(self, key: str, identity: str, until: int) -> None:
        """Note that a revision which matters until the instant `until` came after the newest one, and lost."""
        known = self.entries[key][identity]
        if until > known.outranks_until:
            self.entries[key][identity] = known._replace(outranks_until=until)

    def entry(self, key: str) -> Entry:
        """Return what is known under `key` (empty when nothing is)."""
        return self.entries.get(key, {})

    def horizon(self, position: int) -> int:
        """Return the lowest offset from which a new fold finds all these facts; `position` when there are none."""
        return min((fact.offset for entry in self.entries.values() for fact in entry.values()), default=position)

    def drop(self, is_settled: Callable[[Fact], bool]) -> None:
        """Forget the facts for which `is_settled` holds, and the keys that have none left."""
        for key in list(self.entries):
            kept = {identity: fact for identity, fact in self.entries[key].items() if not is_settled(fact)}
            self.facts += len(kept) - len(self.entries[key])
            if kept:
                self.entries[key] = kept
            else:
                del self.entries[key]

    def rows(self) -> Iterator[tuple[str, str, int, int, bytes]]:
        """Yield (key, id, revision, offset, canonical) of every fact, as a checkpoint keeps them."""
        for key, entry in self.entries.items():
            for identity, fact in entry.items():
                yield key, identity, fact.revision, fact.offset, fact.canonical
