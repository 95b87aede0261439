"""Figures without the reports that belong to outages: measure less twin, also where users and repeats are counted."""

from __future__ import annotations

from typing import Any

from streams.core.catalogue.repeat_report_rate import ENTRY as REPEAT_REPORT_RATE
from streams.core.catalogue.repeat_within_30_days_rate import ENTRY as REPEAT_WITHIN_30_DAYS_RATE
from streams.core.figures import IndicatorFigure
from streams.core.ratios import Ratio
from streams.core.snapshot import build_snapshot
from streams.core.without_outages import without_outages
from tests.core.installation import DEFINITIONS, Installation, at, ticket
from tests.core.outages.telling import outage

NETWORK = {"restored_at": at("2009-07-14 20:00")}


def totals(tickets: list[dict[str, Any]]) -> dict[str, IndicatorFigure]:
    """Return indicator → its figure over everything, of tickets and an outage of 663 on 14 July from 18:00 to 20:00."""
    made = Installation()
    made.send([outage("QZ-1", at("2009-07-14 18:00"), prefixes=["663"], users=9, **NETWORK)], topic="outages")
    made.send(tickets)
    made.count(at("2009-08-01 00:00"))
    figures = build_snapshot("2009-07", made.tallies, DEFINITIONS).indicators
    return {figure.id: figure for figure in figures if not figure.labels}


def test_a_user_who_repeats_through_an_outage_alone_does_not_repeat_without_it() -> None:
    """One user reported twice during the outage and once before, another one only during it: 0 of 1 without it."""
    found = totals(
        [
            ticket("T1", "6630001", at("2009-07-02 10:00")),
            ticket("T2", "6630001", at("2009-07-14 18:30"), **NETWORK),
            ticket("T3", "6630001", at("2009-07-14 18:40"), **NETWORK),
            ticket("T4", "6630002", at("2009-07-14 18:40"), **NETWORK),
        ]
    )
    figure = found[REPEAT_REPORT_RATE.id]
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert figure.without_outages == Ratio(numerator=0, denominator=1, ratio="0.000000")


def test_a_repeat_of_a_report_of_an_outage_stays_a_repeat() -> None:
    """A later ticket that belongs to none still comes within 30 days after another one of its line."""
    found = totals(
        [
            ticket("T1", "6630001", at("2009-07-14 18:30"), **NETWORK),
            ticket("T2", "6630001", at("2009-07-20 10:00")),
        ]
    )
    figure = found[REPEAT_WITHIN_30_DAYS_RATE.id]
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert figure.without_outages == Ratio(numerator=1, denominator=1, ratio="1.000000")


def test_where_nothing_is_linked_nothing_is_said() -> None:
    """A figure that outages do not touch has none beside it; one of which nothing is left says 0 of 0."""
    assert totals([ticket("T1", "6120001", at("2009-07-14 18:30"))])[REPEAT_REPORT_RATE.id].without_outages is None
    left = totals([ticket("T1", "6630001", at("2009-07-14 18:30"))])[REPEAT_REPORT_RATE.id].without_outages
    assert left == Ratio(numerator=0, denominator=0, ratio=None)


def test_only_what_is_tallied_apart_is_taken_off() -> None:
    """A measure without a twin stays; of one with a twin each label's part is taken off, and 0 is kept."""
    counts = {
        "fault_tickets": {("a",): 3, ("b",): 1},
        "fault_tickets_in_outages": {("b",): 1},
        "orders": {("a",): 2},
    }
    assert without_outages(counts, ("fault_tickets", "orders", "callbacks")) == {
        "fault_tickets": {("a",): 3, ("b",): 0},
        "orders": {("a",): 2},
    }
