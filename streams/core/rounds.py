"""What the owner of a partition sends in one go: a round, ended by the partition's head."""

from __future__ import annotations

import msgspec

Headers = tuple[tuple[str, bytes], ...]


class Outgoing(msgspec.Struct, frozen=True):
    """One record to be sent.

    `topic` is the logical name, without the installation's prefix. Without `partition` the key decides; a `value` of
    None is a tombstone.
    """

    topic: str
    partition: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Round(msgspec.Struct, frozen=True):
    """All that a partition's owner sends for one step of its work; readers see the whole of it or nothing.

    `side_effects` are dead letters, re-sent keys and the like; `tallies` the changed counts; `head` says up to where
    the counts go, and so makes the rest valid.
    """

    partition: int
    side_effects: list[Outgoing]
    tallies: list[Outgoing]
    head: Outgoing
