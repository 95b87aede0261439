"""What is told of a month's state: by its end, its grace and its editions, at the tallies' clock."""

from __future__ import annotations

import msgspec
import pytest

from streams.core.editions import Editions, edition_of, records_of
from streams.core.snapshot import build_snapshot
from streams.months.listing import listed_months
from tests.core.installation import DEFINITIONS, Installation, at, ticket

GRACE_DAYS = 3


def counted(now: str) -> Installation:
    """Return an installation with a ticket of July, at a moment."""
    made = Installation()
    made.send([ticket("T1", "6000001", at("2009-07-10 10:00"))])
    made.count(at(now))
    return made


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2009-07-31 23:59", "open"),
        ("2009-08-01 00:00", "over"),
        ("2009-08-03 23:59", "over"),
        ("2009-08-04 00:00", "due"),
        ("2009-12-01 00:00", "due"),
    ],
)
def test_a_month_that_was_never_frozen(now: str, state: str) -> None:
    """It goes on to its end in town time, then has its grace, then is due; the days are told."""
    [july] = [
        month
        for month in listed_months(counted(now).tallies, Editions(), DEFINITIONS, GRACE_DAYS)
        if month.period == "2009-07"
    ]
    assert (july.state, july.ends_on, july.due_on, july.closes_on) == (state, "2009-07-31", "2009-08-04", "2009-10-01")
    assert july.editions == []


def test_a_frozen_month_is_told_of_even_without_figures() -> None:
    """While the tallies may not be shown, its editions are; figures that are open are not known then."""
    made = counted("2009-08-04 12:00")
    snapshot = msgspec.structs.replace(
        build_snapshot("2009-07", made.tallies, DEFINITIONS), state="frozen", edition=1, sha256="ab" * 32
    )
    editions = Editions()
    for key, value in records_of(edition_of(snapshot, made.tallies.heads), snapshot):
        editions.read(key, value, "2009-08-04T04:00:01Z")
    [july] = listed_months(None, editions, DEFINITIONS, GRACE_DAYS)
    assert (july.state, july.as_of, july.open_figures) == ("frozen", snapshot.as_of, [])
    assert (july.editions[0].sha256, july.editions[0].frozen_at) == ("ab" * 32, "2009-08-04T04:00:01Z")
    [july] = listed_months(made.tallies, editions, DEFINITIONS, GRACE_DAYS)
    assert {one.closes_on for one in july.open_figures} == {"2009-08-16", "2009-10-01"}
