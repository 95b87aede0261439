"""Judges the messages of one partition: a fact that counts, or a refusal with its dead letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container

from streams.core.events import READERS, Event, Outage, Refused
from streams.core.head import ClosedMonth, Offsets, counts_at
from streams.core.known_outages import copies
from streams.core.letters import RESENT_HEADER, Message, dead_letter, resent
from streams.core.months import DAY, Calendar, instant_of
from streams.core.rounds import Outgoing

EFFECTS_LIMIT = 1_000
"""So many side effects may wait; then a round must be sent before more messages are taken in."""


class Intake:
    """What happens to a message before it is counted, and the side effects that come of it.

    Side effects of a record are sent once: by the owner whose round covers it. `effects_from` says, per topic, from
    which offset on they are ours to send.
    """

    def __init__(
        self,
        number: int,
        partitions: int,
        partition_of: Callable[[bytes], int],
        calendar: Calendar,
        effects_from: Offsets,
    ) -> None:
        """Take the partition's number of how many, what places a key, the calendar, and whence effects are ours."""
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self._number, self._partitions, self._partition_of, self._calendar = number, partitions, partition_of, calendar
        self._effects_from = effects_from
        self._effects: list[Outgoing] = []

    def judge(
        self, topic: str, message: Message, known_keys: Container[str], closed: list[ClosedMonth]
    ) -> Event | None:
        """Return the event in a message if it may count, else None: then its dead letter is on the way.

        `known_keys` are keys known to belong here; `closed` are the closings so far.
        """
        try:
            event = READERS[topic].read(message.value)
            self._check_key(event.key(), message, known_keys)
            self._check_time(topic, event, message, closed)
        except Refused as refused:
            self.refuse(topic, message, refused)
            return None
        moved_from = event.moved_from()
        if moved_from is not None and self.is_ours(topic, message):
            self._effects.append(resent(event.cancelled_under(moved_from), moved_from))
        if topic == Outage.topic and self.is_ours(topic, message):
            self._effects += copies(event, self._partitions)
        return event

    def _check_key(self, key: str, message: Message, known_keys: Container[str]) -> None:
        if message.key != key.encode() or not (key in known_keys or self._partition_of(message.key) == self._number):
            raise Refused("wrong_key", "", "the record's key or partition is not the event's")

    def _check_time(self, topic: str, event: Event, message: Message, closed: list[ClosedMonth]) -> None:
        happened_at = instant_of(event.happened_at())
        if happened_at > message.timestamp_ms * 1_000 + event.days_ahead() * DAY:
            raise Refused("in_future", "", f"lies more than {event.days_ahead()} days after the broker received it")
        if closed and not counts_at(closed, self._calendar.month_of(happened_at), topic, message.offset):
            raise Refused("too_old", "", f"the month {self._calendar.month_of(happened_at)} is closed")

    def refuse(self, topic: str, message: Message, refused: Refused) -> None:
        """Count a refusal and keep the message as a dead letter; one under a wrong key is sent again, once."""
        self.outcomes[topic, refused.reason] += 1
        if not self.is_ours(topic, message):
            return
        again = refused.reason == "wrong_key" and all(name != RESENT_HEADER for name, _ in message.headers)
        if again:
            event = READERS[topic].read(message.value)
            self._effects.append(resent(event, event.key(), message.value))
        self._effects.append(dead_letter(topic, self._number, message, refused, resolved=again))

    def is_ours(self, topic: str, message: Message) -> bool:
        """Tell whether the side effects of a message are not sent yet, so that they are ours to send."""
        return message.offset >= self._effects_from.get(topic, 0)

    def add_effect(self, effect: Outgoing) -> None:
        """Put a record into the next round."""
        self._effects.append(effect)

    def has_effects(self) -> bool:
        """Tell whether side effects wait."""
        return bool(self._effects)

    def is_full(self) -> bool:
        """Tell whether a round must be sent before more messages are taken in."""
        return len(self._effects) >= EFFECTS_LIMIT

    def take_effects(self) -> list[Outgoing]:
        """Return the side effects that wait, and let go of them."""
        effects, self._effects = self._effects, []
        return effects

    def effects_upto(self, positions: Offsets) -> Offsets:
        """Return up to where side effects are sent once those that wait are: the positions, or what was sent before."""
        return {topic: max(offset, self._effects_from.get(topic, 0)) for topic, offset in positions.items()}
