"""What the ledger and the tallies promise whatever comes: order, repeats, batches, splits and the clock's steps."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.core.catalogue import INDICATORS
from streams.core.contributions.faults import TICKETS
from streams.core.durations import durations
from streams.core.events import FaultTicket
from streams.core.events.context import Closing, Tick, read_context, write_context
from streams.core.head import ClosedMonth, Head, read_head, write_head
from streams.core.ledger import Fact, Fold
from streams.core.merged import MergedTallies
from streams.core.months import DAY, Calendar, datetime_of
from streams.core.rollups import rolled_up, subsets
from streams.core.tallies import Bucket, Cells, read_cells, write_cells
from tests.core.model import FAULTS
from tests.core.story import NUMBERS, encode
from tests.core.strategies import AS_OF, AUGUST, DEFINITIONS, JULY, Document, Single, logs, nearly, picture_of, tickets
from tests.oracle import recount

FACTS = st.builds(Fact, st.integers(0, 3), st.integers(0, 50), st.sampled_from((b"a", b"b")), st.integers(0, 9))
MERGES = st.lists(st.tuples(st.sampled_from("kl"), st.sampled_from("ij"), FACTS), max_size=12)
NAMES = st.text(max_size=4)
CELLS = st.dictionaries(st.tuples(NAMES, st.lists(NAMES, max_size=3).map(tuple)), st.integers(-(2**40), 2**40))
OFFSETS = st.dictionaries(NAMES, st.integers(0, 2**62))
MONTHS = st.dates().map(lambda day: day.isoformat()[:7])


@given(MERGES, st.randoms(use_true_random=False), st.integers(0, 12))
def test_a_fold_is_the_same_in_any_order_and_with_any_repeats(
    merges: list[tuple[str, str, Fact]], random: Random, repeats: int
) -> None:
    """Order, duplicates and replays leave the same facts, offsets included."""
    in_order, shuffled = Fold(), Fold()
    for merge in merges:
        in_order.merge(*merge)
    again = [*merges, *merges[:repeats]]
    random.shuffle(again)
    for merge in again:
        shuffled.merge(*merge)
    assert shuffled.entries == in_order.entries
    assert shuffled.facts == in_order.facts == len(list(in_order.rows()))


@given(MERGES, st.integers(0, 10), st.integers(0, 10))
def test_a_fold_from_the_horizon_finds_the_same_facts(
    merges: list[tuple[str, str, Fact]], open_from: int, extra: int
) -> None:
    """What was forgotten may be read again or not: from the horizon on, and from before it, the fold is the same."""
    log = [(key, identity, fact._replace(offset=offset)) for offset, (key, identity, fact) in enumerate(merges)]
    whole, resumed = Fold(), Fold()
    for merge in log:
        whole.merge(*merge)
    whole.forget(open_from)
    for merge in log[max(0, whole.horizon(len(log)) - extra) :]:
        resumed.merge(*merge)
    resumed.forget(open_from)
    assert resumed.entries == whole.entries


@given(logs(), st.randoms(use_true_random=False), st.integers(0, 12))
def test_tallies_are_the_same_in_any_order_and_with_any_repeats(
    documents: list[Document], random: Random, repeats: int
) -> None:
    """A shuffled log, with any prefix of it replayed, counts the same, byte by byte."""
    expected = picture_of(documents)
    assert picture_of([*documents, *documents[:repeats]]) == expected
    shuffled = [*documents, *documents[:repeats]]
    random.shuffle(shuffled)
    assert {b: write_cells(c) for b, c in picture_of(shuffled).items()} == {
        b: write_cells(c) for b, c in expected.items()
    }


@given(logs(min_size=1), st.data())
def test_an_update_and_its_reverse_are_nothing(documents: list[Document], data: st.DataObject) -> None:
    """A ticket that is changed in any way and then changed back leaves every tally as it was."""
    single = Single()
    single.write(documents)
    single.tick()
    single.work()
    before = single.picture()
    newest = max(documents, key=lambda ticket: ticket["revision"])
    changed = {**data.draw(tickets()), "id": newest["id"], "subscriber": newest["subscriber"], "revision": 4}
    for revision in (changed, {**newest, "revision": 5}):
        single.write([revision])
        single.work()
    assert single.picture() == before


@given(logs(), st.lists(st.integers(1, 5), min_size=1), st.lists(st.integers(0, 12)))
def test_tallies_kept_by_differences_are_those_counted_anew(
    documents: list[Document], batches: list[int], ticks: list[int]
) -> None:
    """Message by message, in any batches, with the clock moved on in between: the end is that of one single count.

    Contributions that change by time alone come to the same in steps and in one jump.
    """
    single = Single()
    step = (AS_OF - JULY) // 13
    for number, document in enumerate(documents):
        single.write([document])
        if number in ticks:
            single.tick(JULY + number * step)
        single.work(batches[number % len(batches)])
    single.tick()
    single.work()
    assert single.picture() == picture_of(documents)


@given(logs(), st.integers(JULY - DAY, AS_OF), st.lists(st.integers(JULY - DAY, AS_OF), max_size=5))
def test_a_clock_in_steps_comes_to_the_same_as_in_one_jump(
    documents: list[Document], at: int, steps: list[int]
) -> None:
    """Deadlines that pass, holds that begin and end: where the clock stopped on the way makes no difference."""
    single = Single()
    single.write(documents)
    for step in sorted(step for step in steps if step < at):
        single.tick(step)
        single.work()
    single.tick(at)
    single.work()
    assert single.picture() == picture_of(documents, at)


@given(logs(), st.integers(1, 4))
def test_partitions_add_up(documents: list[Document], partitions: int) -> None:
    """Numbers shared out over partitions in any way: the sums of all tallies, users too, are those of the whole."""
    total: dict[Bucket, Counter[tuple[str, tuple[str, ...]]]] = {}
    for part in range(partitions):
        own = [document for document in documents if NUMBERS.index(document["subscriber"]) % partitions == part]
        for bucket, cells in picture_of(own).items():
            total.setdefault(bucket, Counter()).update(cells)
    assert {bucket: dict(cells) for bucket, cells in total.items()} == picture_of(documents)


@given(logs(), st.sampled_from(("2009-06", "2009-07", "2009-08")), st.integers(JULY - DAY, AS_OF))
def test_every_indicator_is_what_the_oracle_counts(documents: list[Document], month: str, as_of: int) -> None:
    """Each figure of the catalogue in each subset of its labels equals the count made from the definitions alone."""
    single = Single()
    single.write(documents)
    single.tick(as_of)
    single.work()
    merged = MergedTallies(Calendar(DEFINITIONS.timezone))
    for key, value in single.broker.tallies[0]:
        merged.read(0, key, value)
    counts = merged.month(month)
    found = {
        (indicator.id, frozenset(zip(labels, values, strict=True))): figure
        for indicator in INDICATORS
        for labels in subsets(indicator.labels)
        for values, figure in indicator.figures(counts, labels).items()
    }
    oracle = recount(
        [(FAULTS, document["subscriber"].encode(), encode(document, AS_OF)) for document in documents],
        period=month,
        as_of=datetime_of(as_of),
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
    )
    assert found == oracle.indicators
    assert {
        frozenset(zip(labels, values, strict=True)): msgspec.structs.astuple(figure)
        for labels in ((), ("service",))
        for values, figure in durations(counts, labels).items()
    } == oracle.durations
    assert {
        frozenset(zip(labels, values, strict=True)): tickets
        for labels in subsets(TICKETS.labels)
        for values, tickets in rolled_up(counts, TICKETS.name, labels).items()
    } == oracle.tickets


@given(st.lists(st.dictionaries(st.sampled_from(FaultTicket.__struct_fields__), nearly(), max_size=3), max_size=6))
def test_no_message_ends_a_worker(mistakes: list[Document]) -> None:
    """However wrong its fields: each message is counted or goes to the dead letters, and the clock goes on."""
    single = Single()
    good = {"id": "T0", "revision": 0, "subscriber": NUMBERS[0], "opened_at": JULY, "service": "fixed"}
    for mistake in mistakes:
        value = msgspec.json.encode({**msgspec.json.decode(encode(good, AS_OF)), **mistake})
        single.broker.logs[FAULTS, 0].append(NUMBERS[0].encode(), value, AS_OF // 1_000)
    single.tick()
    single.work()
    assert sum(single.owner.partition.outcomes.values()) == len(mistakes)
    assert single.owner.partition.as_of == AS_OF


@given(CELLS)
def test_cells_come_back_as_they_were_written(cells: Cells) -> None:
    """Reading gives what was written, and equal cells give equal bytes, however they came together."""
    assert read_cells(write_cells(cells)) == cells
    assert write_cells(dict(reversed(cells.items()))) == write_cells(cells)


@given(
    st.builds(
        Head,
        applied=OFFSETS,
        effects=OFFSETS,
        horizon=OFFSETS,
        as_of=st.integers(0, 2**62),
        closed=st.lists(st.builds(ClosedMonth, month=MONTHS, upto=OFFSETS), max_size=3),
        definitions=NAMES,
        settled=st.booleans(),
    )
)
def test_heads_come_back_as_they_were_written(head: Head) -> None:
    """A successor reads exactly what its predecessor knew."""
    assert read_head(write_head(head)) == head


@given(st.integers(JULY, AUGUST), st.integers(-14, 14), OFFSETS, MONTHS)
def test_context_messages_come_back_as_they_were_written(
    at: int, hours: int, offsets: dict[str, int], month: str
) -> None:
    """A tick is the same instant in whatever time zone it is written; a closing keeps its offsets."""
    moment: datetime = datetime_of(at).astimezone(timezone(timedelta(hours=hours)))
    tick, closing = Tick(at=moment, after=offsets), Closing(month=month, upto=offsets)
    assert read_context(write_context(tick)) == tick
    assert read_context(write_context(closing)) == closing
