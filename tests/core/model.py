"""A model of the outside world of a partition: logs, brokers with and without transactions, owners, a reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from streams.core.contributions import Chapter
from streams.core.definitions import Definitions
from streams.core.events.context import CONTEXT_TOPIC
from streams.core.head import HEAD_KEY, Head, read_head, vouches_for_tallies
from streams.core.known_outages import COPIES_TOPIC
from streams.core.ledger import Fold
from streams.core.letters import DEAD_LETTERS_TOPIC, Message
from streams.core.partition import Partition
from streams.core.publication import TALLIES_TOPIC
from streams.core.rounds import Headers, Outgoing, Round
from streams.core.takeover import Kept, Takeover
from streams.core.tallies import DETECTION, Bucket, Cells, bucket_of, read_cells

FAULTS, COMPLAINTS, ORDERS, OUTAGES = "faults", "complaints", "orders", "outages"


class Fenced(Exception):
    """The sender is not the partition's owner any more: its round is not seen by anybody and it has to end."""


class Log:
    """The records of one topic and partition; offsets rise and have holes, as transactions and retention leave them.

    `aborted` are the offsets of records of broken rounds: workers read them, they are no side effects that were sent.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.aborted: set[int] = set()
        self.end = 0

    def append(self, key: bytes | None, value: bytes | None, timestamp_ms: int, headers: Headers = ()) -> None:
        """Write a record at the end."""
        self.messages.append(Message(self.end, key, value, timestamp_ms, headers))
        self.end += 1

    def read(self, position: int, limit: int) -> tuple[list[Message], int]:
        """Return at most `limit` messages from `position` on, and the position behind them (and any hole)."""
        found = [message for message in self.messages if message.offset >= position]
        batch = found[:limit]
        return batch, self.end if len(found) <= limit else batch[-1].offset + 1 if batch else position


class Picture:
    """What a reader of one partition's tallies sees: records count from the head that follows them on.

    A head that vouches for no tallies leaves waiting what a broken round left behind, where there are no transactions.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.buckets: dict[Bucket, Cells] = {}
        self._waiting: dict[Bucket, bytes | None] = {}

    def read(self, key: bytes, value: bytes | None) -> bool:
        """Take a record in; return whether it was a head. What detection keeps beside the tallies is passed over."""
        if key.startswith(DETECTION):
            return False
        if key != HEAD_KEY:
            self._waiting[bucket_of(key)] = value
            return False
        assert value is not None
        head = read_head(value)
        if vouches_for_tallies(head, self.head):
            for bucket, cells in self._waiting.items():
                self.buckets[bucket] = {} if cells is None else read_cells(cells)
            self._waiting = {}
        self.head = head
        return True

    def counted(self) -> dict[Bucket, Cells]:
        """Return the buckets in which something is counted."""
        return {bucket: cells for bucket, cells in self.buckets.items() if cells}


class Broker:
    """All topics of `partitions` partitions, and the rules by which rounds get into them.

    `transactional`: readers see a round whole or not at all, and who took a partition over later fences everyone
    before. Otherwise records arrive one by one, and a sender that breaks off leaves the first of them behind.
    """

    def __init__(self, partitions: int, *, transactional: bool, fencing: bool = True) -> None:
        self.partitions, self.transactional, self._fencing = partitions, transactional, fencing
        self.logs: dict[tuple[str, int], Log] = defaultdict(Log)
        self.tallies: dict[int, list[tuple[bytes, bytes | None]]] = defaultdict(list)
        self.dead_letters: list[Outgoing] = []
        self.timestamp_ms = 0
        self._owner: Counter[int] = Counter()

    def partition_of(self, key: bytes) -> int:
        """Return the partition that `key` belongs to."""
        return key[-1] % self.partitions

    def open(self, number: int) -> int:
        """Make somebody the owner of a partition; return the token that later owners make void."""
        self._owner[number] += 1
        return self._owner[number]

    def send(self, token: int, a_round: Round, breaks_after: int | None = None) -> None:
        """Write a round; with `breaks_after` the sender dies when so many records are acknowledged. Raises Fenced."""
        if self._fencing and token != self._owner[a_round.partition]:
            raise Fenced
        records = [*a_round.side_effects, *a_round.tallies, a_round.head][:breaks_after]
        if not self.transactional:
            for record in records:
                self._write(record)
            return
        is_aborted = breaks_after is not None
        written = {self._write(record, is_aborted=is_aborted) for record in records}
        for log in filter(None, written):
            log.end += 1  # the transaction's marker

    def _write(self, record: Outgoing, *, is_aborted: bool = False) -> Log | None:
        """Write a record; return its log. Who reads dead letters and tallies does not see aborted ones."""
        if record.topic == DEAD_LETTERS_TOPIC:
            self.dead_letters += [] if is_aborted else [record]
            return None
        if record.topic == TALLIES_TOPIC:
            assert record.partition is not None
            assert record.key is not None
            self.tallies[record.partition] += [] if is_aborted else [(record.key, record.value)]
            return None
        log = self.logs[
            record.topic, self.partition_of(record.key or b"") if record.partition is None else record.partition
        ]
        if is_aborted:
            log.aborted.add(log.end)
        log.append(record.key, record.value, self.timestamp_ms, record.headers)
        return log

    def compact(self, number: int) -> None:
        """Keep only the newest tallies record of every key, and no tombstone.

        It waits while the last record is no head: without transactions, what a broken round left behind would displace
        what holds until its successor's first round.
        """
        records = self.tallies[number]
        if records and records[-1][0] == HEAD_KEY:
            newest = {key: place for place, (key, _) in enumerate(records)}
            self.tallies[number] = [
                (key, value) for place, (key, value) in enumerate(records) if newest[key] == place and value is not None
            ]


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """What a control breaks on purpose, to show that the model finds it."""

    no_explicit_empties: bool = False
    resumes_at_applied: bool = False
    no_fencing: bool = False
    ticks_without_after: bool = False
    looks_beside_at_a_take_over_alone: bool = False
    links_at_a_take_over_alone: bool = False
    copies_to_itself_alone: bool = False
    links_to_rejected_outages: bool = False
    believes_copies_of_closed_months: bool = False


UNBROKEN = Faults()


class Owner:
    """A worker's hold on one partition: it took the partition over, and may be dead, or fenced without knowing it."""

    def __init__(
        self,
        number: int,
        broker: Broker,
        definitions: Definitions,
        chapters: Mapping[str, Chapter],
        kept: Kept | None,
        *,
        wall_clock: bool,
        detects: bool = True,
        faults: Faults = UNBROKEN,
    ) -> None:
        """Take the partition over on `broker`; `kept` is a state of it from earlier; `detects`: signals are watched."""
        self.number, self._broker, self._faults = number, broker, faults
        self.token = broker.open(number)
        takeover = Takeover(kept=kept)
        for key, value in broker.tallies[number]:
            takeover.read(key, value)
        if faults.no_explicit_empties:
            takeover.buckets = set()
        if faults.resumes_at_applied and takeover.head is not None:
            takeover.head = msgspec.structs.replace(takeover.head, horizon=takeover.head.applied)
        self.partition = Partition(
            number,
            definitions,
            chapters,
            broker.partition_of,
            takeover,
            partitions=broker.partitions,
            wall_clock=wall_clock,
        )
        if not detects:
            self.partition._watch = None
        self._break_counting()

    def _break_counting(self) -> None:
        counted, faults = self.partition._counted, self._faults
        for counting in counted._counting.values():
            if faults.looks_beside_at_a_take_over_alone:
                counting.update_beside = lambda *_: None  # type: ignore[method-assign]
            if faults.links_at_a_take_over_alone:
                counting.relink = lambda _: None  # type: ignore[method-assign]
        known, take = counted.outages._outages, counted.outages.take
        if faults.links_to_rejected_outages:
            counted.outages._outages = lambda: [  # type: ignore[method-assign]
                msgspec.structs.replace(outage, status=None) for outage in known()
            ]
        if faults.believes_copies_of_closed_months:
            counted.outages.take = lambda message, _: take(message, ())  # type: ignore[method-assign]

    def deliver(self, topic: str, limit: int) -> None:
        """Hand the partition at most `limit` more messages of a topic."""
        log = self._broker.logs[topic, self.number]
        position = self.partition.positions[topic]
        messages, behind = log.read(position, limit)
        if self._faults.ticks_without_after and topic == CONTEXT_TOPIC:
            messages = [message._replace(value=_without_after(message.value)) for message in messages]
        self.partition.receive(topic, messages, behind, log.end)

    def send_round(self, breaks_after: int | None = None) -> bool:
        """Send what changed; return whether there was anything. Raises Fenced."""
        a_round = self.partition.take_round()
        if a_round is not None:
            if self._faults.copies_to_itself_alone:
                a_round = msgspec.structs.replace(
                    a_round, side_effects=list(filter(self._stays_here, a_round.side_effects))
                )
            self._broker.send(self.token, a_round, breaks_after)
        return a_round is not None

    def _stays_here(self, effect: Outgoing) -> bool:
        return effect.topic != COPIES_TOPIC or effect.partition == self.number


def _without_after(value: bytes | None) -> bytes | None:
    try:
        document = msgspec.json.decode(value or b"")
    except msgspec.DecodeError:
        return value
    if isinstance(document, dict):
        document.pop("after", None)
    return msgspec.json.encode(document)


def copy_of(kept: Kept) -> Kept:
    """Return a state as a checkpoint keeps it: what the partition does from now on does not change it."""
    folds = {}
    for topic, fold in kept.folds.items():
        folds[topic] = copied = Fold()
        copied.entries = {key: dict(entry) for key, entry in fold.entries.items()}
        copied.facts = fold.facts
    return Kept(folds=folds, positions=dict(kept.positions), closed=list(kept.closed))


def letters_by_place(letters: Iterable[Outgoing]) -> Counter[tuple[bytes, bytes]]:
    """Return how often each dead letter was sent, by its place (its key) and reason."""
    return Counter((letter.key or b"", dict(letter.headers)["streams-reason"]) for letter in letters)
