"""The independent recount of a partition: brute force over its log, without fold, counting and tallies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from streams.core.contributions import Chapter
from streams.core.contributions.measures import Place, Weights
from streams.core.events import READERS, SOURCE_TOPICS, Event, Outage, Refused
from streams.core.events.base import canonical
from streams.core.events.context import Closing, Tick, read_context
from streams.core.head import ClosedMonth, Head
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import RESENT_HEADER, Message
from streams.core.months import DAY, MINUTE, SLOT, Calendar, instant_of
from streams.core.outages.directory import Row
from streams.core.tallies import SLOT_DAYS, Bucket, Cells
from tests.core.linking_truth import LinkingTruth
from tests.oracle.linking import LONGEST, MARGIN


class Seen(msgspec.Struct, frozen=True):
    """A message as the recount judges it: the event or why it is refused, whatever month is closed."""

    offset: int
    event: Event | None
    happened_at: int
    canonical: bytes
    refused: str


Newest = dict[tuple[str, str], Seen]

Logs = Mapping[str, list[Message]]
"""topic → the messages of the partition."""


class Recount:
    """Reads one topic of one partition anew: which messages count, and which revision is the newest."""

    def __init__(self, number: int, partition_of: Callable[[bytes], int], chapter: Chapter, calendar: Calendar) -> None:
        self._number, self._partition_of, self._chapter = number, partition_of, chapter
        self._topic, self._calendar = chapter.topic, calendar
        self._seen: dict[int, Seen] = {}

    def judge(self, message: Message) -> Seen:
        """Read a message and judge its key and time."""
        seen = self._seen.get(message.offset)
        if seen is None:
            seen = self._seen[message.offset] = self._judge(message)
        return seen

    def _judge(self, message: Message) -> Seen:
        try:
            event = READERS[self._topic].read(message.value)
        except Refused as refused:
            return Seen(message.offset, None, 0, b"", refused.reason)
        happened_at = instant_of(event.happened_at())
        reason = ""
        if message.key != event.key().encode() or self._partition_of(message.key) != self._number:
            reason = "wrong_key"
        elif happened_at > message.timestamp_ms * 1_000 + (92 if getattr(event, "planned", None) else 1) * DAY:
            reason = "in_future"
        return Seen(message.offset, event, happened_at, canonical(event), reason)

    def refusals(self, messages: Iterable[Message], head: Head) -> dict[int, str]:
        """Return offset → reason for the messages that the head's effects must have sent to the dead letters."""
        reasons = {}
        for message in messages:
            seen = self.judge(message)
            if message.offset < head.effects.get(self._topic, 0):
                reason = seen.refused or ("" if self._counts(seen, head.closed) else "too_old")
                if reason:
                    reasons[message.offset] = reason
        return reasons

    def resends(self, messages: Iterable[Message], head: Head) -> list[tuple[bytes, str, int]]:
        """Return key, id and revision of what had to be sent again or cancelled under another number."""
        found = []
        for message in messages:
            event, seen = self.judge(message).event, self.judge(message)
            if event is None or message.offset >= head.effects.get(self._topic, 0):
                continue
            if seen.refused == "wrong_key" and not any(name == RESENT_HEADER for name, _ in message.headers):
                found.append((event.key().encode(), event.id, event.revision))
            former = event.moved_from()
            if former is not None and not seen.refused and self._counts(seen, head.closed):
                found.append((former.encode(), event.id, event.revision))
        return found

    def counted(self, messages: Iterable[Message], head: Head) -> Counter[bytes]:
        """Return how often each content is counted among the messages whose effects the head has sent."""
        seen = [self.judge(message) for message in messages if message.offset < head.effects.get(self._topic, 0)]
        return Counter(one.canonical for one in seen if not one.refused and self._counts(one, head.closed))

    def _counts(self, seen: Seen, closed: list[ClosedMonth]) -> bool:
        """Tell whether the event's month was open when its record came."""
        month = self._calendar.month_of(seen.happened_at)
        closing = next((closing for closing in closed if closing.month >= month), None)
        return closing is None or seen.offset < closing.upto[self._topic]

    def newest(self, messages: Iterable[Message], below: int, closed: list[ClosedMonth], start: int = 0) -> Newest:
        """Return the newest revision of each ticket among the records from `start` up to `below`.

        At each closing's offset a ticket is forgotten if none of its revisions is of use to an open month any more.
        """
        newest: Newest = {}
        needed_until: dict[tuple[str, str], int] = {}
        ahead = [closing for closing in closed if closing.upto[self._topic] > start]
        for message in messages:
            if not start <= message.offset < below:
                continue
            while ahead and message.offset >= ahead[0].upto[self._topic]:
                self._forget(newest, needed_until, ahead.pop(0).month)
            seen = self.judge(message)
            if seen.refused or seen.event is None or not self._counts(seen, closed):
                continue
            place = (seen.event.key(), seen.event.id)
            newest[place] = max(seen, newest.get(place, seen), key=_rank)
            reach = max(seen.happened_at, self._remembered_until(seen.event))
            needed_until[place] = max(reach, needed_until.get(place, 0))
        for closing in ahead:
            if closing.upto[self._topic] <= below:
                self._forget(newest, needed_until, closing.month)
        return newest

    def _remembered_until(self, event: Event) -> int:
        return self._chapter.remembered_until(event)

    def _forget(self, newest: Newest, needed_until: dict[tuple[str, str], int], month: str) -> None:
        open_from = self._calendar.month_end(month)
        for place in [place for place in newest if needed_until[place] < open_from]:
            del newest[place], needed_until[place]


class CopiesRecount(Recount):
    """Reads the copies of outages anew, which stand in every partition, under whatever key."""

    def __init__(self, number: int, partition_of: Callable[[bytes], int], chapter: Chapter, calendar: Calendar) -> None:
        super().__init__(number, partition_of, chapter, calendar)
        self._topic = COPIES_TOPIC

    def _judge(self, message: Message) -> Seen:
        try:
            event = READERS[Outage.topic].read(message.value)
        except Refused as refused:
            return Seen(message.offset, None, 0, b"", refused.reason)
        return Seen(message.offset, event, instant_of(event.happened_at()), canonical(event), "")

    def refusals(self, messages: Iterable[Message], head: Head) -> dict[int, str]:
        """Return offset → reason for those that cannot be read; one that came too late has its letter elsewhere."""
        reasons = super().refusals(messages, head)
        return {offset: reason for offset, reason in reasons.items() if reason != "too_old"}

    def _remembered_until(self, event: Event) -> int:
        assert isinstance(event, Outage)
        started = instant_of(event.started_at)
        restored = started + LONGEST if event.restored_at is None else instant_of(event.restored_at)
        return min(restored, started + LONGEST) + MARGIN


class Truth:
    """Counts all topics of one partition anew, up to any head."""

    def __init__(
        self,
        number: int,
        partition_of: Callable[[bytes], int],
        chapters: Mapping[str, Chapter],
        calendar: Calendar,
        ledger_months: int,
        directory: Sequence[Row],
    ) -> None:
        self._chapters, self._calendar, self._ledger_months = chapters, calendar, ledger_months
        self._directory = directory
        self.sources = {topic: Recount(number, partition_of, chapters[topic], calendar) for topic in SOURCE_TOPICS}
        self.copies = CopiesRecount(number, partition_of, chapters[Outage.topic], calendar)
        self.folded = {**self.sources, COPIES_TOPIC: self.copies}
        self._final: dict[str, tuple[ClosedMonth, dict[Bucket, Cells]]] = {}

    def buckets(self, logs: Logs, head: Head) -> dict[Bucket, Cells]:
        """Return every bucket in which something is counted at `head`; closed months as they were at their closing."""
        counted: dict[Bucket, Cells] = {}
        for number, closing in enumerate(head.closed):
            counted.update(self._final_buckets(logs, head.closed[:number], closing))
        counted.update(self._count(logs, head.applied, head.closed, head.as_of))
        return counted

    def _final_buckets(self, logs: Logs, before: list[ClosedMonth], closing: ClosedMonth) -> dict[Bucket, Cells]:
        known = self._final.get(closing.month)
        if known is None or known[0] != closing:
            now = self._calendar.closing_instant(closing.month, self._ledger_months)
            counted = self._count(logs, closing.upto, before, now)
            final = {
                bucket: cells
                for bucket, cells in counted.items()
                if bucket.grain in ("day", "month") and bucket.name[:7] <= closing.month
            }
            known = self._final[closing.month] = (closing, final)
        return known[1]

    def _count(self, logs: Logs, below: Mapping[str, int], closed: list[ClosedMonth], now: int) -> dict[Bucket, Cells]:
        open_from = self._calendar.month_end(closed[-1].month) if closed else 0
        facts: dict[str, dict[str, list[Seen]]] = {topic: {} for topic in SOURCE_TOPICS}
        for topic, recount in self.sources.items():
            for (key, _), seen in recount.newest(logs[topic], below.get(topic, 0), closed).items():
                facts[topic].setdefault(key, []).append(seen)
        known = self.copies.newest(logs[COPIES_TOPIC], below.get(COPIES_TOPIC, 0), closed)
        linking = LinkingTruth([seen.event for seen in known.values()], self._directory)
        buckets: dict[Bucket, Cells] = {}
        first_slot = self._first_slot(now)
        for topic, by_key in facts.items():
            chapter = self._chapters[topic]
            for key, seen_of_key in by_key.items():
                beside = {other: [seen.event for seen in facts[other].get(key, ())] for other in chapter.beside}
                events = [seen.event for seen in seen_of_key]
                parts = [chapter.of_key(key, events, open_from, beside)]
                parts += linking.of_key(chapter, key, events, open_from, beside)
                for seen in seen_of_key:
                    if seen.happened_at >= open_from:
                        weights = chapter.of_fact(seen.event, now)
                        parts += [weights, linking.of_fact(weights, seen.event)]
                for weights in parts:
                    self._add(buckets, topic, weights, first_slot)
        return {bucket: left for bucket, cells in buckets.items() if (left := {c: n for c, n in cells.items() if n})}

    def _add(self, buckets: dict[Bucket, Cells], topic: str, weights: Weights, first_slot: int | None) -> None:
        for (place, cell), weight in weights.items():
            for bucket in self._places(topic, place, first_slot):
                cells = buckets.setdefault(bucket, {})
                cells[cell] = cells.get(cell, 0) + weight

    def _places(self, topic: str, place: Place, first_slot: int | None) -> list[Bucket]:
        grain, name = place
        if isinstance(name, str):
            return [Bucket(topic, grain, name)]
        buckets = [Bucket(topic, "day", self._calendar.day_of(name * SLOT))]
        if grain == "slot" and first_slot is not None and name >= first_slot:
            buckets.append(Bucket(topic, "slot", str(name)))
        return buckets

    def _first_slot(self, now: int) -> int | None:
        if now == 0:
            return None
        day = date.fromisoformat(self._calendar.day_of(now)) - timedelta(days=SLOT_DAYS)
        return self._calendar.day_start(day.isoformat()) // SLOT

    def is_expired(self, bucket: Bucket, head: Head) -> bool:
        """Tell whether a bucket is a slot older than those that are kept; it may wait for its tombstone."""
        first_slot = self._first_slot(head.as_of)
        return bucket.grain == "slot" and first_slot is not None and int(bucket.name) < first_slot


def _rank(seen: Seen) -> tuple[int, bytes]:
    assert seen.event is not None
    return seen.event.revision, seen.canonical


def judge_context(message: Message, *, wall_clock: bool) -> Tick | Closing | str:
    """Return a context record's message, or the reason why it is refused."""
    try:
        context = read_context(message.value)
    except Refused as refused:
        return refused.reason
    if wall_clock and isinstance(context, Tick) and instant_of(context.at) > message.timestamp_ms * 1_000 + MINUTE:
        return "clock_ahead"
    return context
