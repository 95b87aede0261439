"""Watches for mass outages: the signals of all partitions, in the order of time, through the detectors.

One partition's owner does it for the whole city. What the detectors know is kept as records beside the tallies, written
in the same rounds, so that a successor goes on exactly where the last round ended.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from itertools import count
from typing import NamedTuple, get_args

import msgspec

from streams.core.contributions.detection import EXPECTED, SIGNALS_TOPIC, SUSPICIONS, USUAL
from streams.core.contributions.measures import LEVEL, Weights, add_weights
from streams.core.definitions import Definitions
from streams.core.detection.detector import Detector, KnownOutage
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CITY, Signal, SignalKind
from streams.core.detection.suspicion import Suspicion
from streams.core.events import Refused
from streams.core.letters import Message
from streams.core.months import DAY, HOUR, NEVER, SLOT, Calendar, instant_of
from streams.core.outages.linking import Links, Window
from streams.core.outages.scope import covers
from streams.core.rounds import Outgoing
from streams.core.signals import read_signals
from streams.core.suspected import SUSPECTED_TOPIC, SuspectedOutage, read, told, write
from streams.core.tallies import Tallies

KINDS: tuple[SignalKind, ...] = get_args(SignalKind)
_CLOCK, _SUSPECTED = "clock", "suspected/"
"""Names of the records that are not a detector's."""


class _Waiting(NamedTuple):
    """A signal in the order of time; `number` keeps the order total."""

    at: int
    id: str
    number: int
    offset: int
    signal: Signal


class _Clock(msgspec.Struct, array_like=True):
    """upto: all signals up to here are taken in. partitions: how far the signals of each are known, 0 if not at all.

    outages: those heard of, by id, each with the digest of what was heard.
    band: (branch, mean or upper) → the usual tickets an hour as they are shown, thousandfold; no branch is the city.
    usual: hour since 1970 → what was usual of the city in it, thousandfold, for the last day.
    """

    partitions: list[int]
    upto: int = 0
    outages: dict[str, str] = {}
    band: dict[tuple[str, str], int] = {}
    usual: dict[int, int] = {}


class Watch:
    """The detectors of faults and of complaints, what waits for them, and what they told of the open months."""

    def __init__(
        self, partitions: int, definitions: Definitions, calendar: Calendar, tallies: Tallies, kept: Mapping[str, bytes]
    ) -> None:
        """Take how many partitions send signals, and the records kept by the owner before: name → value."""
        self._definitions, self._tallies = definitions, tallies
        self._open_from = 0
        rules = DetectionRules()
        self._detectors = {kind: Detector.restored(calendar, rules, _below(f"{kind}/", kept)) for kind in KINDS}
        clock = kept.get(_CLOCK)
        self._clock = msgspec.msgpack.decode(clock, type=_Clock) if clock else _Clock([0] * partitions)
        self._suspected = {name: read(value) for name, value in _below(_SUSPECTED, kept).items() if value}
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._changed: dict[str, bytes] = {}
        self._has_moved = False
        self._links: Links | None = None
        self._next_outage = NEVER

    def receive(self, message: Message) -> None:
        """Take in a record of signals; those that were dealt with before are passed over. Raises Refused."""
        record = read_signals(message.value)
        if not 0 <= record.partition < len(self._clock.partitions):
            raise Refused("invalid", "partition", "is none of this installation")
        for signal in record.signals:
            if signal.at > self._clock.upto:
                heapq.heappush(
                    self._waiting, _Waiting(signal.at, signal.id, next(self._numbers), message.offset, signal)
                )
        if record.upto > self._clock.partitions[record.partition]:
            self._clock.partitions[record.partition] = record.upto
            self._has_moved = True

    def first_offset(self, position: int) -> int:
        """Return the lowest offset of a record with a signal that waits, `position` when none does."""
        return min((waiting.offset for waiting in self._waiting), default=position)

    def advance(self, links: Links) -> list[Outgoing]:
        """Take in what is known of all partitions; return what there is to tell: a record for each change."""
        changed: list[Suspicion] = []
        if links is not self._links:
            self._links = links
            changed += self._hear_of_outages(links, self._clock.upto)
        upto = min(self._clock.partitions)
        if upto > self._clock.upto:
            changed += self._move_clock(links, upto)
        return [self._tell(suspicion) for suspicion in changed]

    def _move_clock(self, links: Links, upto: int) -> list[Suspicion]:
        changed: list[Suspicion] = []
        for signal in self._take_waiting(upto):
            changed += self._hear_until(links, signal.at)
            changed += self._detectors[signal.kind].take(signal)
        changed += self._hear_until(links, upto)
        changed += self._advance(upto)
        is_new_slot = upto // SLOT > self._clock.upto // SLOT
        self._clock.upto, self._has_moved = upto, True
        if is_new_slot:
            self._show_band()
        # Neither detector knows of the other: told by time, it does not matter in how many steps the clock came here.
        return sorted(changed, key=lambda suspicion: (suspicion.updated_at, suspicion.of))

    def _advance(self, now: int) -> list[Suspicion]:
        return [suspicion for detector in self._detectors.values() for suspicion in detector.advance(now)]

    def _take_waiting(self, upto: int) -> Iterator[Signal]:
        """Yield the signals up to an instant in the order of their time, one that was sent twice once."""
        last = ""
        while self._waiting and self._waiting[0].at <= upto:
            waiting = heapq.heappop(self._waiting)
            if waiting.id != last:
                yield waiting.signal
            last = waiting.id

    def _hear_until(self, links: Links, now: int) -> list[Suspicion]:
        """Hear of the outages that were told of up to the instant `now`, of each at its time."""
        changed: list[Suspicion] = []
        while self._next_outage <= now:
            changed += [*self._advance(self._next_outage), *self._hear_of_outages(links, self._next_outage)]
        return changed

    def _hear_of_outages(self, links: Links, now: int) -> list[Suspicion]:
        """Keep the reports of declared outages from raising suspicions; return the open ones that are theirs.

        Copies are quicker than signals where a log is replayed: what was not told of yet at `now` is not heard of.
        """
        heard = {
            window.outage.id: window
            for window in links.windows
            if window.outage.id in self._clock.outages or links.told_at(window.outage) <= now
        }
        ahead = (links.told_at(window.outage) for window in links.windows if window.outage.id not in heard)
        self._next_outage = min(ahead, default=NEVER)
        # What has been over for a day has no report left among the recent ones.
        known = {identity: _known(window) for identity, window in heard.items() if window.end > now - DAY}
        for detector in self._detectors.values():
            detector.known(list(known.values()))
        # A successor hears of all outages at once, and may tell only of those that its predecessor did not know.
        digests = {identity: heard[identity].digest() for identity in sorted(heard)}
        if digests == self._clock.outages:
            return []
        self._clock.outages, self._has_moved = digests, True
        return [
            suspicion
            for detector in self._detectors.values()
            for identity, outage in known.items()
            for suspicion in detector.declare(identity, outage)
        ]

    def _tell(self, suspicion: Suspicion) -> Outgoing:
        before = self._suspected.get(suspicion.id)
        now = told(suspicion, 0 if before is None else before.revision + 1)
        if self._is_counted(now):
            change = _cell(now)
            if before is not None:
                add_weights(change, _cell(before), -1)
            self._tallies.add(SIGNALS_TOPIC, change)
        self._suspected[now.id] = now
        self._changed[_SUSPECTED + now.id] = write(now)
        self._let_go_of_final()
        return Outgoing(SUSPECTED_TOPIC, None, now.id.encode(), write(now))

    def _is_counted(self, suspected: SuspectedOutage) -> bool:
        return instant_of(suspected.first_report_at) >= self._open_from

    def _show_band(self) -> None:
        """Keep the usual band of the hour that the clock is in among the levels, and what was usual in the last day."""
        at = self._clock.upto // HOUR * HOUR
        band: dict[tuple[str, str], int] = {}
        for branch in ("", *self._definitions.branches):
            mean, upper = self._detectors["fault"].expected((branch,) if branch else CITY, at)
            band |= {(branch, "mean"): round(mean * 1_000), (branch, "upper"): round(upper * 1_000)}
        usual = {
            hour: round(self._detectors["fault"].expected(CITY, hour * HOUR)[0] * 1_000)
            for hour in range((at - DAY) // HOUR, at // HOUR + 1)
        }
        change = _levels(band, usual)
        add_weights(change, _levels(self._clock.band, self._clock.usual), -1)
        self._tallies.add(SIGNALS_TOPIC, change)
        self._clock.band, self._clock.usual = band, usual

    def rebuild(self) -> None:
        """Put what was told, and the band, into tallies that hold nothing of it."""
        for suspected in filter(self._is_counted, self._suspected.values()):
            self._tallies.add(SIGNALS_TOPIC, _cell(suspected))
        self._tallies.add(SIGNALS_TOPIC, _levels(self._clock.band, self._clock.usual))

    def close(self, open_from: int) -> None:
        """Let what was suspected before the instant `open_from` count no more: what was counted of it is final."""
        self._open_from = open_from
        self._let_go_of_final()

    def _let_go_of_final(self) -> None:
        """Forget what is over and of a closed month; what is still open will be told again, with the next revision."""
        for name, suspected in list(self._suspected.items()):
            if suspected.state != "open" and not self._is_counted(suspected):
                del self._suspected[name]
                self._changed[_SUSPECTED + name] = b""

    def take_records(self) -> dict[str, bytes]:
        """Return the records to keep that changed since the last call: name → value, an empty one to be forgotten."""
        changed, self._changed = self._changed, {}
        if self._has_moved:
            self._has_moved = False
            changed[_CLOCK] = msgspec.msgpack.encode(self._clock)
            for kind, detector in self._detectors.items():
                changed |= {f"{kind}/{name}": value for name, value in detector.state().items()}
        return changed


def _below(beginning: str, kept: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(beginning): value for name, value in kept.items() if name.startswith(beginning)}


def _cell(suspected: SuspectedOutage) -> Weights:
    slot = instant_of(suspected.first_report_at) // SLOT
    return {(("day", slot), (SUSPICIONS.name, (write(suspected).decode(),))): 1}


def _levels(band: Mapping[tuple[str, str], int], usual: Mapping[int, int]) -> Weights:
    expected: Weights = {(LEVEL, (EXPECTED.name, place)): value for place, value in band.items() if value}
    return expected | {(LEVEL, (USUAL.name, (str(hour),))): value for hour, value in usual.items() if value}


def _known(window: Window) -> KnownOutage:
    return KnownOutage(lambda line, site: covers(window.outage.scope, line, site or None), window.start, window.end + 1)
