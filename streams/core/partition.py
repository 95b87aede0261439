"""The state of one partition, pure: takes messages in, folds, counts, keeps time, closes months, gives rounds out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from streams.core.clock import HeldTicks
from streams.core.closings import Closings
from streams.core.contributions import Chapter
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.counted import Counted
from streams.core.definitions import Definitions
from streams.core.events import Refused
from streams.core.events.context import CONTEXT_TOPIC, Closing, Tick, read_context, write_context
from streams.core.folds import FOLDED_TOPICS, Folds
from streams.core.head import HEAD_KEY, ClosedMonth, Head, Offsets, write_head
from streams.core.intake import Intake
from streams.core.known_outages import COPIES_TOPIC
from streams.core.ledger import Entry
from streams.core.letters import Message
from streams.core.months import Calendar, datetime_of
from streams.core.publication import TALLIES_TOPIC, Publication
from streams.core.rounds import Outgoing, Round
from streams.core.signals import Signals
from streams.core.takeover import Kept, Takeover
from streams.core.watch import Watch

READ_TOPICS = (*FOLDED_TOPICS, SIGNALS_TOPIC, CONTEXT_TOPIC)
"""The topics that a partition is made of."""


class Partition:
    """One partition of all topics: first it folds up to the ends it was shown, then (settled) it counts as it goes.

    Everything here follows from the messages taken in and the take-over it began with; nothing asks a clock.
    """

    def __init__(
        self,
        number: int,
        definitions: Definitions,
        chapters: Mapping[str, Chapter],
        partition_of: Callable[[bytes], int],
        takeover: Takeover,
        *,
        partitions: int,
        wall_clock: bool,
    ) -> None:
        """Take the partition's number, the definitions, chapters by topic, what places a key, and the take-over.

        `partitions` is how many there are. `wall_clock` says that ticks are the owner's, so that one far ahead of its
        broker's time stamp is refused.
        """
        self.number = number
        self.settled = False
        self._definitions = definitions
        self._calendar = Calendar(definitions.timezone)
        self._head = takeover.head
        known = takeover.head or Head({}, {}, {}, 0, [], definitions.digest(), settled=False)
        self.positions: Offsets = {topic: takeover.start(topic) for topic in READ_TOPICS}
        self.as_of = known.as_of
        self._closed = Closings(known.closed, self._calendar, definitions.ledger_months)
        self._ends: Offsets = {}
        self._horizon: Offsets = dict(self.positions)
        self._ticks = HeldTicks(wall_clock=wall_clock)
        self._intake = Intake(number, partitions, partition_of, self._calendar, dict(known.effects))
        kept = takeover.usable()
        self._folds = Folds({} if kept is None else kept.folds, self._closed, self.positions, self._calendar)
        self._counted = Counted(self._folds, chapters, definitions, self._calendar, self._closed.open_from())
        self._tallies = self._counted.tallies
        self._publication = Publication(number, self._tallies, takeover.buckets)
        self._signals = Signals(number, definitions, partition_of)
        self._watch: Watch | None = None
        if number == self._signals.watcher:
            self._watch = Watch(partitions, definitions, self._calendar, self._tallies, takeover.detection)
            self._watch.close(self._closed.open_from())

        takers = (self._take_copy, self._take_signals, self._take_context)
        self._internal = dict(zip((COPIES_TOPIC, SIGNALS_TOPIC, CONTEXT_TOPIC), takers, strict=True))

    def receive(self, topic: str, messages: Sequence[Message], position: int, end: int) -> None:
        """Take in the next messages of `topic`, in order of offset.

        `position` is the offset from which reading goes on after them (past any holes), `end` the end of the topic as
        the broker told it with them. Messages below the own position are skipped: they are folded already.
        """
        own = self.positions[topic]
        new = [message for message in messages if message.offset >= own]
        if topic in self._internal:
            self._receive_internal(topic, new)
        else:
            self._receive_events(topic, new)
        self.positions[topic] = max(own, position)
        if not self.settled:
            self._ends.setdefault(topic, end)
            if self._has_reached_ends():
                self._settle()
        if self.settled:
            self._ends[topic] = max(end, position)
            self._tick()
            self._look()

    def _receive_events(self, topic: str, messages: Sequence[Message]) -> None:
        counting = self._counted.of(topic)
        fold, outcomes, closings_ahead = counting.fold, self._intake.outcomes, self._folds.has_closings_ahead(topic)
        reports = counting.takes_links()
        before: dict[str, Entry] = {}
        for message in messages:
            if closings_ahead:
                self._folds.forget_closed(topic, message.offset)
            event = self._intake.judge(topic, message, fold.entries, self._closed)
            if event is None:
                continue
            key = event.key()
            if self.settled and key not in before:
                before[key] = dict(fold.entry(key))
            if reports and fold.is_first(key, event.id, message.offset) and self._intake.is_ours(topic, message):
                self._signals.collect(event, self.as_of)
            is_newest = fold.merge(key, event.id, counting.fact(event, message.offset))
            outcomes[topic, "counted" if is_newest else "repeated"] += 1
        if before:
            self._counted.update(topic, before)

    def _receive_internal(self, topic: str, messages: Sequence[Message]) -> None:
        for message in messages:
            try:
                self._internal[topic](message)
            except Refused as refused:
                self._intake.refuse(topic, message, refused)
        if topic == COPIES_TOPIC and self.settled:
            self._counted.relink()

    def _take_copy(self, message: Message) -> None:
        self._folds.forget_closed(COPIES_TOPIC, message.offset)
        self._counted.outages.take(message, self._closed)

    def _take_signals(self, message: Message) -> None:
        if self._watch is not None:
            self._watch.receive(message)

    def _take_context(self, message: Message) -> None:
        context = read_context(message.value)
        if isinstance(context, Tick):
            self._ticks.hold(context, message, self.as_of)

    def _look(self) -> None:
        """Let the watch take in what is known of all partitions, where it is ours."""
        if self._watch is not None:
            for suspected in self._watch.advance(self._counted.outages.links):
                self._intake.add_effect(suspected)

    def _has_reached_ends(self) -> bool:
        return all(topic in self._ends and self.positions[topic] >= self._ends[topic] for topic in self.positions)

    def _settle(self) -> None:
        """Count the whole fold once, at the first instant that the waiting ticks lead to."""
        self.settled = True
        for topic in self._folds:
            self._folds.forget_closed(topic, self.positions[topic])
        # A month that closes here may still show what a former owner counted and a later event took back.
        could_change = self._publication.matching(self._closed.is_open)
        tick = self._take_tick()
        if tick is None:
            self._recount(self.as_of)
        else:
            self._advance(tick, recount=True)
        self._tallies.changed.update(could_change)
        self.renew_horizon()

    def _recount(self, now: int) -> None:
        self.as_of = now
        self._counted.recount(now)
        if self._watch is not None:
            self._watch.rebuild()

    def _tick(self) -> None:
        tick = self._take_tick()
        if tick is not None:
            self._advance(tick, recount=self.as_of == 0)

    def _take_tick(self) -> int | None:
        tick = self._ticks.take(self.positions)
        return tick if tick is not None and tick > self.as_of else None

    def _advance(self, at: int, *, recount: bool) -> None:
        """Move the clock to `at`, stopping at every instant at which a month closes on the way."""
        for month, instant in self._closed.due(at, self._counted.months):
            self._move_clock(max(self.as_of, instant), recount)
            self._close(month)
            recount = False
        self._move_clock(at, recount)

    def _move_clock(self, now: int, recount: bool) -> None:
        if recount:
            self._recount(now)
            return
        self._counted.advance(now)
        self.as_of = now

    def _close(self, month: str) -> None:
        closed = ClosedMonth(month, self._folds.at(self.positions))
        self._closed.append(closed)
        self._counted.close(self._closed.open_from())
        if self._watch is not None:
            self._watch.close(self._closed.open_from())
        marker = write_context(Closing(month=month, upto=closed.upto))
        self._intake.add_effect(Outgoing(CONTEXT_TOPIC, self.number, None, marker))
        self.renew_horizon()

    def renew_horizon(self) -> None:
        """Find the horizon anew; it costs a pass over all facts, so it is done now and then."""
        self._horizon = self._folds.horizon(self.positions)

    def next_change(self) -> int:
        """Return the next instant at which a figure changes by time alone, NEVER if none will."""
        return self._counted.next_change()

    def send_tick(self, now: int) -> None:
        """Put a tick for the instant `now` into the next round, after all that the topics are known to hold."""
        after = {topic: max(self._ends.get(topic, 0), self.positions[topic]) for topic in self._folds}
        tick = write_context(Tick(at=datetime_of(now), after=after))
        self._intake.add_effect(Outgoing(CONTEXT_TOPIC, self.number, None, tick))

    def effects_are_full(self) -> bool:
        """Tell whether a round must be sent before more messages are taken in."""
        return self._intake.is_full() or self._signals.are_full()

    def take_round(self) -> Round | None:
        """Return all that changed since the last round, or None; the caller sends it or ends.

        Before the partition is settled a round carries side effects alone, and a head that repeats the last one.
        """
        head = self._next_head()
        if self.settled:
            records = self._publication.take_records()
            if self._watch is not None:
                records += self._publication.beside(self._watch.take_records())
            if self._closed:
                self._tallies.forget(self._tallies.through(self._closed.last()))
        elif self.effects_are_full():
            records = []
        else:
            return None
        for signals in self._signals.take_records(self.as_of):
            self._intake.add_effect(signals)
        if head == self._head and not records and not self._intake.has_effects():
            return None
        self._head = head
        return Round(
            partition=self.number,
            side_effects=self._intake.take_effects(),
            tallies=records,
            head=Outgoing(TALLIES_TOPIC, self.number, HEAD_KEY, write_head(head)),
        )

    def _next_head(self) -> Head:
        effects, digest = self._intake.effects_upto(self.positions), self._definitions.digest()
        if not self.settled:
            known = self._head or Head({}, {}, {}, 0, [], digest, settled=False)
            return msgspec.structs.replace(known, effects=effects)
        applied = self._applied()
        return Head(
            applied=applied,
            effects=effects,
            horizon={**self._horizon, **self._unfinished()},
            as_of=self.as_of,
            closed=list(self._closed),
            definitions=digest,
            settled=True,
        )

    def _applied(self) -> Offsets:
        """Return the positions; those of ticks and signals before any that still waits."""
        return {**self.positions, **self._unfinished()}

    def _unfinished(self) -> Offsets:
        context, signals = self.positions[CONTEXT_TOPIC], self.positions[SIGNALS_TOPIC]
        return {
            CONTEXT_TOPIC: self._ticks.first_offset(context),
            SIGNALS_TOPIC: signals if self._watch is None else self._watch.first_offset(signals),
        }

    def keep(self) -> Kept:
        """Return the fold as it stands, to be taken up again by this or another worker."""
        return Kept(folds=self._folds, positions=self._applied(), closed=list(self._closed))

    def backlog(self) -> int:
        """Return how many records lie between the positions and the ends as last told."""
        return sum(max(0, end - self.positions[topic]) for topic, end in self._ends.items())

    @property
    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """How many messages were taken in since the take-over, by topic and outcome."""
        return self._intake.outcomes

    def facts(self) -> int:
        """Return how many facts the ledger holds."""
        return self._counted.facts()
