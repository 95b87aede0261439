"""The API's answers about mass outages: of a month, of now, of one by the minute; and figures without their reports."""

from __future__ import annotations

import json

import msgspec

from streams.core.outages.month import month_of_outages
from streams.serve.labels import outage_label
from tests.core.installation import DEFINITIONS, Installation, at, ticket
from tests.core.outages.telling import outage
from tests.serve.standin import StandIn
from tests.serve.test_api import answer

LONG_ID = "QZ of 6635002"


def installation() -> Installation:
    """Return an installation that counts until 20 July noon: an outage that is over, one that is not, their reports."""
    made = Installation()
    over = {"restored_at": at("2009-07-14 21:54"), "status": "restored"}
    made.send(
        [
            outage("QZ-1", at("2009-07-14 18:24"), prefixes=["663"], users=600, **over),
            outage(LONG_ID, at("2009-07-20 10:00"), prefixes=["618"], users=50),
            outage("QZ-3", at("2009-06-14 18:24"), prefixes=["663"], users=9, **over),
        ],
        topic="outages",
    )
    made.send(
        [
            ticket("T1", "6630001", at("2009-07-14 18:30"), symptom="网速低"),
            ticket("T2", "6630001", at("2009-07-14 18:30"), symptom="网速低"),
            ticket("T3", "6630002", at("2009-07-14 18:41"), symptom="无拨号音"),
            ticket("T4", "6120001", at("2009-07-14 18:30")),
        ]
    )
    complaint = {"id": "C1", "revision": 0, "subscriber": "6630003", "received_at": at("2009-07-14 18:30").isoformat()}
    made.send([complaint | {"updated_at": complaint["received_at"]}], topic="complaints")
    made.count(at("2009-07-20 12:00"))
    return made


async def test_a_month_s_outages_are_those_of_the_snapshot() -> None:
    """The same figures, and their totals."""
    made = installation()
    status, content = await answer(StandIn(made), "/api/outages?month=2009-07")
    expected = json.loads(msgspec.json.encode(month_of_outages("2009-07", made.tallies, DEFINITIONS)))
    assert status == 200
    assert content == {"as_of": "2009-07-20T04:00:00Z", "month": "2009-07", **expected}
    # An outage of June that ended on 14 July reaches into the month.
    assert [one["id"] for one in content["outages"]] == ["QZ-3", "QZ-1", LONG_ID]


async def test_what_is_live_is_not_over() -> None:
    """By default the outages of now, and what is suspected."""
    _, content = await answer(StandIn(installation()), "/api/outages")
    assert [one["id"] for one in content["outages"]] == [LONG_ID]
    assert (content["month"], content["suspected"]) == ("live", [])


async def test_one_outage_has_its_reports_by_the_minute() -> None:
    """Tickets and complaints; users who called are counted once, also over both."""
    _, content = await answer(StandIn(installation()), "/api/outages/QZ-1")
    found = content["outage"]
    assert (found["id"], found["users"], found["user_hours"]) == ("QZ-1", 600, 2100.0)
    assert (found["reports"], found["reporters"], found["reporter_share"]) == (4, 3, "0.005000")
    assert found["symptoms"][0] == {"value": "网速低", "count": 2, "ratio": "0.666667"}
    assert content["reports_by_minute"] == [
        {"at": "2009-07-14T10:30:00Z", "fault_tickets": 2, "complaints": 1},
        {"at": "2009-07-14T10:41:00Z", "fault_tickets": 1, "complaints": 0},
    ]


async def test_an_outage_is_found_by_the_label_that_metrics_show() -> None:
    """An alert names the digest of an id that could hold somebody's number."""
    made = installation()
    for identity in (LONG_ID, outage_label(LONG_ID)):
        _, content = await answer(StandIn(made), f"/api/outages/{identity}")
        assert content["outage"]["id"] == LONG_ID


async def test_indicators_without_the_reports_of_outages() -> None:
    """Of three users who reported in July one reported twice, during the outage; without it, one user is left."""
    reader = StandIn(installation())
    figures = {}
    for outages in ("with", "without"):
        _, content = await answer(reader, f"/api/indicators/repeat_report_rate?outages={outages}")
        assert content["outages"] == outages
        [entry] = content["indicators"]
        figures[outages] = {
            (tuple(row["labels"].items()), row["numerator"], row["denominator"]) for row in entry["figures"]
        }
    assert ((), 1, 3) in figures["with"]
    assert ((), 0, 1) in figures["without"]
