"""Reads a partition's tallies as `serve` does, and checks at every head and at the end that they are the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from streams.core.contributions import Chapter
from streams.core.contributions.complaints import OUTAGE_COMPLAINTS
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.contributions.faults import OUTAGE_TICKETS
from streams.core.definitions import Definitions
from streams.core.events import READERS, Outage
from streams.core.events.context import CONTEXT_TOPIC, Tick
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import RESENT_HEADER, Message
from streams.core.months import Calendar, instant_of
from streams.core.recount import Recounter, compare
from streams.core.tallies import Bucket, Cells
from tests.core import story
from tests.core.model import Broker, Picture, letters_by_place
from tests.core.recounting import Truth, judge_context

LINKED = {OUTAGE_TICKETS.name: "linked ticket", OUTAGE_COMPLAINTS.name: "linked complaint"}
Resent = tuple[str, bytes, str, int]
"""Topic, key, id and revision of an event that was sent again."""


class Reader:
    """The reader of one partition; every check raises AssertionError with what is wrong."""

    def __init__(
        self,
        number: int,
        broker: Broker,
        definitions: Definitions,
        chapters: Mapping[str, Chapter],
        *,
        wall_clock: bool,
        happened: Counter[str],
    ) -> None:
        """Take the partition, its broker, what it is counted by, and the count of what happens."""
        self.number, self._broker, self._definitions, self._chapters = number, broker, definitions, chapters
        self._wall_clock, self._happened = wall_clock, happened
        self._calendar = Calendar(definitions.timezone)
        self._truth = Truth(
            number, broker.partition_of, chapters, self._calendar, definitions.ledger_months, story.DIRECTORY
        )
        self.picture = Picture()
        self._read_up_to = 0

    def read(self) -> None:
        """Read what is new, checking what is seen at every head."""
        for key, value in self._broker.tallies[self.number][self._read_up_to :]:
            former = self.picture.head
            if self.picture.read(key, value):
                self._check_head(former)
        self._read_up_to = len(self._broker.tallies[self.number])

    def compact(self) -> None:
        """Let the broker compact the tallies, and go on behind what was read of them."""
        self.read()
        self._broker.compact(self.number)
        self._read_up_to = len(self._broker.tallies[self.number])

    def head(self) -> Head:
        """Return the last head that was seen."""
        assert self.picture.head is not None
        return self.picture.head

    def messages(self, topic: str) -> list[Message]:
        """Return the partition's messages of a topic."""
        return self._broker.logs[topic, self.number].messages

    def _check_head(self, former: Head | None) -> None:
        head = self.head()
        if former is not None:
            assert head.as_of >= former.as_of, "the clock goes back"
            assert head.closed[: len(former.closed)] == former.closed, "a closing is taken back"
            for topic in FOLDED_TOPICS:
                assert head.applied.get(topic, 0) >= former.applied.get(topic, 0), "applied goes back"
                assert head.effects.get(topic, 0) >= former.effects.get(topic, 0), "effects go back"
        if not head.settled:
            assert not self.picture.counted(), "something is counted before anybody counted"
            return
        self._happened["head"] += 1
        self._happened["closing"] += len(head.closed) - (0 if former is None else len(former.closed))
        logs = {topic: self.messages(topic) for topic in FOLDED_TOPICS}
        counted = self.picture.counted()
        seen = {
            bucket: cells
            for bucket, cells in counted.items()
            if bucket.topic != SIGNALS_TOPIC and not self._truth.is_expired(bucket, head)
        }
        assert seen == self._truth.buckets(logs, head), "the picture is not the recount"
        for topic, recount in self._truth.folded.items():
            below, horizon = head.applied[topic], head.horizon[topic]
            whole = recount.newest(logs[topic], below, head.closed)
            assert recount.newest(logs[topic], below, head.closed, horizon) == whole, "the horizon is too high"
        self._check_clock(head)

    def _check_clock(self, head: Head) -> None:
        """The clock stands at a tick whose events are applied, and past every tick that was applied."""
        ticks = self._ticks()
        assert head.as_of == 0 or any(
            instant_of(tick.at) == head.as_of
            and all(offset <= head.applied[topic] for topic, offset in tick.after.items())
            for tick in ticks.values()
        ), "the clock is ahead of the events"
        assert all(
            instant_of(tick.at) <= head.as_of for offset, tick in ticks.items() if offset < head.applied[CONTEXT_TOPIC]
        ), "a tick is lost"

    def _ticks(self) -> dict[int, Tick]:
        judged = {
            message.offset: judge_context(message, wall_clock=self._wall_clock)
            for message in self._broker.logs[CONTEXT_TOPIC, self.number].messages
        }
        return {offset: context for offset, context in judged.items() if isinstance(context, Tick)}

    def check_end(self) -> None:
        """Check what is left when everything is read, applied and sent."""
        head, final = self.head(), self.picture.counted()
        ends = {topic: self._broker.logs[topic, self.number].end for topic in (*FOLDED_TOPICS, CONTEXT_TOPIC)}
        assert head.settled
        assert head.applied.items() >= ends.items(), "not everything is applied"
        last = max(instant_of(tick.at) for tick in self._ticks().values())
        assert head.as_of == last, "the last tick is not applied"
        assert not any(self._truth.is_expired(bucket, head) for bucket in final), "an expired slot is left"
        self._broker.compact(self.number)
        fresh = Picture()
        for key, value in self._broker.tallies[self.number]:
            fresh.read(key, value)
        assert fresh.counted() == final, "compaction changes what a reader sees"
        self._check_audit(head, final)
        self._check_letters(head)
        self._happened["copy"] += self.copies().total()
        for (name, _), number in (cell for cells in final.values() for cell in cells.items()):
            if name in LINKED:
                self._happened[LINKED[name]] += number

    def _check_audit(self, head: Head, final: dict[Bucket, Cells]) -> None:
        """What `streams audit` counts from the log, month by month, is what the tallies hold."""
        tallied = {bucket: cells for bucket, cells in final.items() if bucket.topic != SIGNALS_TOPIC}
        for month in {bucket.name[:7] for bucket in tallied if bucket.grain in ("day", "month")}:
            recounter = Recounter(
                self.number, head, month, self._definitions, self._chapters, self._broker.partition_of
            )
            for topic in FOLDED_TOPICS:
                recounter.take(topic, self.messages(topic))
            of_month = {
                bucket: cells
                for bucket, cells in tallied.items()
                if bucket.grain in ("day", "month") and bucket.name[:7] == month
            }
            assert not compare(self.number, of_month, recounter.result().buckets), "the audit finds a difference"

    def _check_letters(self, head: Head) -> None:
        refused = {
            (topic, offset): reason
            for topic, recount in self._truth.folded.items()
            for offset, reason in recount.refusals(self.messages(topic), head).items()
        }
        expected = {(f"{topic}/{self.number}/{at}".encode(), why.encode()) for (topic, at), why in refused.items()}
        for message in self._broker.logs[CONTEXT_TOPIC, self.number].messages:
            judged = judge_context(message, wall_clock=self._wall_clock)
            if isinstance(judged, str):
                expected.add((f"{CONTEXT_TOPIC}/{self.number}/{message.offset}".encode(), judged.encode()))
        letters = letters_by_place(letter for letter in self._broker.dead_letters if letter.partition == self.number)
        self._happened["dead letter"] += len(letters)
        if self._broker.transactional:
            assert letters == Counter(expected), "dead letters are not there exactly once"
        else:
            # A closing in a round that broke off may have refused what its successor, closing later, counts.
            surplus = set(letters) - expected
            assert not expected - set(letters), "a dead letter is missing"
            assert all(reason == b"too_old" for _, reason in surplus), "a dead letter too many"
        for (topic, offset), reason in refused.items():
            if reason == "too_old":
                self._check_too_old(topic, offset)

    def _check_too_old(self, topic: str, offset: int) -> None:
        """A record is too old only when a tick past its month's closing did not have to wait for it."""
        message = next(message for message in self.messages(topic) if message.offset == offset)
        month = self._calendar.month_of(self._truth.sources[topic].judge(message).happened_at)
        closing = self._calendar.closing_instant(month, self._definitions.ledger_months)
        self._happened["too old"] += 1
        assert any(
            instant_of(tick.at) >= closing and tick.after.get(topic, 0) <= offset for tick in self._ticks().values()
        ), "a record is refused as too old that came in time"

    def resent(self) -> tuple[Counter[Resent], Counter[Resent]]:
        """Return what this partition had to have sent again, and what was sent again to it."""
        sent: Counter[Resent] = Counter()
        expected: Counter[Resent] = Counter()
        for topic, recount in self._truth.sources.items():
            for message in self._seen(topic):
                if any(name == RESENT_HEADER for name, _ in message.headers):
                    event = READERS[topic].read(message.value)
                    sent[topic, message.key or b"", event.id, event.revision] += 1
            expected.update((topic, *again) for again in recount.resends(self.messages(topic), self.head()))
        self._happened["sent again"] += sent.total()
        return expected, sent

    def _seen(self, topic: str) -> list[Message]:
        """Return the partition's messages of a topic but for those of broken rounds."""
        log = self._broker.logs[topic, self.number]
        self._happened["aborted record"] += len(log.aborted)
        return [message for message in log.messages if message.offset not in log.aborted]

    def outages(self) -> Counter[bytes]:
        """Return how often each revision of an outage was counted here: so often every partition has to get a copy."""
        return self._truth.sources[Outage.topic].counted(self.messages(Outage.topic), self.head())

    def copies(self) -> Counter[bytes]:
        """Return how often each revision of an outage was copied to this partition."""
        seen = [self._truth.copies.judge(message) for message in self._seen(COPIES_TOPIC)]
        return Counter(one.canonical for one in seen if not one.refused)


def check_copied(broker: Broker, readers: Sequence[Reader]) -> None:
    """Check that every partition gets a copy of each outage that counts, once (at least once without transactions)."""
    expected = sum((reader.outages() for reader in readers), Counter())
    for reader in readers:
        if broker.transactional:
            assert reader.copies() == expected, "an outage is not copied once to each partition"
        else:
            assert not expected - reader.copies(), "an outage is not copied to each partition"


def check_resent(broker: Broker, readers: Iterable[Reader]) -> None:
    """Check that what is sent again, from any partition to any, is sent once (at least once without transactions)."""
    expected: Counter[Resent] = Counter()
    sent: Counter[Resent] = Counter()
    for reader in readers:
        from_here, to_here = reader.resent()
        expected += from_here
        sent += to_here
    if broker.transactional:
        assert sent == expected, "what is sent again is not sent once"
    else:
        assert set(sent) >= set(expected), "something is not sent again"
