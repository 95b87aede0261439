"""Says which partition a key belongs to, as every producer of the project and Java's default partitioner place it."""

from __future__ import annotations

from aiokafka.partitioner import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition, of `partitions`, that `key` belongs to: murmur2 modulo their number."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
