"""Watches for mass outages: the signals of all partitions, in the order of time, through the detectors.

One partition's owner does it for the whole city. What the detectors know is kept as records beside the tallies, written
in the same rounds, so that a successor goes on exactly where the last round ended.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from itertools import count
from typing import NamedTuple, get_args

import msgspec

from streams.core.contributions.detection import EXPECTED, SIGNALS_TOPIC, SUSPICIONS
from streams.core.contributions.measures import LEVEL, Weights, add_weights
from streams.core.definitions import Definitions
from streams.core.detection.detector import Detector, KnownOutage
from streams.core.detection.rules import DetectionRules
from streams.core.detection.signals import CITY, Signal, SignalKind
from streams.core.detection.suspicion import Suspicion
from streams.core.letters import Message
from streams.core.months import HOUR, SLOT, Calendar, instant_of
from streams.core.outages.linking import Links, Window
from streams.core.outages.scope import covers
from streams.core.rounds import Outgoing
from streams.core.signals import read_signals
from streams.core.suspected import SUSPECTED_TOPIC, SuspectedOutage, explains, read, told, write
from streams.core.tallies import Tallies

KINDS: tuple[SignalKind, ...] = get_args(SignalKind)
_CLOCK, _SUSPECTED = "clock", "suspected/"
"""Names of the records that are not a detector's."""


class _Waiting(NamedTuple):
    """A signal in the order of time; `number` tells those apart that are equal in all before it."""

    at: int
    id: str
    number: int
    offset: int
    signal: Signal


class _Clock(msgspec.Struct, array_like=True):
    """upto: all signals up to here are taken in. partitions: how far the signals of each partition are known."""

    upto: int = 0
    partitions: dict[int, int] = {}


class Watch:
    """The detectors of faults and of complaints, what waits for them, and what they told of the open months."""

    def __init__(
        self, partitions: int, definitions: Definitions, calendar: Calendar, tallies: Tallies, kept: Mapping[str, bytes]
    ) -> None:
        """Take how many partitions send signals, and the records kept by the owner before: name → value."""
        self._partitions, self._branches, self._tallies = partitions, definitions.branches, tallies
        self._open_from = 0
        rules = DetectionRules()
        self._detectors = {kind: Detector.restored(calendar, rules, _below(f"{kind}/", kept)) for kind in KINDS}
        self._clock = msgspec.msgpack.decode(kept[_CLOCK], type=_Clock) if kept.get(_CLOCK) else _Clock()
        self._suspected = {name: read(value) for name, value in _below(_SUSPECTED, kept).items() if value}
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._changed: dict[str, bytes] = {}
        self._links: Links | None = None
        self._band: Weights = {}

    def receive(self, message: Message) -> None:
        """Take in a record of signals; those that were dealt with before are passed over. Raises Refused."""
        record = read_signals(message.value)
        for signal in record.signals:
            if signal.at > self._clock.upto:
                heapq.heappush(
                    self._waiting, _Waiting(signal.at, signal.id, next(self._numbers), message.offset, signal)
                )
        known = self._clock.partitions.get(record.partition, 0)
        self._clock.partitions[record.partition] = max(known, record.upto)

    def first_offset(self, position: int) -> int:
        """Return the lowest offset of a record with a signal that waits, `position` when none does."""
        return min((waiting.offset for waiting in self._waiting), default=position)

    def advance(self, links: Links) -> list[Outgoing]:
        """Take in what is known of all partitions; return what there is to tell: a record for each change."""
        changed: list[Suspicion] = self._declare(links)
        clock = self._clock
        if len(clock.partitions) == self._partitions and (upto := min(clock.partitions.values())) > clock.upto:
            while self._waiting and self._waiting[0].at <= upto:
                signal = heapq.heappop(self._waiting).signal
                changed += self._detectors[signal.kind].take(signal)
            for detector in self._detectors.values():
                changed += detector.advance(upto)
            clock.upto = upto
            self._changed[_CLOCK] = msgspec.msgpack.encode(clock)
            self._show_band()
        return [self._tell(suspicion) for suspicion in changed]

    def _declare(self, links: Links) -> list[Suspicion]:
        """Let the declared outages take over the suspicions that they explain, and keep their reports from new ones."""
        if links is self._links:
            return []
        self._links = links
        self._changed[_CLOCK] = msgspec.msgpack.encode(self._clock)
        changed: list[Suspicion] = []
        for detector in self._detectors.values():
            detector.known([_known(window) for window in links.windows])
            for window in links.windows:
                changed += detector.declare(window.outage.id, _explained_by(window))
        return changed

    def _tell(self, suspicion: Suspicion) -> Outgoing:
        before = self._suspected.get(suspicion.id)
        now = told(suspicion, 0 if before is None else before.revision + 1)
        if suspicion.first_report_at >= self._open_from:
            change = _cell(now)
            if before is not None:
                add_weights(change, _cell(before), -1)
            self._tallies.add(SIGNALS_TOPIC, change)
            self._suspected[now.id] = now
            self._changed[_SUSPECTED + now.id] = write(now)
        return Outgoing(SUSPECTED_TOPIC, None, now.id.encode(), write(now))

    def _show_band(self) -> None:
        """Keep the usual band of the hour that the clock is in among the levels."""
        at = self._clock.upto // HOUR * HOUR
        band: Weights = {}
        for branch in ("", *self._branches):
            mean, upper = self._detectors["fault"].expected((branch,) if branch else CITY, at)
            for bound, value in (("mean", mean), ("upper", upper)):
                band[LEVEL, (EXPECTED.name, (branch, bound))] = round(value * 1_000)
        change = {spot: weight for spot, weight in band.items() if weight}
        add_weights(change, self._band, -1)
        self._tallies.add(SIGNALS_TOPIC, change)
        self._band = {spot: weight for spot, weight in band.items() if weight}

    def rebuild(self) -> None:
        """Put what was told, and the band, into tallies that hold nothing of it."""
        for suspected in self._suspected.values():
            self._tallies.add(SIGNALS_TOPIC, _cell(suspected))
        self._band = {}
        if self._clock.upto:
            self._show_band()

    def close(self, open_from: int) -> None:
        """Let go of what was suspected before the instant `open_from`: it is final."""
        self._open_from = open_from
        for name, suspected in list(self._suspected.items()):
            if instant_of(suspected.first_report_at) < open_from:
                del self._suspected[name]
                self._changed[_SUSPECTED + name] = b""

    def take_records(self) -> dict[str, bytes]:
        """Return the records to keep that changed since the last call: name → value, an empty one to be forgotten."""
        changed, self._changed = self._changed, {}
        if not changed:
            return {}
        for kind, detector in self._detectors.items():
            changed |= {f"{kind}/{name}": value for name, value in detector.state().items()}
        return changed


def _below(beginning: str, kept: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(beginning): value for name, value in kept.items() if name.startswith(beginning)}


def _cell(suspected: SuspectedOutage) -> Weights:
    slot = instant_of(suspected.first_report_at) // SLOT
    return {(("day", slot), (SUSPICIONS.name, (write(suspected).decode(),))): 1}


def _known(window: Window) -> KnownOutage:
    return KnownOutage(lambda line, site: covers(window.outage.scope, line, site or None), window.start, window.end + 1)


def _explained_by(window: Window) -> Callable[[Suspicion], bool]:
    return lambda suspicion: (
        window.start <= suspicion.updated_at
        and suspicion.first_report_at <= window.end
        and explains(window.outage, suspicion)
    )
