"""Signals: what each partition tells the one that watches for mass outages, a record a round, with its clock.

A signal's time is that of its report, or just after the sender's clock where the report comes late. So once the clock
of every partition is known to have reached an instant, all signals up to it are known too, and detection does not
depend on the order in which they came. What comes far too late tells nothing of now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import msgspec

from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.contributions.dimensions import Dimensions
from streams.core.definitions import NONE, Definitions
from streams.core.detection.signals import SITE, CellPath, Signal, SignalKind
from streams.core.events import Event, Refused
from streams.core.events.base import INVALID_STATUSES
from streams.core.months import MINUTE, instant_of
from streams.core.rounds import Outgoing

SIGNALS_KEY = b"city"
"""All signals have one key, so that one partition's owner watches the whole tree of cells."""

SIGNALS_A_RECORD = 5_000
SIGNALS_LIMIT = 20_000
"""So many signals may wait; then a round must be sent before more messages are taken in."""

LATEST = 90 * MINUTE
"""What was reported so long before the clock is no signal: old notes, keyed in all at once, are no burst."""

BLOCK_DIGITS, EXCHANGE_DIGITS = 3, 4
"""A block holds the numbers that differ in their last three digits, an exchange those that differ in the last four."""
SHORTEST_NUMBER = 6


class SignalRecord(msgspec.Struct, frozen=True, array_like=True):
    """The signals of one partition, and the instant `upto` (µs) below which it has none to send any more."""

    partition: int
    upto: int
    signals: list[Signal]


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(SignalRecord).decode


def read_signals(value: bytes | None) -> SignalRecord:
    """Return the record in a value; raises Refused."""
    try:
        return _DECODE(value or b"")
    except msgspec.DecodeError as error:
        raise Refused("invalid", "", str(error)) from None


class Signals:
    """The signals that one partition has yet to send."""

    def __init__(self, number: int, definitions: Definitions, partition_of: Callable[[bytes], int]) -> None:
        """Take the partition's number, the definitions that say where numbers lie, and what places a key."""
        self._number, self.watcher = number, partition_of(SIGNALS_KEY)
        self._definitions, self._dimensions = definitions, Dimensions(definitions)
        self._waiting: list[Signal] = []
        self._upto = 0

    def collect(self, event: Event, now: int) -> None:
        """Take in a ticket or complaint that is new, while the partition's clock stands at `now`."""
        reported_from = event.reported_from()
        at = instant_of(event.happened_at())
        if reported_from is None or at <= now - LATEST or not _is_new_report(event):
            return
        number, site = reported_from
        if not site and self._definitions.directory is not None:
            site = self._definitions.directory.site_of(number, at)
        self._waiting.append(
            Signal(
                id=f"{event.topic}/{event.id}",
                at=max(at, now + 1),
                line="" if number in self._definitions.placeholders else number,
                leaves=self._leaves(event.branch, number, site),
                kind=cast("SignalKind", event.topic.removesuffix("s")),
                symptom=getattr(event, "symptom", None) or "",
            )
        )

    def _leaves(self, stated: str | None, number: str, site: str | None) -> tuple[CellPath, ...]:
        """Return the cells: branch, exchange and block of the number; branch and site. The number tells the branch."""
        branch = self._dimensions.branch(None, number)
        branch = self._dimensions.branch(stated, None) if branch == NONE else branch
        leaves: list[CellPath] = [(branch, SITE + site)] if site else []
        if number.isdecimal() and len(number) >= SHORTEST_NUMBER:
            leaves.append((branch, number[:-EXCHANGE_DIGITS], number[:-BLOCK_DIGITS]))
        return tuple(leaves) or ((branch, NONE),)

    def are_full(self) -> bool:
        """Tell whether a round must be sent before more messages are taken in."""
        return len(self._waiting) >= SIGNALS_LIMIT

    def take_records(self, now: int) -> Iterator[Outgoing]:
        """Yield the signals that wait, with the clock `now`, and let go of them; nothing where nothing is new."""
        waiting, self._waiting = self._waiting, []
        if not waiting and now == self._upto:
            return
        # Only the last record may tell the clock: those before it are followed by signals of earlier times.
        upto, self._upto = self._upto, now
        while True:
            part, waiting = waiting[:SIGNALS_A_RECORD], waiting[SIGNALS_A_RECORD:]
            record = SignalRecord(self._number, upto if waiting else now, part)
            yield Outgoing(SIGNALS_TOPIC, self.watcher, SIGNALS_KEY, _ENCODE(record))
            if not waiting:
                return


def _is_new_report(event: Event) -> bool:
    """Tell whether somebody reports trouble: a ticket that moved to another number was told of under its former one."""
    return event.moved_from() is None and getattr(event, "status", None) not in INVALID_STATUSES
