"""The state of one partition, pure: takes messages in, folds, counts, keeps time, closes months, gives rounds out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from streams.core.contributions import Chapter
from streams.core.counting import Counting
from streams.core.definitions import Definitions
from streams.core.events import READERS, SOURCE_TOPICS, Event, Refused
from streams.core.events.context import CONTEXT_TOPIC, Closing, Tick, read_context, write_context
from streams.core.head import HEAD_KEY, ClosedMonth, Head, Offsets, counts_at, write_head
from streams.core.ledger import Entry, Fact, Fold
from streams.core.letters import RESENT_HEADER, Message, dead_letter, resent
from streams.core.months import DAY, MINUTE, NEVER, Calendar, add_months, datetime_of, instant_of
from streams.core.rounds import Outgoing, Round
from streams.core.takeover import Kept, Takeover
from streams.core.tallies import Bucket, Tallies, write_cells

TALLIES_TOPIC = "tallies"
EFFECTS_LIMIT = 1_000
"""So many side effects may wait; then a round must be sent before more messages are taken in."""
TICKS_LIMIT = 2_000
"""So many ticks may be held back (an even number); beyond it every second one is let go, the last one never."""


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
        wall_clock: bool,
    ) -> None:
        """Take the partition's number, the definitions, chapters by topic, what places a key, and the take-over.

        `wall_clock` says that ticks are the owner's, so that one far ahead of its broker's time stamp is refused.
        """
        self.number = number
        self.settled = False
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self._definitions, self._partition_of, self._wall_clock = definitions, partition_of, wall_clock
        self._calendar = Calendar(definitions.timezone)
        self._head = takeover.head
        self._published = takeover.buckets
        kept = takeover.usable()
        topics = (*SOURCE_TOPICS, CONTEXT_TOPIC)
        self.positions: Offsets = {topic: takeover.start(topic) for topic in topics}
        self._effects_from: Offsets = dict.fromkeys(topics, 0) if self._head is None else dict(self._head.effects)
        self._ends: dict[str, int] = {}
        self.as_of = 0 if self._head is None else self._head.as_of
        self._closed: list[ClosedMonth] = [] if self._head is None else list(self._head.closed)
        self._ticks: list[tuple[int, int, Offsets]] = []
        self._effects: list[Outgoing] = []
        self._tombstones: list[Bucket] = []
        self._swept_before: int | None = None
        self._horizon: Offsets = dict(self.positions)
        self._tallies = Tallies(self._calendar)
        folds = {} if kept is None else kept.folds
        self._counting = {
            topic: Counting(folds.get(topic) or Fold(), chapters[topic], READERS[topic], self._tallies)
            for topic in SOURCE_TOPICS
        }
        self._closings_ahead = {
            topic: [closing for closing in self._closed if closing.upto.get(topic, 0) >= self.positions[topic]]
            for topic in SOURCE_TOPICS
        }
        for counting in self._counting.values():
            counting.open_from = self._open_from()

    def receive(self, topic: str, messages: Sequence[Message], position: int, end: int) -> None:
        """Take in the next messages of `topic`, in order of offset.

        `position` is the offset from which reading goes on after them (past any holes), `end` the end of the topic as
        the broker told it with them. Messages below the own position are skipped: they are folded already.
        """
        own = self.positions[topic]
        new = [message for message in messages if message.offset >= own]
        if topic == CONTEXT_TOPIC:
            for message in new:
                self._receive_context(message)
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

    def _receive_events(self, topic: str, messages: Sequence[Message]) -> None:
        counting = self._counting[topic]
        before: dict[str, Entry] = {}
        for message in messages:
            self._forget_closed(topic, message.offset)
            try:
                event, fact = self._read(topic, message)
            except Refused as refused:
                self._refuse(topic, message, refused)
                continue
            key = event.key()
            old = counting.fold.entries.get(key)
            if self.settled and key not in before:
                before[key] = {} if old is None else dict(old)
            is_new = counting.fold.merge(key, event.id, fact)
            self.outcomes[topic, "counted" if is_new else "repeated"] += 1
            moved_from = event.moved_from()
            if moved_from is not None and self._sends_effects(topic, message):
                self._effects.append(resent(event.cancelled_under(moved_from), moved_from))
        for key, entry in before.items():
            counting.update(key, entry)

    def _forget_closed(self, topic: str, offset: int) -> None:
        """While folding, forget what the closings up to `offset` let go of, just where they did.

        Done later, an old revision that came after them would be outranked here and counted where it came live.
        """
        ahead = self._closings_ahead[topic]
        while ahead and ahead[0].upto.get(topic, 0) <= offset:
            self._counting[topic].fold.forget(self._calendar.month_end(ahead.pop(0).month))

    def _read(self, topic: str, message: Message) -> tuple[Event, Fact]:
        event = READERS[topic].read(message.value)
        self._check_key(topic, event, message)
        happened_at = instant_of(event.happened_at())
        if happened_at > message.timestamp_ms * 1_000 + DAY:
            raise Refused("in_future", "", "lies more than a day after the broker received it")
        month = self._calendar.month_of(happened_at)
        if self._closed and not counts_at(self._closed, month, topic, message.offset):
            raise Refused("too_old", "", f"the month {month} is closed")
        return event, self._counting[topic].fact(event, message.offset)

    def _check_key(self, topic: str, event: Event, message: Message) -> None:
        key = event.key()
        if message.key == key.encode() and (
            key in self._counting[topic].fold.entries or self._partition_of(message.key) == self.number
        ):
            return
        raise Refused("wrong_key", "", "the record's key or partition is not the event's")

    def _refuse(self, topic: str, message: Message, refused: Refused) -> None:
        self.outcomes[topic, refused.reason] += 1
        if not self._sends_effects(topic, message):
            return
        once = all(name != RESENT_HEADER for name, _ in message.headers)
        resend = refused.reason == "wrong_key" and once
        if resend:
            event = READERS[topic].read(message.value)
            self._effects.append(resent(event, event.key(), message.value))
        self._effects.append(dead_letter(topic, self.number, message, refused, resolved=resend))

    def _sends_effects(self, topic: str, message: Message) -> bool:
        return message.offset >= self._effects_from.get(topic, 0)

    def _receive_context(self, message: Message) -> None:
        try:
            context = read_context(message.value)
            if isinstance(context, Tick):
                self._hold_tick(context, message)
        except Refused as refused:
            self._refuse(CONTEXT_TOPIC, message, refused)

    def _hold_tick(self, tick: Tick, message: Message) -> None:
        at = instant_of(tick.at)
        if self._wall_clock and at > message.timestamp_ms * 1_000 + MINUTE:
            raise Refused("clock_ahead", "at", "lies more than a minute ahead of the broker's clock")
        if at <= self.as_of:
            return
        self._ticks.append((at, message.offset, tick.after))
        if len(self._ticks) > TICKS_LIMIT:
            self._ticks = sorted(self._ticks)[::2]

    def _has_reached_ends(self) -> bool:
        return all(topic in self._ends and self.positions[topic] >= self._ends[topic] for topic in self.positions)

    def _settle(self) -> None:
        """Count the whole fold once, at the first instant that the waiting ticks lead to."""
        self.settled = True
        for topic in self._counting:
            self._forget_closed(topic, self.positions[topic])
        # A month that closes here may still show what a former owner counted and a later event took back.
        could_change = list(filter(self._is_open, self._published))
        tick = self._take_tick()
        if tick is None:
            self._recount(self.as_of)
        else:
            self._advance(tick, recount=True)
        self._tallies.changed.update(could_change)
        self._measure_horizon()

    def _recount(self, now: int) -> None:
        self._tallies.clear()
        self.as_of = now
        if now:
            self._tallies.expire(now)
        for counting in self._counting.values():
            counting.rebuild(now)

    def _tick(self) -> None:
        tick = self._take_tick()
        if tick is not None:
            self._advance(tick, recount=self.as_of == 0)

    def _take_tick(self) -> int | None:
        """Return the highest tick whose events are all applied, and let go of it and of all before it."""
        ready = [
            at
            for at, _, after in self._ticks
            if all(self.positions.get(topic, 0) >= offset for topic, offset in after.items() if topic in self._counting)
        ]
        if not ready:
            return None
        highest = max(ready)
        self._ticks = [tick for tick in self._ticks if tick[0] > highest]
        return highest if highest > self.as_of else None

    def _advance(self, at: int, *, recount: bool) -> None:
        """Move the clock to `at`, stopping at every instant at which a month closes on the way."""
        for month in self._months_to_close(at):
            stop = max(self.as_of, self._calendar.closing_instant(month, self._definitions.ledger_months))
            self._move_clock(stop, recount)
            self._close(month)
            recount = False
        self._move_clock(at, recount)

    def _move_clock(self, now: int, recount: bool) -> None:
        if recount:
            self._recount(now)
            return
        for counting in self._counting.values():
            counting.advance(now)
        self.as_of = now
        self._tallies.expire(now)

    def _months_to_close(self, at: int) -> list[str]:
        """Return the months that close up to `at`, oldest first: those that have facts, and the last one due."""
        last = add_months(self._calendar.month_of(at), -self._definitions.ledger_months - 1)
        closed = self._closed[-1].month if self._closed else ""
        if closed >= last:
            return []
        with_facts = {month for counting in self._counting.values() for month in counting.months(self._calendar)}
        return sorted({last, *(month for month in with_facts if closed < month < last)})

    def _close(self, month: str) -> None:
        closed = ClosedMonth(month, {topic: self.positions[topic] for topic in SOURCE_TOPICS})
        self._closed.append(closed)
        for counting in self._counting.values():
            counting.close(self._open_from())
        marker = write_context(Closing(month=month, upto=closed.upto))
        self._effects.append(Outgoing(CONTEXT_TOPIC, self.number, None, marker))
        self._measure_horizon()

    def _open_from(self) -> int:
        return self._calendar.month_end(self._closed[-1].month) if self._closed else 0

    def _is_open(self, bucket: Bucket) -> bool:
        """Tell whether the bucket's counts may still change: its month is open, or it belongs to none."""
        month = bucket.month(self._calendar)
        return month is None or not self._closed or month > self._closed[-1].month

    def _measure_horizon(self) -> None:
        self._horizon = {
            topic: counting.fold.horizon(self.positions[topic]) for topic, counting in self._counting.items()
        }

    def next_change(self) -> int:
        """Return the next instant at which a figure changes by time alone, NEVER if none will."""
        return min((counting.next_change() for counting in self._counting.values()), default=NEVER)

    def send_tick(self, now: int) -> None:
        """Put a tick for the instant `now` into the next round, after all that the topics are known to hold."""
        after = {topic: max(self._ends.get(topic, 0), self.positions[topic]) for topic in SOURCE_TOPICS}
        tick = write_context(Tick(at=datetime_of(now), after=after))
        self._effects.append(Outgoing(CONTEXT_TOPIC, self.number, None, tick))

    def effects_are_full(self) -> bool:
        """Tell whether a round must be sent before more messages are taken in."""
        return len(self._effects) >= EFFECTS_LIMIT

    def take_round(self) -> Round | None:
        """Return all that changed since the last round, or None; the caller sends it or ends.

        Before the partition is settled a round carries side effects alone, and a head that repeats the last one.
        """
        head = self._next_head()
        tombstones = self._take_tombstones() if self.settled else []
        changed = sorted(self._tallies.changed) if self.settled else []
        if not (self._effects or tombstones or changed) and head == self._head:
            return None
        if not self.settled and not self.effects_are_full():
            return None
        tallies = [self._record(bucket) for bucket in changed]
        tallies += [Outgoing(TALLIES_TOPIC, self.number, bucket.record_key(), None) for bucket in tombstones]
        effects, self._effects, self._head = self._effects, [], head
        self._tallies.changed.difference_update(changed)
        if self._closed:
            self._tallies.forget(list(self._tallies.through(self._closed[-1].month)))
        head_record = Outgoing(TALLIES_TOPIC, self.number, HEAD_KEY, write_head(head))
        return Round(self.number, effects, tallies, head_record)

    def _next_head(self) -> Head:
        if not self.settled:
            known = self._head or Head({}, {}, {}, 0, [], self._definitions.digest(), settled=False)
            ahead = {topic: max(offset, self._effects_from.get(topic, 0)) for topic, offset in self.positions.items()}
            return msgspec.structs.replace(known, effects=ahead)
        applied = self._applied()
        return Head(
            applied=applied,
            effects=dict(self.positions),
            horizon={**self._horizon, CONTEXT_TOPIC: applied[CONTEXT_TOPIC]},
            as_of=self.as_of,
            closed=list(self._closed),
            definitions=self._definitions.digest(),
            settled=True,
        )

    def _applied(self) -> Offsets:
        """Return the positions, that of the context topic before any tick still held back."""
        held = min((offset for _, offset, _ in self._ticks), default=self.positions[CONTEXT_TOPIC])
        return {**self.positions, CONTEXT_TOPIC: held}

    def _record(self, bucket: Bucket) -> Outgoing:
        cells = self._tallies.buckets.get(bucket, {})
        self._published.add(bucket)
        return Outgoing(TALLIES_TOPIC, self.number, bucket.record_key(), write_cells(cells))

    def _take_tombstones(self) -> list[Bucket]:
        """Return the slots to delete: those that expired before the last head, which covers their day records."""
        ripe, self._tombstones = self._tombstones, []
        if self._tallies.first_slot != self._swept_before:
            self._swept_before = self._tallies.first_slot
            self._tombstones = [bucket for bucket in self._published if self._tallies.is_expired(bucket)]
            self._published.difference_update(self._tombstones)
        return ripe

    def keep(self) -> Kept:
        """Return the fold as it stands, to be taken up again by this or another worker."""
        folds = {topic: counting.fold for topic, counting in self._counting.items()}
        return Kept(folds=folds, positions=self._applied(), closed=list(self._closed))

    def renew_horizon(self) -> None:
        """Find the horizon anew; it costs a pass over all facts, so it is done now and then."""
        self._measure_horizon()

    def backlog(self) -> int:
        """Return how many records lie between the positions and the ends as last told."""
        return sum(max(0, end - self.positions[topic]) for topic, end in self._ends.items())

    def facts(self) -> int:
        """Return how many facts the ledger holds."""
        return sum(counting.fold.facts for counting in self._counting.values())
