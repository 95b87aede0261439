"""What holds for every kind of event, found by its Struct: order, repeats, corrections, time, and the recount."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.contributions import CHAPTERS, chapters_for
from streams.core.contributions.measures import LEVEL, Labels
from streams.core.contributions.outages import OUTAGES, read, written
from streams.core.events import EVENT_TYPES, READERS, Event, Outage
from streams.core.events.base import canonical
from streams.core.months import DAY, datetime_of, instant_of
from streams.core.recount import compare
from streams.core.tallies import Bucket, Cells, write_cells
from tests.core.kinds import Sent, counted, documents, invalid_status, logs, picture, send
from tests.core.strategies import AS_OF, DEFINITIONS, JULY, nearly

CHAPTER_OF = chapters_for(DEFINITIONS)

few = settings(max_examples=30)
"""For what counts whole logs, several times."""

each_kind = pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.topic)


def with_neighbours(kind: type[Event]) -> tuple[type[Event], ...]:
    """Return the kind, those that its chapter looks at beside it, and what belongs to it or it belongs to."""
    linked = tuple(READERS[chapter.topic].kind for chapter in CHAPTERS if chapter.outage_measures is not None)
    beside = tuple(READERS[topic].kind for topic in CHAPTER_OF[kind.topic].beside)
    if kind is Outage:
        return kind, *linked
    return (kind, *beside, Outage) if kind in linked else (kind, *beside)


def test_every_kind_has_a_chapter_and_the_other_way_round() -> None:
    """A kind without a chapter would be read and never counted."""
    assert [chapter.topic for chapter in CHAPTERS] == [kind.topic for kind in EVENT_TYPES]


@each_kind
@given(st.data())
def test_the_ledger_keeps_an_event_whole(kind: type[Event], data: st.DataObject) -> None:
    """What is kept reads as what came, whatever time zone it was written in; the same content has the same bytes."""
    event = data.draw(documents(kind)).event()
    assert READERS[kind.topic].kept(canonical(event)) == event
    assert canonical(READERS[kind.topic].read(msgspec.json.encode(event))) == canonical(event)


@each_kind
@few
@given(st.data(), st.randoms(use_true_random=False), st.integers(0, 12))
def test_order_and_repeats_make_no_difference(
    kind: type[Event], data: st.DataObject, random: Random, repeats: int
) -> None:
    """A shuffled log, with any prefix of it replayed, gives the same tallies, byte by byte."""
    sent = data.draw(logs(*with_neighbours(kind)))
    shuffled = [*sent, *sent[:repeats]]
    random.shuffle(shuffled)
    expected, found = (picture(counted(log)) for log in (sent, shuffled))
    assert {bucket: write_cells(cells) for bucket, cells in found.items()} == {
        bucket: write_cells(cells) for bucket, cells in expected.items()
    }


@each_kind
@few
@given(st.data(), st.lists(st.integers(JULY - DAY, AS_OF), max_size=3))
def test_an_event_at_a_time_comes_to_what_one_count_gives(
    kind: type[Event], data: st.DataObject, clock: list[int]
) -> None:
    """Differences, event by event, with the clock moved on between: the end is that of one single count."""
    sent = data.draw(logs(*with_neighbours(kind)))
    town, instants = counted([], JULY - 2 * DAY), iter(sorted(clock))
    for one in sent:
        send(town, [one])
        now = next(instants, None)
        town.count(None if now is None else datetime_of(now))
    town.count(datetime_of(AS_OF))
    assert picture(town) == picture(counted(sent))


@each_kind
@few
@given(st.data())
def test_an_update_and_its_reverse_are_nothing(kind: type[Event], data: st.DataObject) -> None:
    """An event that is changed in any way and then changed back leaves every tally as it was.

    An outage is tallied whole, so that its own tally tells its revision, too.
    """
    sent = data.draw(logs(*with_neighbours(kind), moves=False))
    own = data.draw(documents(kind, moves=False))
    changed = data.draw(documents(kind, moves=False)).document
    for field in ("id", "subscriber"):
        changed.pop(field, None)
        changed |= {field: own.document[field]} if field in own.document else {}
    sent.append(Sent(kind.topic, own.document | {"revision": 10}))
    town = counted(sent)
    before = picture(town)
    for revision, document in ((11, changed), (12, own.document)):
        send(town, [Sent(kind.topic, document | {"revision": revision})])
        town.count()
    assert apart_from_revisions(picture(town)) == apart_from_revisions(before)


def apart_from_revisions(seen: dict[Bucket, Cells]) -> dict[Bucket, Cells]:
    """Return tallies with all outages at one revision."""
    return {
        bucket: {
            (name, _at_one_revision(labels) if name == OUTAGES.name else labels): weight
            for (name, labels), weight in cells.items()
        }
        for bucket, cells in seen.items()
    }


def _at_one_revision(labels: Labels) -> Labels:
    return (written(msgspec.structs.replace(read(labels[0]), revision=0)),)


@each_kind
@given(st.data(), st.integers(JULY, AS_OF), st.integers(0, 40 * DAY))
def test_contributions_change_by_time_only_when_they_say_so(
    kind: type[Event], data: st.DataObject, now: int, later: int
) -> None:
    """Between two instants with no announced change between them, an event contributes the same."""
    event, chapter = data.draw(documents(kind)).event(), CHAPTER_OF[kind.topic]
    if not any(now < change <= now + later for change in chapter.changes(event)):
        assert chapter.of_fact(event, now) == chapter.of_fact(event, now + later)


@each_kind
@given(st.data())
def test_weights_are_whole_numbers_other_than_nothing_of_known_measures(kind: type[Event], data: st.DataObject) -> None:
    """A weight of 0 would stay behind in a tally; a cell has its measure's labels, and lies where its grain says."""
    event, chapter = data.draw(documents(kind)).event(), CHAPTER_OF[kind.topic]
    measures = {measure.name: measure for measure in chapter.measures}
    for weights in (chapter.of_fact(event, AS_OF), chapter.of_key(event.key(), [event], 0)):
        for (place, (name, labels)), weight in weights.items():
            assert type(weight) is int
            assert weight != 0
            assert len(labels) == len(measures[name].labels)
            assert place[0] == measures[name].grain
            assert (place == LEVEL) == (measures[name].grain == "level")


@each_kind
@given(st.data())
def test_what_is_cancelled_counts_nowhere(kind: type[Event], data: st.DataObject) -> None:
    """A kind that can be cancelled contributes nothing then, and so it does under a key that it left."""
    sent, status = data.draw(documents(kind)), invalid_status(kind)
    if status is not None:
        event = READERS[kind.topic].read(msgspec.json.encode(sent.document | {"status": status}))
        chapter = CHAPTER_OF[kind.topic]
        assert not chapter.counts(event)
        assert chapter.of_fact(event, AS_OF) == chapter.of_key(event.key(), [event], 0) == {}
    event = sent.event()
    if event.moved_from() is not None:
        gone = event.cancelled_under(event.moved_from() or "")
        assert (gone.key(), gone.moved_from()) == (event.moved_from(), None)
        assert picture(counted([Sent(kind.topic, msgspec.to_builtins(gone))])) == {}


@few
@given(logs(max_size=20), st.sampled_from(("2009-06", "2009-07", "2009-08")), st.integers(JULY - DAY, AS_OF))
def test_the_recount_of_every_topic_is_what_the_tallies_hold(sent: list[Sent], month: str, as_of: int) -> None:
    """All kinds in one partition, keys that move among them: `audit` finds no difference in any month."""
    town = counted(sent, as_of)
    recounted = town.recounter(0, month).result()
    assert compare(0, town.tallies.cells(month, 0), recounted.buckets) == []
    assert recounted.levels is not None
    levels = {bucket: cells for bucket, cells in picture(town).items() if bucket.grain == "level"}
    assert compare(0, levels, {b: {c: n for c, n in cells.items() if n} for b, cells in recounted.levels.items()}) == []


@each_kind
@few
@given(st.data())
def test_no_message_ends_a_worker(kind: type[Event], data: st.DataObject) -> None:
    """However wrong its fields: each message is counted or goes to the dead letters, and the clock goes on."""
    town = counted([])
    mistakes = st.dictionaries(st.sampled_from(kind.__struct_fields__), nearly(), max_size=3)
    for mistake in data.draw(st.lists(mistakes, max_size=4)):
        sent = data.draw(documents(kind))
        town.append(sent.event().key().encode(), msgspec.json.encode(sent.document | mistake), topic=kind.topic)
    town.count(datetime_of(AS_OF + DAY))
    assert town.owners[0].as_of == AS_OF + DAY


@each_kind
@given(st.data())
def test_an_event_belongs_to_a_month_wherever_it_is_counted(kind: type[Event], data: st.DataObject) -> None:
    """What an event contributes to days and months lies in the month that it belongs to."""
    event = data.draw(documents(kind)).event()
    month = datetime_of(instant_of(event.happened_at()) + 8 * 3_600_000_000).isoformat()[:7]
    town = counted([Sent(kind.topic, msgspec.to_builtins(event))])
    assert {bucket.name[:7] for bucket in picture(town) if bucket.grain in ("day", "month")} <= {month}
