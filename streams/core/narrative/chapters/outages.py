"""Tells of the month's mass outages: how many, whom they hit, the largest, and the reliability figures."""

from __future__ import annotations

from collections.abc import Iterator

from streams.core.narrative import sentences as made
from streams.core.narrative.sentences import Sentence
from streams.core.narrative.telling import Clause, Telling
from streams.core.outages.figures import OutageFigure

TOTAL = "outage_totals.total"


def tell(telling: Telling) -> Iterator[Sentence]:
    """Yield the chapter."""
    total = telling.snapshot.outage_totals.total
    if not total.outages:
        yield telling.sentence([telling.clause("no_outages")])
        return
    clause = telling.clause(
        "outages",
        outages=made.count(total.outages, f"{TOTAL}.outages"),
        users=made.count(total.users, f"{TOTAL}.users"),
        hours=made.amount(total.user_hours, f"{TOTAL}.user_hours"),
    )
    yield telling.sentence([clause])
    known = [one for one in telling.snapshot.outages if not one.planned and one.user_hours and one.users is not None]
    if len(known) > 1:
        yield telling.sentence([_largest(telling, max(known, key=lambda one: (one.user_hours or 0, one.id)))])
    yield from _reliability(telling)


def _largest(telling: Telling, outage: OutageFigure) -> Clause:
    path = f"outages[{outage.id}]"
    return telling.clause(
        "largest_outage",
        began=made.name(telling.day_of(outage.started_at)),
        place=made.name(outage.place),
        users=made.count(outage.users or 0, f"{path}.users"),
        hours=made.amount(outage.user_hours or 0.0, f"{path}.user_hours"),
    )


def _reliability(telling: Telling) -> Iterator[Sentence]:
    rates = telling.snapshot.outage_totals.total.reliability
    if rates.saidi_minutes is None or rates.saifi is None:
        return
    path = f"{TOTAL}.reliability"
    clauses = [
        telling.clause(
            "reliability",
            saidi=made.number(rates.saidi_minutes, f"{path}.saidi_minutes"),
            saifi=made.number(rates.saifi, f"{path}.saifi"),
        )
    ]
    if rates.caidi_minutes is not None:
        clauses.append(telling.clause("caidi", caidi=made.number(rates.caidi_minutes, f"{path}.caidi_minutes")))
    yield telling.sentence(clauses)
