"""A month's outages against the oracle, which counts lines and reports one by one with code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from streams.core.months import HOUR, instant_of
from streams.core.outages.figures import OutageFigure
from streams.core.outages.month import month_of_outages
from streams.core.snapshot import build_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, generated
from tests.core.outages.telling import outage
from tests.oracle import Figures, assert_equal, recount
from tests.oracle.outages import OutageFigures

NOW = at("2009-07-25 12:00")
MONTHS = ("2009-06", "2009-07")


def told(random: Random, number: int) -> Iterator[dict[str, Any]]:
    """Yield the revisions of one outage: its scope or start changes, it ends at once, in steps or not, or never was."""
    start = at("2009-06-20 00:00") + timedelta(minutes=random.randrange(36 * 1440))
    for revision in range(random.randint(1, 3)):
        fields: dict[str, Any] = random.choice(
            [{"ranges": [(f"6{first:06}", f"6{first + random.randrange(30):06}")]} for first in (random.randrange(30),)]
            + [{"prefixes": [random.choice(["60", "70", "700000"])]}, {"sites": ["box"]}]
        )
        fields["users"] = random.choice([None, random.randrange(40, 500)])
        fields["planned"] = random.random() < 0.1 or None
        fields["branch"] = random.choice([None, None, "简阳"])
        fields["status"] = random.choices([None, "confirmed", "suspected", "rejected"], (5, 5, 1, 1))[0]
        if random.random() < 0.7:
            fields |= _end(random, start, fields)
        yield outage(f"Q{number}", start, revision=revision, **fields)
        start += timedelta(minutes=random.choice([0, 0, -90, 45]))


def _end(random: Random, start: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    minutes = random.choice([random.randrange(600), random.randrange(20_000)])
    users = fields["users"] or 0
    moments = sorted(random.randint(0, minutes) for _ in range(2))
    steps = [
        {"at": (start + timedelta(minutes=minute)).isoformat(), "users": random.randint(0, users // 3)}
        for minute in moments
    ]
    status = "restored" if fields["status"] is None else fields["status"]
    return {"restored_at": start + timedelta(minutes=minutes), "steps": steps if users else None, "status": status}


@pytest.fixture(scope="module", params=range(4))
def counted(request: pytest.FixtureRequest) -> Installation:
    """Return an installation with 300 tickets, 60 outages and some complaints, in disorder."""
    random = Random(request.param)
    made = Installation()
    outages = [message for number in range(60) for message in told(random, number)]
    random.shuffle(outages)
    tickets = generated(request.param, 300, at("2009-06-20 00:00"), 35)
    complaints = [
        {"id": f"C{number}", "revision": 0, "subscriber": f"6{random.randrange(40):06}"}
        | dict.fromkeys(("received_at", "updated_at"), _moment(random))
        for number in range(100)
    ]
    made.send(outages[:50], topic="outages")
    made.send(tickets)
    made.send(complaints, topic="complaints")
    made.count(at("2009-07-01 00:00"))
    made.send(outages[50:], topic="outages")
    made.count(NOW)
    return made


def _moment(random: Random) -> str:
    return (at("2009-06-20 00:00") + timedelta(minutes=random.randrange(35 * 1440))).isoformat()


def oracle(made: Installation, month: str) -> Figures:
    """Return a month as the oracle counts it."""
    return recount(
        made.messages(),
        period=month,
        as_of=NOW,
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
    )


@pytest.mark.parametrize("month", MONTHS)
def test_every_outage_is_the_oracle_s(counted: Installation, month: str) -> None:
    """Users, hours to the hundredth, reports, reporters and symptoms of each; users and net hours of the month."""
    found = month_of_outages(month, counted.tallies, DEFINITIONS)
    expected = oracle(counted, month).outages
    stated = {one.id: one for one in found.outages}
    assert stated.keys() == expected.keys()
    assert {name: _stated(one) for name, one in stated.items()} == {
        name: _expected(one) for name, one in expected.items()
    }
    for kind, total in (("confirmed", found.totals.total), ("planned", found.totals.planned)):
        impacts = [one.impact for one in expected.values() if one.kind == kind]
        assert total.users == sum(impact.interruptions or 0 for impact in impacts)
        assert total.user_hours == _hours(sum(impact.net_user_microseconds or 0 for impact in impacts))
    assert sum(one.reports for one in found.outages) > 20


@pytest.mark.parametrize("month", MONTHS)
def test_figures_without_outages_are_the_oracle_s(counted: Installation, month: str) -> None:
    """Every indicator of faults and complaints, by every subset of its labels."""
    expected = oracle(counted, month).without_outages
    of_reports = {indicator for indicator, _ in expected.indicators}
    stated = [
        {"id": one.id, "labels": one.labels, "numerator": rest.numerator, "denominator": rest.denominator}
        for one in build_snapshot(month, counted.tallies, DEFINITIONS).indicators
        if one.id in of_reports
        for rest in [one.without_outages or one]
    ]
    assert_equal(expected, stated)


def _stated(one: OutageFigure) -> tuple[Any, ...]:
    first, last = (
        text and instant_of(datetime.fromisoformat(text)) for text in (one.first_report_at, one.last_report_at)
    )
    symptoms = {symptom.value: symptom.count for symptom in one.symptoms}
    impact = (one.users, one.users_from, one.users_out, one.user_hours, one.user_hours_whole)
    return one.branch, impact, one.reports, one.reporters, symptoms, first, last


def _expected(told_of: OutageFigures) -> tuple[Any, ...]:
    impact, reports = told_of.impact, told_of.reports
    hours = [
        None if time is None else _hours(time) for time in (impact.user_microseconds, impact.whole_user_microseconds)
    ]
    symptoms = dict(sorted(reports.symptoms.items(), key=lambda item: (-item[1], item[0]))[:3])
    users = (impact.users, impact.users_from, impact.users_out, *hours)
    return told_of.branch, users, reports.total, reports.reporters, symptoms, reports.first_at, reports.last_at


def _hours(microseconds: int) -> float:
    """Return hours to the hundredth, half up."""
    return ((200 * microseconds + HOUR) // (2 * HOUR)) / 100
