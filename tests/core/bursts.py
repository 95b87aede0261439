"""Signals of made-up days with bursts in them, the records that partitions send of them, and who watches those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from zlib import crc32

import msgspec

from streams.core.definitions import Definitions
from streams.core.detection.signals import SITE, CellPath, Signal, SignalKind
from streams.core.letters import Message
from streams.core.months import HOUR, MINUTE, Calendar, instant_of
from streams.core.outages.linking import Links
from streams.core.signals import SIGNALS_KEY, SignalRecord
from streams.core.suspected import SuspectedOutage, read
from streams.core.tallies import Tallies
from streams.core.watch import Watch
from tests.core.installation import DEFINITIONS, at

PARTITIONS = 3
HOURS = 29
BEGIN = instant_of(at("2009-07-14 09:00"))
CALENDAR = Calendar(DEFINITIONS.timezone)
NO_OUTAGES = Links(DEFINITIONS, CALENDAR)


def leaves_of(line: str, site: str | None = None) -> tuple[CellPath, ...]:
    """Return the cells of a number of seven digits, and of a site, as signals name them."""
    branch = DEFINITIONS.branch_of_number(line)
    sites: list[CellPath] = [(branch, SITE + site)] if site else []
    return (*sites, (branch, line[:3], line[:4]))


def quiet(random: Random, kind: SignalKind = "fault", an_hour: int = 6) -> list[Signal]:
    """Return the usual tickets of HOURS from BEGIN on, from everywhere; after a day it is known what is usual."""
    lines = (f"{random.choice('67')}{random.randrange(10**6):06}" for _ in range(HOURS * an_hour))
    return [
        _signal(f"q{number}", BEGIN + random.randrange(HOURS * HOUR), line, kind) for number, line in enumerate(lines)
    ]


def burst(
    random: Random,
    name: str,
    start: int,
    *,
    prefixes: Sequence[str] = ("6182",),
    lines: int = 20,
    minutes: int = 10,
    kind: SignalKind = "fault",
    site: str | None = None,
) -> list[Signal]:
    """Return the tickets of different lines under the prefixes, within so many minutes of the instant `start`."""
    signals = []
    for number in range(lines):
        prefix = prefixes[number % len(prefixes)]
        line = f"{prefix}{number:0{7 - len(prefix)}}"
        signals.append(_signal(f"{name}{number}", start + random.randrange(minutes * MINUTE), line, kind, site))
    return signals


def _signal(identity: str, instant: int, line: str, kind: SignalKind = "fault", site: str | None = None) -> Signal:
    return Signal(
        id=f"{kind}s/{identity}", at=instant, line=line, leaves=leaves_of(line, site), kind=kind, symptom="无法上网"
    )


def records(signals: Iterable[Signal], until: int, every: int = 15 * MINUTE) -> list[list[SignalRecord]]:
    """Return what each partition sends: a record at each tick of its clock, `every` so many µs until `until`."""
    of: list[list[Signal]] = [[] for _ in range(PARTITIONS)]
    for signal in sorted(signals, key=lambda one: one.at):
        of[crc32(signal.line.encode()) % PARTITIONS].append(signal)
    ticks = range(BEGIN + every, until + every, every)
    return [
        [SignalRecord(number, tick, [one for one in mine if tick - every < one.at <= tick]) for tick in ticks]
        for number, mine in enumerate(of)
    ]


def in_step(of_partitions: Sequence[Sequence[SignalRecord]]) -> list[SignalRecord]:
    """Return the records of all partitions tick by tick."""
    return [record for tick in zip(*of_partitions, strict=True) for record in tick]


def shuffled(random: Random, of_partitions: Sequence[Sequence[SignalRecord]]) -> list[SignalRecord]:
    """Return the records in another order, each partition's own kept: split, put together, and some sent twice."""
    ahead = [list(_cut_otherwise(random, mine)) for mine in of_partitions]
    found: list[SignalRecord] = []
    while any(ahead):
        mine = random.choice([mine for mine in ahead if mine])
        count = random.choice((1, 1, 2, 10))
        found += mine[:count]
        del mine[:count]
        if random.random() < 0.1:
            found.append(random.choice(found[-20:]))
    return found


def _cut_otherwise(random: Random, mine: Sequence[SignalRecord]) -> Iterable[SignalRecord]:
    upto = BEGIN
    waiting: list[Signal] = []
    for record in mine:
        waiting += record.signals
        draw = random.random()
        if draw < 0.2 and record is not mine[-1]:
            continue
        if draw < 0.5:
            # Some signals leave before the clock is told that goes with them.
            yield SignalRecord(record.partition, upto, waiting[: len(waiting) // 2])
            waiting = waiting[len(waiting) // 2 :]
        yield SignalRecord(record.partition, record.upto, waiting)
        upto, waiting = record.upto, []


def message(record: SignalRecord, offset: int) -> Message:
    """Return a record as it is read from its topic."""
    return Message(offset, SIGNALS_KEY, msgspec.msgpack.encode(record), 0, ())


class Watcher:
    """A watch with what it told and what it keeps: each step ends as a round does."""

    def __init__(self, definitions: Definitions = DEFINITIONS, kept: dict[str, bytes] | None = None) -> None:
        self.kept: dict[str, bytes] = dict(kept or {})
        self.told: list[SuspectedOutage] = []
        self.tallies = Tallies(CALENDAR)
        self.watch = Watch(PARTITIONS, definitions, CALENDAR, self.tallies, self.kept)
        self.watch.rebuild()

    def take(self, record: SignalRecord, offset: int, links: Links = NO_OUTAGES) -> None:
        """Take in one record, and tell what follows."""
        self.watch.receive(message(record, offset))
        self.look(links)

    def look(self, links: Links) -> None:
        """Look at the outages, and tell what follows."""
        for outgoing in self.watch.advance(links):
            assert outgoing.value is not None
            self.told.append(read(outgoing.value))

    def keep(self) -> None:
        """Keep what changed, as the end of a round does."""
        for name, value in self.watch.take_records().items():
            if value:
                self.kept[name] = value
            else:
                self.kept.pop(name, None)

    def last(self) -> dict[str, SuspectedOutage]:
        """Return each suspected outage as it was told last."""
        return {suspected.id: suspected for suspected in self.told}


def told_of(all_records: Iterable[SignalRecord], links: Links = NO_OUTAGES) -> Watcher:
    """Return a watcher that has taken in the records."""
    watcher = Watcher()
    for offset, record in enumerate(all_records):
        watcher.take(record, offset, links)
    watcher.keep()
    return watcher
