"""One seeded history of a partition's life (or of two partitions'), checked at every head that readers see."""

from __future__ import annotations

from collections import Counter
from random import Random

from streams.core.contributions import chapters_for
from streams.core.events import READERS
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.head import Head
from streams.core.letters import RESENT_HEADER
from streams.core.months import DAY, HOUR, MINUTE, Calendar, datetime_of, instant_of
from streams.core.recount import Recounter, compare
from streams.core.takeover import Kept
from streams.core.tallies import Bucket, Cells
from tests.core.model import (
    FAULTS,
    READ_TOPICS,
    UNBROKEN,
    Broker,
    Faults,
    Fenced,
    Owner,
    Picture,
    copy_of,
    letters_by_place,
)  # fmt: skip
from tests.core.recounting import Recount, judge_context
from tests.core.story import Story, definitions, instant

BEGIN = instant("2026-03-20T09:00:00+08:00")
REPLAYED_AT_MS = 1_900_000_000_000
STEPS = 70
ALL = 1_000_000


class History:
    """Everything that happens, drawn from a seed; `run` raises AssertionError at the first thing that is wrong."""

    def __init__(self, seed: int, faults: Faults = UNBROKEN, transactional: bool | None = None) -> None:
        self.random = Random(seed)
        random = self.random
        self._faults = faults
        self._wall_clock = random.random() < 0.5
        self._definitions = definitions(ledger_months=random.choice((1, 1, 2)))
        self._chapters = chapters_for(self._definitions)
        calendar = Calendar(self._definitions.timezone)
        is_transactional = random.random() < 0.7 if transactional is None else transactional
        self.broker = Broker(random.choice((1, 1, 2)), transactional=is_transactional, fencing=not faults.no_fencing)
        self._now = BEGIN + random.randrange(20 * DAY)
        self._story = Story(random, self.broker)
        numbers = range(self.broker.partitions)
        self._owners: dict[int, Owner | None] = dict.fromkeys(numbers)
        self._zombies: list[Owner] = []
        self._kept: dict[int, list[Kept]] = {number: [] for number in numbers}
        self._pictures = {number: Picture() for number in numbers}
        self._read_up_to = dict.fromkeys(numbers, 0)
        self._recounts = {
            number: Recount(
                number, self.broker.partition_of, self._chapters[FAULTS], calendar, self._definitions.ledger_months
            )
            for number in numbers
        }
        self._calendar = calendar
        self.happened: Counter[str] = Counter()

    def run(self) -> None:
        """Live through the history, let it come to rest, and compare what is left with the recount."""
        for _ in range(STEPS):
            self._step()
        self._come_to_rest()
        for number in self._owners:
            self._check_end(number)

    def _step(self) -> None:
        actions = {
            self._send_events: 24, self._deliver: 30, self._round: 16, self._crash: 4, self._hand_over: 4,
            self._wake_a_zombie: 4, self._pass_time: 12, self._tick: 10, self._checkpoint: 4, self._compact: 2,
            self._renew_horizon: 2, self._disturb_context: 2,
        }  # fmt: skip
        (action,) = self.random.choices(list(actions), list(actions.values()))
        self.broker.timestamp_ms = self._now // 1_000 if self._wall_clock else REPLAYED_AT_MS
        action(self.random.choice(list(self._owners)))

    def _send_events(self, number: int) -> None:
        for _ in range(self.random.choice((1, 2, 6))):
            self._story.go_on(self._now)

    def _pass_time(self, number: int) -> None:
        self._now += self.random.choice((MINUTE, HOUR, 7 * HOUR, DAY, 6 * DAY, self.random.randrange(45 * DAY)))

    def _tick(self, number: int) -> None:
        if self._wall_clock:
            owner = self._owners[number]
            if owner is not None and owner.partition.settled:
                owner.partition.send_tick(self._now)
            return
        for every in self._owners:
            after = {FAULTS: self.broker.logs[FAULTS, every].end}
            tick = write_context(Tick(at=datetime_of(self._now), after=after))
            self.broker.logs[CONTEXT_TOPIC, every].append(None, tick, self.broker.timestamp_ms)

    def _disturb_context(self, number: int) -> None:
        """Write what the clock must not follow: no message at all, a tick of long ago, one far ahead of the wall."""
        at = self._now + self.random.choice((-DAY, 2 * MINUTE if self._wall_clock else -HOUR))
        tick = write_context(Tick(at=datetime_of(at), after={FAULTS: self.broker.logs[FAULTS, number].end}))
        value = self.random.choice((b"{}", None, b'{"kind":"tick","at":"soon"}', tick, tick))
        self.broker.logs[CONTEXT_TOPIC, number].append(None, value, self.broker.timestamp_ms)

    def _deliver(self, number: int) -> None:
        owner = self._owner(number)
        for topic in self.random.sample(READ_TOPICS, 2):
            self._deliver_to(owner, topic, self.random.choice((0, 1, 3, 10, ALL)))

    def _deliver_to(self, owner: Owner, topic: str, limit: int) -> None:
        if owner.partition.effects_are_full():
            self.happened["round while folding"] += not owner.partition.settled
            owner.send_round()
        owner.deliver(topic, limit)

    def _round(self, number: int) -> None:
        self._owner(number).send_round()
        self._read(number)

    def _crash(self, number: int) -> None:
        """Kill the owner before, in, or after sending a round."""
        owner = self._owners[number]
        if owner is not None:
            owner.send_round(breaks_after=self.random.choice((0, 1, 2, 5, 20, ALL, None)))
            self.happened["crash"] += 1
            self._owners[number] = None
            self._read(number)

    def _hand_over(self, number: int) -> None:
        """Another worker takes over; where it can be fenced, the former owner does not know it yet."""
        owner = self._owners[number]
        if owner is not None:
            self._kept[number].append(copy_of(owner.partition.keep()))
            if self.broker.transactional:
                self._zombies.append(owner)
            self._owners[number] = None
        self._owner(number)

    def _wake_a_zombie(self, number: int) -> None:
        if not self._zombies:
            return
        zombie = self._zombies.pop(self.random.randrange(len(self._zombies)))
        try:
            for topic in READ_TOPICS:
                self._deliver_to(zombie, topic, self.random.choice((0, 3, ALL)))
            self._kept[zombie.number].append(copy_of(zombie.partition.keep()))
            zombie.send_round()
        except Fenced:
            self.happened["fenced"] += 1
        self._read(zombie.number)

    def _checkpoint(self, number: int) -> None:
        owner = self._owners[number]
        if owner is not None and owner.partition.settled:
            self._kept[number].append(copy_of(owner.partition.keep()))

    def _compact(self, number: int) -> None:
        self._read(number)
        self.broker.compact(number)
        self._read_up_to[number] = len(self.broker.tallies[number])

    def _renew_horizon(self, number: int) -> None:
        owner = self._owners[number]
        if owner is not None and owner.partition.settled:
            owner.partition.renew_horizon()

    def _owner(self, number: int) -> Owner:
        owner = self._owners[number]
        if owner is None:
            kept = None
            if self._kept[number] and self.random.random() < 0.7:
                kept = copy_of(self.random.choice(self._kept[number][-3:]))
                self.happened["take-over with a kept state"] += 1
            owner = self._owners[number] = Owner(
                number, self.broker, self._definitions, self._chapters, kept,
                wall_clock=self._wall_clock, faults=self._faults,
            )  # fmt: skip
        return owner

    def _come_to_rest(self) -> None:
        """Work everything off: a last tick in each partition, then until nothing is left to read or to send."""
        for number in self._owners:
            self._drain(number)
        self._tick_everywhere()
        while sum(self._drain(number) for number in self._owners):
            pass

    def _tick_everywhere(self) -> None:
        self._now += HOUR
        self.broker.timestamp_ms = self._now // 1_000 if self._wall_clock else REPLAYED_AT_MS
        for number in self._owners if self._wall_clock else [0]:
            self._tick(number)

    def _drain(self, number: int) -> bool:
        """Deliver and send until nothing is left; return whether anything was."""
        owner, worked = self._owner(number), False
        while True:
            ends = [self.broker.logs[topic, number].end for topic in READ_TOPICS]
            positions = [owner.partition.positions[topic] for topic in READ_TOPICS]
            for topic in READ_TOPICS:
                self._deliver_to(owner, topic, ALL)
            sent = owner.send_round()
            self._read(number)
            if not sent and ends == positions:
                return worked
            worked = True

    def _read(self, number: int) -> None:
        """Let the reader catch up, checking what it sees at every head."""
        picture = self._pictures[number]
        for key, value in self.broker.tallies[number][self._read_up_to[number] :]:
            former = picture.head
            if picture.read(key, value):
                assert picture.head is not None
                self._check_head(number, picture, former, picture.head)
        self._read_up_to[number] = len(self.broker.tallies[number])

    def _check_head(self, number: int, picture: Picture, former: Head | None, head: Head) -> None:
        if former is not None:
            assert head.as_of >= former.as_of, "the clock goes back"
            assert head.closed[: len(former.closed)] == former.closed, "a closing is taken back"
            assert all(head.applied[topic] >= offset for topic, offset in former.applied.items()), "applied goes back"
            assert all(head.effects[topic] >= offset for topic, offset in former.effects.items()), "effects go back"
        if not head.settled:
            assert not picture.counted(), "something is counted before anybody counted"
            return
        self.happened["head"] += 1
        self.happened["closing"] += len(head.closed) - (0 if former is None else len(former.closed))
        recount, messages = self._recounts[number], self.broker.logs[FAULTS, number].messages
        seen = {bucket: cells for bucket, cells in picture.counted().items() if not recount.is_expired(bucket, head)}
        assert seen == recount.buckets(messages, head), "the picture is not the recount"
        below = head.applied[FAULTS]
        whole = recount.newest(messages, below, head.closed)
        assert recount.newest(messages, below, head.closed, head.horizon[FAULTS]) == whole, "the horizon is too high"
        ticks = self._ticks(number)
        assert head.as_of == 0 or any(
            instant_of(tick.at) == head.as_of and tick.after.get(FAULTS, 0) <= below for tick in ticks.values()
        ), "the clock is ahead of the events"
        assert all(
            instant_of(tick.at) <= head.as_of for offset, tick in ticks.items() if offset < head.applied[CONTEXT_TOPIC]
        ), "a tick is lost"

    def _ticks(self, number: int) -> dict[int, Tick]:
        judged = {
            message.offset: judge_context(message, wall_clock=self._wall_clock)
            for message in self.broker.logs[CONTEXT_TOPIC, number].messages
        }
        return {offset: context for offset, context in judged.items() if isinstance(context, Tick)}

    def _check_end(self, number: int) -> None:
        head = self._pictures[number].head
        assert head is not None
        assert head.settled
        log, context = self.broker.logs[FAULTS, number], self.broker.logs[CONTEXT_TOPIC, number]
        assert head.applied == {FAULTS: log.end, CONTEXT_TOPIC: context.end}, "not everything is applied"
        assert head.as_of == max(instant_of(tick.at) for tick in self._ticks(number).values()), (
            "the last tick is not applied"
        )
        recount = self._recounts[number]
        final = self._pictures[number].counted()
        assert not any(recount.is_expired(bucket, head) for bucket in final), "an expired slot is left"
        self.broker.compact(number)
        fresh = Picture()
        for key, value in self.broker.tallies[number]:
            fresh.read(key, value)
        assert fresh.counted() == final, "compaction changes what a reader sees"
        self._check_audit(number, head, final)
        self._check_letters(number, head)
        if number == 0:
            self._check_resent()

    def _check_audit(self, number: int, head: Head, final: dict[Bucket, Cells]) -> None:
        """What `streams audit` counts from the log, month by month, is what the tallies hold."""
        for month in {bucket.name[:7] for bucket in final if bucket.grain in ("day", "month")}:
            recounter = Recounter(number, head, month, self._definitions, self._chapters, self.broker.partition_of)
            recounter.take(FAULTS, self.broker.logs[FAULTS, number].messages)
            tallied = {
                bucket: cells
                for bucket, cells in final.items()
                if bucket.grain in ("day", "month") and bucket.name[:7] == month
            }
            assert not compare(number, tallied, recounter.result().buckets), "the audit finds a difference"

    def _check_letters(self, number: int, head: Head) -> None:
        log, context = self.broker.logs[FAULTS, number], self.broker.logs[CONTEXT_TOPIC, number]
        refused = self._recounts[number].refusals(log.messages, head)
        expected = {(f"{FAULTS}/{number}/{offset}".encode(), reason.encode()) for offset, reason in refused.items()}
        for message in context.messages:
            reason = judge_context(message, wall_clock=self._wall_clock)
            if isinstance(reason, str):
                expected.add((f"{CONTEXT_TOPIC}/{number}/{message.offset}".encode(), reason.encode()))
        letters = letters_by_place([letter for letter in self.broker.dead_letters if letter.partition == number])
        self.happened["dead letter"] += len(letters)
        if self.broker.transactional:
            assert letters == Counter(expected), "dead letters are not there exactly once"
        else:
            surplus = set(letters) - expected
            assert not expected - set(letters), "a dead letter is missing"
            assert all(reason == b"too_old" for _, reason in surplus), "a dead letter too many"
        for offset, reason in refused.items():
            if reason == "too_old":
                self._check_too_old(number, offset)

    def _check_too_old(self, number: int, offset: int) -> None:
        """A record is too old only when a tick past its month's closing did not have to wait for it."""
        message = next(m for m in self.broker.logs[FAULTS, number].messages if m.offset == offset)
        month = self._calendar.month_of(self._recounts[number].judge(message).happened_at)
        closing = self._calendar.closing_instant(month, self._definitions.ledger_months)
        self.happened["too old"] += 1
        assert any(
            instant_of(tick.at) >= closing and tick.after.get(FAULTS, 0) <= offset
            for tick in self._ticks(number).values()
        ), "a record is refused as too old that came in time"

    def _check_resent(self) -> None:
        """What is sent again is sent once (at least once, without transactions)."""
        sent: Counter[tuple[bytes, str, int]] = Counter()
        expected: Counter[tuple[bytes, str, int]] = Counter()
        for number, picture in self._pictures.items():
            assert picture.head is not None
            messages = self.broker.logs[FAULTS, number].messages
            expected.update(self._recounts[number].resends(messages, picture.head))
            for message in messages:
                if any(name == RESENT_HEADER for name, _ in message.headers):
                    event = READERS[FAULTS].read(message.value)
                    sent[message.key or b"", event.id, event.revision] += 1
        self.happened["sent again"] += sum(sent.values())
        if self.broker.transactional:
            assert sent == expected, "what is sent again is not sent once"
        else:
            assert set(sent) >= set(expected), "something is not sent again"
