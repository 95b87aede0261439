"""Links between reports and outages: the same whatever comes first, undone without a trace, as the oracle has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core import intake
from streams.core.contributions import linked
from streams.core.contributions.linked import twin
from streams.core.counting import Counting
from streams.core.known_outages import copies
from streams.core.months import DAY, HOUR, MINUTE, datetime_of
from streams.core.recount import compare
from tests.core.installation import Installation
from tests.core.kinds import Sent, picture, send
from tests.core.links import CHECKS, LOGS, MONTHS, NOON, SCOPES, told
from tests.core.model import FAULTS, OUTAGES
from tests.core.story import NUMBERS, instant, written
from tests.core.strategies import AUGUST


@settings(max_examples=60)
@pytest.mark.parametrize("check", CHECKS)
@given(LOGS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_links_follow_what_is_known_in_whatever_order(
    check: Callable[[Sequence[Sent], Random, int], None], sent: list[Sent], random: Random, partitions: int
) -> None:
    """Reports, outages declared, widened, narrowed, restored, moved, rejected, in any interleaving: see the checks."""
    check(sent, random, partitions)


def ticket(identity: str, subscriber: str, opened: int) -> Sent:
    """Return a fault ticket."""
    times = {"updated_at": written(opened), "opened_at": written(opened)}
    return Sent(FAULTS, {"id": identity, "revision": 0, "subscriber": subscriber, "service": "fixed", **times})


def outage(revision: int, started: int, **fields: Any) -> Sent:
    """Return a revision of the outage O1."""
    times = {"updated_at": written(started), "started_at": written(started)}
    return Sent(OUTAGES, {"id": "O1", "revision": revision, **times, "scope": SCOPES["wide"], **fields})


def linked_by_day(town: Installation) -> dict[tuple[str, str], int]:
    """Return the tickets linked to O1 by the day of the outage, and those that outages add by their own day."""
    return {
        (bucket.name, name): sum(number for (other, _), number in cells.items() if other == name)
        for bucket, cells in picture(town).items()
        for name in {name for name, _ in cells} & {"outage_fault_tickets", twin("fault_tickets")}
        if bucket.grain == "day"
    }


def test_a_ticket_after_midnight_belongs_to_an_outage_of_the_evening_before() -> None:
    """The outage has it on its own day, in July; the ticket counts, and is linked, in August."""
    sent = [ticket("T1", "6620001", AUGUST + 5 * MINUTE), outage(0, AUGUST - 10 * MINUTE)]
    assert linked_by_day(told(sent)) == {
        ("2009-07-31", "outage_fault_tickets"): 1,
        ("2009-08-01", "fault_tickets_in_outages"): 1,
    }


def test_an_outage_does_not_reach_back_over_the_month_s_edge() -> None:
    """It starts at 00:10: a report of 23:50, within its margin, is none of it; that of 00:00 is."""
    evening = ticket("T1", "6620001", AUGUST - 10 * MINUTE)
    started = outage(0, AUGUST + 10 * MINUTE)
    assert linked_by_day(told([evening, started])) == {}
    assert set(linked_by_day(told([evening, ticket("T2", "6620001", AUGUST), started])).values()) == {1}


def test_what_is_told_of_an_outage_when_its_month_is_closed_changes_no_link() -> None:
    """Widened in October, a July outage has the reports that it had, and August's links stay as they were as well."""
    sent = [
        ticket("T1", "6620001", AUGUST - 5 * MINUTE),
        ticket("T2", "6620001", AUGUST + 5 * MINUTE),
        ticket("T3", "6630003", AUGUST + 5 * MINUTE),
        outage(0, AUGUST - 10 * MINUTE, scope=SCOPES["narrow"]),
    ]
    town = told(sent)
    before = linked_by_day(town)
    assert sum(before.values()) == 4
    town.count(datetime_of(instant("2009-10-01T00:00:00+08:00")))
    send(town, [outage(1, AUGUST - 10 * MINUTE), outage(2, AUGUST - 10 * MINUTE, status="rejected")])
    town.count(datetime_of(instant("2009-10-02T00:00:00+08:00")))
    assert linked_by_day(town) == before
    for month in MONTHS:
        assert compare(0, town.tallies.cells(month, 0), town.recounter(0, month).result().buckets) == []


EXAMPLE = [
    *(ticket(f"T{place}", number, NOON) for place, number in enumerate(NUMBERS[:4])),
    *(ticket(f"U{place}", number, NOON + 3 * DAY) for place, number in enumerate(NUMBERS[:4])),
    outage(0, NOON + MINUTE, restored_at=written(NOON + HOUR)),
]

BREAKINGS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "outages that link later reports alone": lambda patch: patch.setattr(Counting, "relink", lambda *_: None),
    "a copy for one partition alone": lambda patch: patch.setattr(intake, "copies", lambda *known: copies(*known)[:1]),
    "rejected outages that link": lambda patch: patch.setattr(
        "streams.core.outages.linking.INVALID_STATUSES", frozenset()
    ),
    "no twins": lambda patch: patch.setattr(linked, "_twins", lambda _: {}),
}


def check_all(sent: Sequence[Sent]) -> None:
    """Let every check look at the same log, told in a few orders."""
    for check in CHECKS:
        for seed in range(5):
            check(sent, Random(seed), 3)


@pytest.mark.parametrize("breaking", BREAKINGS.values(), ids=BREAKINGS)
def test_the_checks_find_what_is_broken_on_purpose(
    breaking: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: whole, the example passes every check; broken, it fails at one of them at least."""
    check_all(EXAMPLE)
    breaking(monkeypatch)
    with pytest.raises(AssertionError):
        check_all(EXAMPLE)
