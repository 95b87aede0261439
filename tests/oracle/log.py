"""Folds a log of messages of every kind into the newest revision of each thing that they speak of."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.oracle import (
    assessments,
    callbacks,
    complaints,
    faults,
    orders,
    outages,
)
from tests.oracle.reading import Kind, Message, Record, Unreadable

KINDS: Final[Mapping[str, Kind]] = {
    "faults": faults.KIND,
    "outages": outages.KIND,
    "complaints": complaints.KIND,
    "orders": orders.KIND,
    "callbacks": callbacks.KIND,
    "assessments": assessments.KIND,
}
"""topic → the kind of event that it carries."""


@dataclass
class Collected:
    """What a log holds: per topic the newest revision per (key, id), and counts of the odd messages."""

    newest: defaultdict[str, dict[tuple[str, str], Record]] = field(default_factory=lambda: defaultdict(dict))
    unreadable: Counter[str] = field(default_factory=Counter)
    wrong_key: int = 0
    too_old: int = 0

    def valid(self, topic: str) -> list[Record]:
        """The records of a topic that are neither cancelled nor rejected."""
        return [record for record in self.newest[topic].values() if is_valid(record)]


def collect(messages: Iterable[Message], is_too_old: Callable[[int, int], bool], skip: Collection[int]) -> Collected:
    """Fold the messages into the newest revision of everything they speak of.

    Args:
        messages: (topic, key, value); those of topics that carry no events are passed over.
        is_too_old: whether what happened at an instant, read at a position of `messages`, belongs to a month that was
            closed by then.
        skip: positions of readable messages that do not exist for this count.
    """
    collected = Collected()
    for position, (topic, key, value) in enumerate(messages):
        if topic not in KINDS:
            continue
        try:
            record = read(topic, value)
        except Unreadable as error:
            collected.unreadable[str(error)] += 1
            continue
        collected.wrong_key += key != key_of(record).encode()
        if is_too_old(position, record[KINDS[topic].placed_by]):
            collected.too_old += 1
        elif position not in skip:
            for revision in (record, *cancellation_under_former_key(record)):
                keep_newest(collected.newest[topic], revision)
    return collected


def read(topic: str, value: bytes | None) -> Record:
    """The record in a message of one of `KINDS`; `Unreadable` with the reason class if there is none."""
    return KINDS[topic].read(value)


def key_of(record: Record) -> str:
    """The key that its message belongs under: the subscriber's number, or the id where it names none."""
    return str(record["id"] if record.get("subscriber") is None else record["subscriber"])


def cancellation_under_former_key(record: Record) -> tuple[Record, ...]:
    """The cancelled twin, under the key that an earlier revision had; none where the key never changed."""
    former = record.get("was_subscriber")
    if former is None or former == key_of(record):
        return ()
    subscriber = None if former == record["id"] else former
    return ({**record, "subscriber": subscriber, "was_subscriber": None, "status": "cancelled"},)


def keep_newest(newest: dict[tuple[str, str], Record], record: Record) -> None:
    """Put the record in the place of an older revision; AssertionError if two of one revision differ.

    Which of two different messages of one revision wins is a matter of their encoding, which the oracle does not know.
    """
    identity = (key_of(record), record["id"])
    known = newest.get(identity)
    if known is None or record["revision"] > known["revision"]:
        newest[identity] = record
    elif record["revision"] == known["revision"]:
        assert record == known, f"{record['id']}: two different messages carry revision {record['revision']}"


def is_valid(record: Record) -> bool:
    return record.get("status") not in ("cancelled", "rejected")
