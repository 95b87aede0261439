"""The recount from the log: equal to the tallies and to the oracle, and able to see that they are wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from streams.core.catalogue import INDICATORS
from streams.core.contributions.faults import TICKETS
from streams.core.merged import MergedTallies
from streams.core.recount import Difference, compare
from streams.core.rollups import subsets
from tests.core.installation import DEFINITIONS, FAULTS, Installation, at, generated, ticket
from tests.oracle import assert_equal, recount


def differences(installation: Installation, month: str) -> list[Difference]:
    """Return how the tallies of a month differ from its recount, over all partitions."""
    found = []
    for partition in range(installation.partitions):
        counted = installation.recounter(partition, month).result()
        found += compare(partition, installation.tallies.cells(month, partition), counted.buckets)
    return found


def indicators(tallies: MergedTallies, month: str) -> list[dict[str, Any]]:
    """Return every indicator of a month for every subset of its labels, as a snapshot lists them."""
    return [
        {"id": one.id, "labels": dict(zip(labels, values, strict=True)), "numerator": pair[0], "denominator": pair[1]}
        for one in INDICATORS
        for labels in subsets(one.labels)
        for values, pair in one.figures(tallies.month(month), labels).items()
    ]


def oracle_check(installation: Installation, month: str, as_of: datetime) -> None:
    """Fail unless the tallies' indicators are the oracle's."""
    figures = recount(
        installation.messages(),
        period=month,
        as_of=as_of,
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
    )
    assert_equal(figures, indicators(installation.tallies, month))


@pytest.mark.parametrize("seed", range(8))
def test_tallies_recount_and_oracle_are_equal(seed: int) -> None:
    """Three counts of the same messages, made in three ways, agree in every figure of both months, live and later."""
    installation = Installation()
    messages = generated(seed, 150, at("2009-06-25 00:00"), 20)
    for part, now in ((messages[:200], at("2009-07-08 10:00")), (messages[200:], at("2009-07-30 00:00"))):
        installation.send(part)
        installation.count(now)
        for month in ("2009-06", "2009-07"):
            assert differences(installation, month) == []
            oracle_check(installation, month, now)


def test_a_wrong_key_counts_where_it_belongs() -> None:
    """A message under another's key counts once, after it was sent again; the recount does not count it twice."""
    installation = Installation(partitions=4)
    installation.send([ticket("T1", "6000001", at("2009-07-01 10:00"))], key="6000002")
    installation.count(at("2009-07-02 10:00"))
    assert differences(installation, "2009-07") == []
    oracle_check(installation, "2009-07", at("2009-07-02 10:00"))


def test_levels_are_recounted_over_all_open_months() -> None:
    """What is open or overdue now is counted from the log too; a closed month has no say in it."""
    installation = Installation(partitions=1)
    opened = [ticket(f"T{month}", "6000001", at(f"2009-0{month}-10 10:00")) for month in (6, 7)]
    installation.send(opened)
    installation.count(at("2009-07-11 10:00"))
    levels = installation.recounter(0, "2009-07").result().levels
    assert levels is not None
    [(bucket, cells)] = levels.items()
    assert bucket.grain == "level"
    assert sum(cells.values()) == 4
    installation.count(at("2009-09-01 00:00"))
    levels = installation.recounter(0, "2009-07").result().levels
    assert levels is not None
    assert sum(sum(cells.values()) for cells in levels.values()) == 2
    assert installation.recounter(0, "2009-06").result().levels is None


def test_a_closed_month_is_counted_as_it_stood_when_it_was_closed() -> None:
    """A late revision does not count in June, closed by 1 September, neither in the tallies nor in the recount."""
    installation = Installation(partitions=2)
    first = ticket("T1", "6000001", at("2009-06-10 10:00"), brand="E6")
    installation.send([first, ticket("T2", "6000002", at("2009-06-11 10:00"))])
    installation.count(at("2009-09-01 00:00"))
    before = indicators(installation.tallies, "2009-06")
    installation.send([first | {"revision": 1, "brand": "E8"}, ticket("T3", "6000003", at("2009-06-12 10:00"))])
    installation.count(at("2009-09-02 00:00"))
    assert indicators(installation.tallies, "2009-06") == before
    assert differences(installation, "2009-06") == []


def test_a_fact_moved_out_of_a_closed_month_is_listed() -> None:
    """A later revision that moves a ticket from closed June to July counts in July; the recount of June names it."""
    installation = Installation(partitions=1)
    first = ticket("T1", "6000001", at("2009-06-30 23:59"))
    installation.send([first])
    installation.count(at("2009-09-01 00:00"))
    installation.send([first | {"revision": 1, "opened_at": at("2009-07-01 00:01").isoformat()}])
    installation.count(at("2009-09-02 00:00"))
    assert installation.recounter(0, "2009-06").result().moved_out == [(FAULTS, "T1")]
    assert installation.recounter(0, "2009-07").result().moved_out == []
    assert differences(installation, "2009-06") == differences(installation, "2009-07") == []


def test_what_a_closing_made_an_end_of_does_not_outrank_what_comes_later() -> None:
    """An old revision that comes when its ticket is closed and forgotten is a new ticket of the open month it names."""
    installation = Installation(partitions=1)
    settled = ticket("T1", "6000001", at("2009-05-10 10:00"), revision=3, restored_at=at("2009-05-10 11:00"))
    installation.send([settled])
    installation.count(at("2009-09-01 00:00"))
    installation.send([ticket("T1", "6000001", at("2009-08-30 10:00"), revision=2)])
    installation.count(at("2009-09-02 00:00"))
    for month in ("2009-05", "2009-08"):
        assert len(installation.recounter(0, month).result().ids) == 1
        assert differences(installation, month) == []


def test_valid_ids_of_the_month_are_given() -> None:
    """What audit needs to find an id alive under two keys: the month's valid ids, not those cancelled."""
    installation = Installation(partitions=1)
    opened_at = at("2009-07-01 10:00")
    installation.send(
        [
            ticket("T1", "6000001", opened_at),
            ticket("T1", "6000002", opened_at),
            ticket("T2", "6000003", opened_at, status="cancelled"),
            ticket("T3", "6000003", at("2009-08-01 00:00")),
        ]
    )
    installation.count(at("2009-08-02 00:00"))
    assert installation.recounter(0, "2009-07").result().ids == [(FAULTS, "T1"), (FAULTS, "T1")]


def test_records_past_the_head_are_not_counted() -> None:
    """The recount stands for the same part of the log as the tallies, however much has come since."""
    installation = Installation(partitions=1)
    installation.send([ticket("T1", "6000001", at("2009-07-01 10:00"))])
    installation.count(at("2009-07-02 10:00"))
    installation.send([ticket("T2", "6000002", at("2009-07-01 11:00"))])
    assert installation.recounter(0, "2009-07").result().records["faults"] == 1
    assert differences(installation, "2009-07") == []


def test_a_wrong_tally_is_found() -> None:
    """Control: a number changed, a bucket missing, and one too many are three differences, each with its place."""
    installation = Installation(partitions=1)
    installation.send(
        [ticket("T1", "6000001", at("2009-07-01 10:00")), ticket("T2", "6000001", at("2009-07-02 10:00"))]
    )
    installation.count(at("2009-07-03 10:00"))
    recounted = installation.recounter(0, "2009-07").result().buckets
    tallied = {bucket: dict(cells) for bucket, cells in installation.tallies.cells("2009-07", 0).items()}
    first, second, month = sorted(tallied)
    cell = next(cell for cell in tallied[first] if cell[0] == TICKETS.name)
    tallied[first][cell] += 1
    tallied[second._replace(name="2009-07-09")] = {cell: 1}
    lost = tallied.pop(month)
    found = compare(0, tallied, recounted)
    assert Difference(0, first, *cell, 2, 1) in found
    assert Difference(0, second._replace(name="2009-07-09"), *cell, 1, 0) in found
    assert len(found) == 2 + len(lost)


def test_a_recount_under_other_definitions_differs() -> None:
    """Control: the recount really depends on what it is told, here on which numbers stand for nobody."""
    installation = Installation(partitions=1)
    installation.send([ticket("T1", "6000001", at("2009-07-01 10:00"))])
    installation.count(at("2009-07-03 10:00"))
    others = msgspec.structs.replace(DEFINITIONS, placeholders=frozenset(("6000001",)))
    elsewhere = Installation(partitions=1, definitions=others)
    elsewhere.tallies, elsewhere.logs = installation.tallies, installation.logs
    assert differences(elsewhere, "2009-07") != []
