"""One seeded history of a partition's life, or of two partitions': events, workers, crashes, hand-overs, time."""

from __future__ import annotations

from collections import Counter
from random import Random

from streams.core.contributions import chapters_for
from streams.core.events import SOURCE_TOPICS
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.months import DAY, HOUR, MINUTE, datetime_of
from streams.core.outages.directory import Directory
from streams.core.partition import READ_TOPICS
from streams.core.takeover import Kept
from tests.core.model import UNBROKEN, Broker, Faults, Fenced, Owner, copy_of
from tests.core.story import DIRECTORY, Story, definitions, instant
from tests.core.watching import Reader, check_copied, check_resent

BEGIN = instant("2026-03-20T09:00:00+08:00")
REPLAYED_AT_MS = 1_900_000_000_000
STEPS = 70
DETECTING = 0.1
"""In so many histories somebody watches for outages: it takes as long as all the rest together."""
ALL = 1_000_000


class History:
    """Everything that happens, drawn from a seed; `run` raises AssertionError at the first thing that is wrong."""

    def __init__(self, seed: int, faults: Faults = UNBROKEN, transactional: bool | None = None) -> None:
        self.random = Random(seed)
        random = self.random
        self._faults = faults
        self._wall_clock = random.random() < 0.5
        self._definitions = definitions(ledger_months=random.choice((1, 1, 2)), directory=Directory(DIRECTORY))
        self._chapters = chapters_for(self._definitions)
        is_transactional = random.random() < 0.7 if transactional is None else transactional
        self.broker = Broker(random.choice((1, 1, 2)), transactional=is_transactional, fencing=not faults.no_fencing)
        self._now = BEGIN + random.randrange(20 * DAY)
        self._story = Story(random, self.broker)
        self._detects = random.random() < DETECTING
        numbers = range(self.broker.partitions)
        self._owners: dict[int, Owner | None] = dict.fromkeys(numbers)
        self._zombies: list[Owner] = []
        self._kept: dict[int, list[Kept]] = {number: [] for number in numbers}
        self.happened: Counter[str] = Counter()
        self._readers = {
            number: Reader(
                number,
                self.broker,
                self._definitions,
                self._chapters,
                wall_clock=self._wall_clock,
                happened=self.happened,
            )
            for number in numbers
        }

    def run(self) -> None:
        """Live through the history, let it come to rest, and compare what is left with the recount."""
        for _ in range(STEPS):
            self._step()
        self._come_to_rest()
        for reader in self._readers.values():
            reader.check_end()
        readers = list(self._readers.values())
        check_resent(self.broker, readers)
        check_copied(self.broker, readers)

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
            after = self._ends(every)
            tick = write_context(Tick(at=datetime_of(self._now), after=after))
            self.broker.logs[CONTEXT_TOPIC, every].append(None, tick, self.broker.timestamp_ms)

    def _disturb_context(self, number: int) -> None:
        """Write what the clock must not follow: no message at all, a tick of long ago, one far ahead of the wall."""
        at = self._now + self.random.choice((-DAY, 2 * MINUTE if self._wall_clock else -HOUR))
        tick = write_context(Tick(at=datetime_of(at), after=self._ends(number)))
        value = self.random.choice((b"{}", None, b'{"kind":"tick","at":"soon"}', tick, tick))
        self.broker.logs[CONTEXT_TOPIC, number].append(None, value, self.broker.timestamp_ms)

    def _ends(self, number: int) -> dict[str, int]:
        return {topic: self.broker.logs[topic, number].end for topic in SOURCE_TOPICS}

    def _deliver(self, number: int) -> None:
        owner = self._owner(number)
        for topic in self.random.sample(READ_TOPICS, len(READ_TOPICS)):
            self._deliver_to(owner, topic, self.random.choice((0, 1, 3, 10, ALL)))

    def _deliver_to(self, owner: Owner, topic: str, limit: int) -> None:
        if owner.partition.effects_are_full():
            self.happened["round while folding"] += not owner.partition.settled
            owner.send_round()
        owner.deliver(topic, limit)

    def _round(self, number: int) -> None:
        self._owner(number).send_round()
        self._readers[number].read()

    def _crash(self, number: int) -> None:
        """Kill the owner before, in, or after sending a round."""
        owner = self._owners[number]
        if owner is not None:
            owner.send_round(breaks_after=self.random.choice((0, 1, 2, 5, 20, ALL, None)))
            self.happened["crash"] += 1
            self._owners[number] = None
            self._readers[number].read()

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
        self._readers[zombie.number].read()

    def _checkpoint(self, number: int) -> None:
        owner = self._owners[number]
        if owner is not None and owner.partition.settled:
            self._kept[number].append(copy_of(owner.partition.keep()))

    def _compact(self, number: int) -> None:
        self._readers[number].compact()

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
                wall_clock=self._wall_clock, detects=self._detects, faults=self._faults,
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
            self._readers[number].read()
            if not sent and ends == positions:
                return worked
            worked = True
