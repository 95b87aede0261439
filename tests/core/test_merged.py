"""Merged tallies: rounds count whole, partitions add up, windows end at the clock, sums follow every change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.core.contributions.faults import OPEN, OVERDUE, TICKETS
from streams.core.head import HEAD_KEY, Head, write_head
from streams.core.merged import MergedTallies
from streams.core.months import SLOT, Calendar, instant_of
from streams.core.rollups import Counts, rolled_up
from streams.core.tallies import Bucket, write_cells
from tests.core.installation import DEFINITIONS, Installation, at, generated, records_of, ticket

CALENDAR = Calendar(DEFINITIONS.timezone)
LINE = ("broadband", "none", "none", "none", "现业")
DAY = Bucket("faults", "day", "2009-07-01").record_key()


def head(offset: int, *, settled: bool = True, effects: int = 0) -> bytes:
    """Return a head that has applied the topic up to `offset`."""
    return write_head(
        Head({"faults": offset}, {"faults": effects}, {}, instant_of(at("2009-07-02 12:00")), [], "digest", settled)
    )


def total(counts: Counts, measure: str = TICKETS.name) -> int:
    """Return a measure's number over all labels."""
    return rolled_up(counts, measure, ()).get((), 0)


def test_records_count_when_their_head_has_come() -> None:
    """What a round says about a day is not seen before the round is whole."""
    tallies = MergedTallies(CALENDAR)
    tallies.read(0, DAY, write_cells({(TICKETS.name, LINE): 3}))
    assert (total(tallies.month("2009-07")), tallies.version) == (0, 0)
    tallies.read(0, HEAD_KEY, head(5))
    assert (total(tallies.month("2009-07")), tallies.version) == (3, 1)


def test_a_head_that_moved_in_its_effects_alone_counts_nothing() -> None:
    """Without transactions a torn round of a dead owner stays unseen while its successor folds."""
    tallies = MergedTallies(CALENDAR)
    tallies.read(0, HEAD_KEY, head(5))
    tallies.read(0, DAY, write_cells({(TICKETS.name, LINE): 3}))
    tallies.read(0, HEAD_KEY, head(5, effects=9))
    assert total(tallies.month("2009-07")) == 0


def test_partitions_add_up_and_records_replace_their_forerunners() -> None:
    """A bucket of one partition is replaced as a whole; another partition's stays; an explicit empty is nothing."""
    tallies = MergedTallies(CALENDAR)
    seen = []
    for partition, number in ((0, 3), (1, 4), (0, 1), (1, 0)):
        tallies.read(partition, DAY, write_cells({(TICKETS.name, LINE): number} if number else {}))
        tallies.read(partition, HEAD_KEY, head(5))
        seen.append(total(tallies.month("2009-07")))
    assert seen == [3, 7, 5, 1]
    for emptied in (None, write_cells({})):
        tallies.read(0, DAY, emptied)
        tallies.read(0, HEAD_KEY, head(6))
        assert tallies.months() == []


def test_the_clock_is_that_of_the_slowest_partition() -> None:
    """As-of is the lowest of the heads': up to there everything is counted."""
    installation = Installation(partitions=2)
    installation.count(at("2009-07-02 10:00"))
    first = installation.rounds[-1]
    installation.count(at("2009-07-02 11:00"))
    late = MergedTallies(CALENDAR)
    for partition, a_round in ((first.partition, first), (1 - first.partition, installation.rounds[-2])):
        for record in records_of(a_round):
            late.read(partition, record.key or b"", record.value)
    assert late.as_of() == instant_of(at("2009-07-02 10:00"))


@pytest.mark.parametrize(
    ("missing", "digest", "words"),
    [
        ([0, 1, 2], "digest", "partitions 1, 2 have no settled"),
        ([0], "other", "other definitions"),
        ([0], "digest", None),
    ],
)
def test_a_problem_says_why_nothing_may_be_shown(missing: list[int], digest: str, words: str | None) -> None:
    """Figures are whole only with every partition settled, under the same definitions."""
    tallies = MergedTallies(CALENDAR)
    tallies.read(0, HEAD_KEY, head(5))
    tallies.read(1, HEAD_KEY, head(5, settled=False))
    problem = tallies.problem(missing, digest)
    assert problem is None if words is None else words in str(problem)


def test_no_tick_yet_is_a_problem() -> None:
    """Before its first tick a partition has no time, so that no window can end anywhere."""
    installation = Installation(partitions=2)
    installation.send([ticket("T1", "6000001", at("2009-07-01 10:00"))])
    installation.count()
    assert "no tick" in str(installation.tallies.problem(range(2), DEFINITIONS.digest()))


def test_windows_hold_what_was_opened_in_them() -> None:
    """Tickets opened 3 minutes, 40 minutes, 20 hours, 6 days and 9 days ago fall out of one window after the other."""
    now = at("2009-07-20 12:00")
    ages = [timedelta(minutes=3), timedelta(minutes=40), timedelta(hours=20), timedelta(days=6), timedelta(days=9)]
    installation = Installation()
    installation.send(ticket(f"T{number}", f"600000{number}", now - age) for number, age in enumerate(ages))
    installation.count(now)
    windows = ("5m", "1h", "24h", "7d", "month", "last_month")
    assert [total(installation.tallies.window(name)) for name in windows] == [1, 2, 3, 4, 5, 0]


def test_a_fact_after_the_clock_is_not_hidden() -> None:
    """A ticket opened later than the clock is known, so it counts in every window."""
    installation = Installation()
    installation.send([ticket("T1", "6000001", at("2009-07-20 12:30"))])
    installation.count(at("2009-07-20 12:00"))
    assert [total(installation.tallies.window(name)) for name in ("5m", "1h", "24h", "7d", "month")] == [1] * 5


def test_the_month_before_stays_visible() -> None:
    """On 1 August July is last_month, and August begins empty."""
    installation = Installation()
    installation.send([ticket("T1", "6000001", at("2009-07-31 23:59"))])
    installation.count(at("2009-08-01 00:00"))
    assert [total(installation.tallies.window(name)) for name in ("month", "last_month")] == [0, 1]


def test_levels_say_how_many_there_are_now() -> None:
    """An unrestored ticket is open, past its due overdue, and once restored neither."""
    installation = Installation()
    seen = []
    opened = ticket("T1", "6000001", at("2009-07-01 10:00"))
    for change, now in (
        ([opened], "2009-07-01 11:00"),
        ([], "2009-07-02 11:00"),
        ([opened | {"revision": 1, "restored_at": opened["opened_at"]}], "2009-07-02 12:00"),
    ):
        installation.send(change)
        installation.count(at(now))
        levels = installation.tallies.levels()
        seen.append((total(levels, OPEN.name), total(levels, OVERDUE.name)))
    assert seen == [(1, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize("seed", range(3))
def test_sums_kept_by_difference_are_those_made_anew(seed: int) -> None:
    """A reader that showed every figure all along ends with the same sums as one that reads everything at the end."""
    installation = Installation()
    late = MergedTallies(CALENDAR)
    messages = generated(seed, 120, at("2009-06-20 00:00"), 30)
    for place in range(0, len(messages), 60):
        installation.send(messages[place : place + 60])
        installation.count(at("2009-07-20 12:00") + timedelta(hours=place))
        shown = [installation.tallies.window(name) for name in ("5m", "1h", "24h", "7d", "month", "last_month")]
        assert shown[4] is installation.tallies.month("2009-07")
    for a_round in installation.rounds:
        for record in records_of(a_round):
            late.read(a_round.partition, record.key or b"", record.value)
    for name in ("5m", "1h", "24h", "7d", "month", "last_month"):
        assert without_empty(installation.tallies.window(name)) == without_empty(late.window(name))
    assert without_empty(installation.tallies.levels()) == without_empty(late.levels())


def without_empty(counts: Counts) -> Counts:
    """Return counts without measures that have no number left."""
    return {measure: numbers for measure, numbers in counts.items() if numbers}


def test_a_month_s_version_moves_with_its_own_records_alone() -> None:
    """Whoever keeps what was made of a month makes it anew when a day of it changed, and not when another month did."""
    tallies = MergedTallies(CALENDAR)
    seen = []
    for day, number in (("2009-07-01", 3), ("2009-06-30", 1), ("2009-06-30", 1), ("2009-07-02", 4)):
        tallies.read(0, Bucket("faults", "day", day).record_key(), write_cells({(TICKETS.name, LINE): number}))
        tallies.read(0, HEAD_KEY, head(len(seen)))
        seen.append((tallies.month_version("2009-06"), tallies.month_version("2009-07")))
    assert seen == [(0, 1), (2, 1), (2, 1), (2, 4)]


def test_a_slot_is_looked_up_alone() -> None:
    """Two tickets of one slot, none of its neighbours; a slot without a record is nothing."""
    installation = Installation()
    installation.send([ticket(f"T{number}", "6000001", at("2009-07-20 11:56")) for number in range(2)])
    installation.count(at("2009-07-20 12:00"))
    number = instant_of(at("2009-07-20 11:55")) // SLOT
    assert [total(installation.tallies.slot(number + step)) for step in (-1, 0, 1)] == [0, 2, 0]
