"""Watching: whatever the order in which partitions tell, and whoever goes on, the same outages are suspected."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from streams.core.contributions.detection import SUSPICIONS
from streams.core.detection.signals import Signal
from streams.core.events import Refused
from streams.core.events.outage import Outage, Scope
from streams.core.letters import Message
from streams.core.months import HOUR, MINUTE, datetime_of
from streams.core.outages.linking import Links
from streams.core.signals import SIGNALS_KEY, SignalRecord
from streams.core.suspected import SuspectedOutage, read
from tests.core.bursts import (
    BEGIN,
    CALENDAR,
    NO_OUTAGES,
    PARTITIONS,
    Watcher,
    burst,
    in_step,
    message,
    quiet,
    records,
    shuffled,
    told_of,
)
from tests.core.installation import DEFINITIONS

ONSET = BEGIN + 26 * HOUR
END = BEGIN + 29 * HOUR
NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A day of tickets does not become clearer by being shrunk; it only takes minutes."""


def declared(scope: Scope, start: int = ONSET, identity: str = "O1", revision: int = 0, **fields: Any) -> Outage:
    """Return an outage of the instant `start` as it is known to a partition."""
    moment = datetime_of(start)
    return Outage(
        **{"id": identity, "revision": revision, "updated_at": moment, "started_at": moment, "scope": scope, **fields}
    )


def links(*outages: Outage) -> Links:
    """Return the links of outages."""
    return Links(DEFINITIONS, CALENDAR, outages)


def day(seed: int, *bursts: list[Signal]) -> list[Signal]:
    """Return a day and five hours of usual tickets with bursts among them."""
    return quiet(Random(seed)) + [signal for one in bursts for signal in one]


@st.composite
def stories(draw: st.DrawFn) -> list[Signal]:
    """Draw a day and a few hours of usual tickets and complaints, with a burst or two in a block, at a site, spread."""
    random = Random(draw(st.integers(0, 10_000)))
    signals = quiet(random) + quiet(random, "complaint", 2)
    for name in ("a", "b")[: draw(st.integers(1, 2))]:
        signals += burst(
            random,
            name,
            ONSET + draw(st.integers(0, 40)) * MINUTE,
            prefixes=draw(st.sampled_from((("6182",), ("6184",), ("618",), ("7", "6"), ("7221", "7222", "7223")))),
            lines=draw(st.integers(10, 40)),
            minutes=draw(st.integers(1, 30)),
            kind=draw(st.sampled_from(("fault", "fault", "complaint"))),
            site=draw(st.sampled_from((None, None, "机房"))),
        )
    return signals


def test_a_burst_is_suspected_where_it_is_with_one_id_from_the_first_telling_to_the_last() -> None:
    """Twenty lines of a block within ten minutes: raised before all are in, revisions from 0 on, closed when over."""
    told = told_of(in_step(records(day(1, burst(Random(1), "b", ONSET)), END))).told
    assert len({suspected.id for suspected in told}) == 1
    assert [suspected.revision for suspected in told] == list(range(len(told)))
    first, last = told[0], told[-1]
    assert (first.kind, first.state, first.reported_as, first.branch) == ("outage", "open", "fault", "现业")
    assert first.lines < 20
    assert last.place.startswith("6182")
    assert (last.state, last.lines, last.symptoms[0]) == ("closed", 20, ("无法上网", 20))


def test_without_the_burst_nothing_is_suspected() -> None:
    """Control: the usual tickets of the same hours raise nothing."""
    assert told_of(in_step(records(day(1), END))).told == []


def test_a_burst_from_everywhere_is_a_wave_and_no_outage() -> None:
    """Lines of all exchanges: there is no place to send anybody to, and that is said."""
    everywhere = [f"{first}{second}" for first in "67" for second in range(10)]
    told = told_of(in_step(records(day(2, burst(Random(2), "w", ONSET, prefixes=everywhere, lines=120)), END))).told
    assert {suspected.kind for suspected in told} == {"wave"}
    assert (told[-1].branch, told[-1].scope) == ("", Scope())


def test_complaints_are_watched_apart_from_tickets() -> None:
    """A burst of complaints is suspected as one of complaints; tickets of the same lines do not add to it."""
    complaints = quiet(Random(4), "complaint") + burst(Random(3), "c", ONSET, kind="complaint")
    told = told_of(in_step(records(day(3, complaints), END))).told
    assert {suspected.reported_as for suspected in told} == {"complaint"}
    assert told[-1].lines == 20


@settings(max_examples=60, deadline=None, phases=NO_SHRINKING)
@given(stories(), st.integers(0, 1_000_000))
def test_the_order_in_which_partitions_tell_changes_nothing(signals: list[Signal], seed: int) -> None:
    """Records in any interleaving, split, put together, sent twice: the same is told, in the same order."""
    of_partitions = records(signals, END)
    expected = told_of(in_step(of_partitions))
    found = told_of(shuffled(Random(seed), of_partitions))
    assert found.told == expected.told
    assert found.kept == expected.kept


def test_nothing_is_known_before_the_last_partition_has_told() -> None:
    """A partition that is silent may hold what belongs in between: without its clock nothing is concluded."""
    of_partitions = records(day(4, burst(Random(4), "b", ONSET)), END)
    without = [record for record in in_step(of_partitions) if record.partition != 1]
    watcher = told_of(without)
    assert watcher.told == []
    for offset, record in enumerate(of_partitions[1]):
        watcher.take(record, 10_000 + offset)
    assert watcher.told == told_of(in_step(of_partitions)).told != []


@settings(max_examples=60, deadline=None, phases=NO_SHRINKING)
@given(stories(), st.integers(0, 1_000_000), st.booleans())
def test_a_successor_goes_on_as_if_nothing_had_happened(signals: list[Signal], seed: int, is_declared: bool) -> None:
    """Whoever watches is replaced at any places, in the middle of rounds too: the rounds tell just the same."""
    random = Random(seed)
    log = shuffled(random, records(signals, END))
    told_at = datetime_of(ONSET + random.randrange(-10, 60) * MINUTE)
    outages = links(declared(Scope(prefixes=["618"]), updated_at=told_at))
    declared_from = random.randrange(len(log)) if is_declared else len(log)
    known = [NO_OUTAGES if offset < declared_from else outages for offset in range(len(log))]
    undisturbed = Watcher()
    for offset, record in enumerate(log):
        undisturbed.take(record, offset, known[offset])
    undisturbed.keep()
    assert told_by_successors(random, log, known) == (undisturbed.told, undisturbed.kept)


def told_by_successors(
    random: Random, log: Sequence[SignalRecord], known: Sequence[Links]
) -> tuple[list[SuspectedOutage], dict[str, bytes]]:
    """Return what the rounds of a row of watchers told and kept; each dies somewhere after its last round."""
    told: list[SuspectedOutage] = []
    kept: dict[str, bytes] = {}
    position, horizon = 0, 0
    while position < len(log):
        watcher = Watcher(kept=kept)
        for offset in range(horizon, position):
            watcher.watch.receive(message(log[offset], offset))
        for offset in range(position, min(len(log), position + random.randrange(1, 60))):
            watcher.take(log[offset], offset, known[offset])
            if random.random() < 0.1:
                watcher.keep()
                told += watcher.told
                watcher.told = []
                kept = dict(watcher.kept)
                position = offset + 1
                horizon = watcher.watch.first_offset(position)
    return told, kept


def test_without_what_was_kept_a_successor_tells_otherwise() -> None:
    """Control: who begins anew in the middle of a burst does not know it, nor what was told."""
    log = in_step(records(day(5, burst(Random(5), "b", ONSET, lines=30, minutes=30)), END))
    half = next(offset for offset, record in enumerate(log) if record.upto > ONSET + 15 * MINUTE)
    before, anew = told_of(log[:half]), Watcher()
    for offset, record in enumerate(log[half:], start=half):
        anew.take(record, offset)
    assert before.told
    assert before.told + anew.told != told_of(log).told


def test_a_declared_outage_takes_over_what_it_explains_and_keeps_its_reports_from_raising_more() -> None:
    """Declared in the middle of the burst: the suspicion ends as `declared` with its id, and no other is raised."""
    log = in_step(records(day(6, burst(Random(6), "b", ONSET, lines=90, minutes=60)), END))
    outage = declared(Scope(ranges=[("6182000", "6182099")]))
    watcher, alone = Watcher(), told_of(log)
    for offset, record in enumerate(log):
        watcher.take(record, offset, links(outage) if record.upto > ONSET + 20 * MINUTE else NO_OUTAGES)
    assert len(watcher.last()) == 1
    last = watcher.told[-1]
    assert (last.state, last.outage, last.id) == ("declared", "O1", alone.told[0].id)
    assert last.lines < alone.told[-1].lines == 90


def test_an_outage_elsewhere_or_of_another_time_explains_nothing() -> None:
    """Control: other numbers, the same numbers the day before, and a rejected outage leave the suspicion as it is."""
    log = in_step(records(day(6, burst(Random(6), "b", ONSET)), END))
    place = Scope(ranges=[("6182000", "6182099")])
    others = (
        declared(Scope(prefixes=["6183"])),
        declared(place, ONSET - 24 * HOUR, restored_at=datetime_of(ONSET - 20 * HOUR)),
        declared(place, status="rejected"),
    )
    assert told_of(log, links(*others)).told == told_of(log).told != []


def test_a_known_outage_raises_no_suspicion_of_its_reports() -> None:
    """Planned work that was announced, or an outage declared before anybody called, is nothing to be told of."""
    log = in_step(records(day(7, burst(Random(7), "b", ONSET)), END))
    assert told_of(log).told
    assert told_of(log, links(declared(Scope(prefixes=["6182"])))).told == []


def test_an_outage_is_heard_of_when_it_was_told_of_and_not_before() -> None:
    """A replay's copies come hours ahead of its signals: all the same the burst is suspected, then declared in time."""
    log = in_step(records(day(6, burst(Random(6), "b", ONSET, lines=90, minutes=60)), END))
    told_after = ONSET + 20 * MINUTE
    outage = declared(Scope(ranges=[("6182000", "6182099")]), updated_at=datetime_of(told_after))
    told = told_of(log, links(outage)).told
    assert [suspected.state for suspected in told] == ["open"] * (len(told) - 1) + ["declared"]
    assert (told[-1].updated_at, told[-1].outage) == (datetime_of(told_after), "O1")


def test_suspicions_are_counted_on_the_day_of_their_first_report_and_go_when_the_month_is_final() -> None:
    """The tallies hold each suspicion once, as it stands; a closed month takes no more changes, yet revisions go on."""
    log = in_step(records(day(8, burst(Random(8), "b", ONSET, lines=30, minutes=40)), END))
    half = next(offset for offset, record in enumerate(log) if record.upto > ONSET + 20 * MINUTE)
    watcher = told_of(log[:half])
    assert counted(watcher) == list(watcher.last().values())
    watcher.watch.close(END)
    before = counted(watcher)
    for offset, record in enumerate(log[half:], start=half):
        watcher.take(record, offset)
    watcher.keep()
    assert watcher.told[-1].state == "closed"
    assert [told.revision for told in watcher.told] == list(range(len(watcher.told)))
    assert counted(watcher) == before
    assert not [name for name in watcher.kept if name.startswith("suspected/")]


def test_a_rebuilt_count_is_the_same() -> None:
    """Whoever takes the partition over counts what was told from what is kept, and the usual band with it."""
    watcher = told_of(in_step(records(day(9, burst(Random(9), "b", ONSET)), END)))
    assert Watcher(kept=watcher.kept).tallies.buckets == watcher.tallies.buckets
    assert len(watcher.tallies.buckets) == 2


def test_what_is_no_record_of_signals_is_refused() -> None:
    """A foreign message on the topic ends nobody's work: it becomes a dead letter like any other."""
    foreign = msgspec.msgpack.encode(SignalRecord(PARTITIONS, ONSET, []))
    for value in (None, b"", b"{}", b"\x93\x01\x02\xa1x", foreign):
        with pytest.raises(Refused):
            Watcher().watch.receive(Message(0, SIGNALS_KEY, value, 0, ()))


def counted(watcher: Watcher) -> list[SuspectedOutage]:
    """Return the suspected outages that the tallies hold, each once."""
    cells = [cell for cells in watcher.tallies.buckets.values() for cell in cells.items()]
    found = [(labels[0], weight) for (measure, labels), weight in cells if measure == SUSPICIONS.name]
    assert all(weight == 1 for _, weight in found)
    return [read(label) for label, _ in found]
