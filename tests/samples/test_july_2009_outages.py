"""The sample's outages, counted plainly, give the printed figures of chapter 3.4; the reports in their scope link."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from streams.samples.july_2009 import JULY
from streams.samples.lines import Line
from tests.samples.counting import TOWN_TIME, Ticket
from tests.samples.counting_others import DEPARTMENTS, Fact, newest, valid_in
from tests.samples.test_july_2009_figures import REPORT

MARGIN = timedelta(minutes=30)
# id → fault tickets, lines that have one, complaints, lines that only complained. On 1, 5 and 14 July one, two and five
# lines reported twice, and on 14 July six other lines under the prefix had a fault of their own.
LINKED = {
    "QZ-20090617-1": (0, 0, 0, 0),
    "QZ-20090701-1": (97, 96, 0, 0),
    "QZ-20090705-1": (81, 79, 0, 0),
    "QZ-20090714-1": (611, 606, 1, 0),
    "QZ-20090716-1": (0, 0, 0, 0),
    "QZ-20090720-1": (225, 225, 0, 0),
    "QZ-20090721-1": (525, 525, 0, 0),
    "QZ-20090726-1": (158, 158, 1, 0),
}


@pytest.fixture(scope="module")
def told(lines: list[Line]) -> dict[str, list[Fact]]:
    """Every revision of each outage by its id, in the order of revisions."""
    revisions: defaultdict[str, dict[int, Fact]] = defaultdict(dict)
    for line in lines:
        for outage in newest("outages", [line]):
            revisions[outage["id"]][outage["revision"]] = outage
    return {key: [found[number] for number in sorted(found)] for key, found in revisions.items()}


def user_hours(outages: Iterable[Fact]) -> Fraction:
    """Return users × hours of outages that ended all at once."""
    lasted = (Fraction((o["restored_at"] - o["started_at"]) // timedelta(seconds=1), 3600) for o in outages)
    return sum((outage["users"] * hours for outage, hours in zip(outages, lasted, strict=True)), Fraction(0))


def unplanned(outages: Iterable[Fact]) -> list[Fact]:
    """Return the outages that nobody planned."""
    return [outage for outage in outages if not outage.get("planned")]


def test_printed_outages(july_facts: dict[str, list[Fact]]) -> None:
    """3.4: July has the six outages as printed, in the same order, with branch, scope, users, hours and services."""
    outages = sorted(unplanned(july_facts["outages"]), key=lambda outage: outage["started_at"])
    for outage, printed in zip(outages, REPORT["outages"], strict=True):
        assert outage["started_at"].astimezone(TOWN_TIME).date() == printed["date"]
        assert (outage.get("branch"), outage["scope"]) == (printed["branch"], printed["scope"])
        assert (outage["users"], outage["services"]) == (printed["users"], printed["services"])
        assert (outage["restored_at"] - outage["started_at"]) / timedelta(hours=1) == printed["hours"]
        assert outage["status"] == "restored"
        assert outage["owner"] in DEPARTMENTS["handling"]
    assert user_hours(outages) == Fraction("10652.15")


def test_what_is_kept_apart(told: dict[str, list[Fact]]) -> None:
    """A planned cut-over is known before it begins; a false report was an outage for a while, and never ended."""
    cut_over, false_report = told["QZ-20090716-1"], told["QZ-20090710-1"]
    assert all(revision["planned"] for revision in cut_over)
    assert cut_over[0]["updated_at"] < cut_over[0]["started_at"]
    assert [revision["status"] for revision in false_report] == ["suspected", "confirmed", "rejected"]
    assert not any("restored_at" in revision for revision in false_report)


def test_june_ends_in_steps(facts: dict[str, list[Fact]]) -> None:
    """June's outage brings back 500 and 400 of its 1,200 lines before its end; it lies in June as a whole."""
    (outage,) = valid_in("outages", facts["outages"], 2009, 6)
    assert [step["users"] for step in outage["steps"]] == [500, 400]
    first, second = (datetime.fromisoformat(step["at"]) for step in outage["steps"])
    assert outage["started_at"] < first < second < outage["restored_at"]
    assert outage["users"] == 1200


def test_declared_while_it_lasts(told: dict[str, list[Fact]]) -> None:
    """Each printed outage is declared 10 to 25 minutes after its start, and its end is noted within half an hour."""
    for revisions in (told[f"QZ-{printed['date']:%Y%m%d}-1"] for printed in REPORT["outages"]):
        declared = next(revision for revision in revisions if revision["status"] == "confirmed")
        assert timedelta(minutes=10) <= declared["updated_at"] - declared["started_at"] <= timedelta(minutes=25)
        assert declared["expected_at"] > declared["updated_at"]
        over = next(revision for revision in revisions if revision["status"] == "restored")
        assert timedelta(0) < over["updated_at"] - over["restored_at"] <= timedelta(minutes=30)


def test_scopes_are_widened_and_narrowed(told: dict[str, list[Fact]]) -> None:
    """On 14 July the scope grows from 1,000 numbers to 10,000; on 26 July it shrinks from 1,000 to 256."""
    grown = [revision["scope"] for revision in told["QZ-20090714-1"]]
    shrunk = [revision["scope"] for revision in told["QZ-20090726-1"]]
    assert grown[:2] == [{"prefixes": ["6635"]}, {"prefixes": ["663"]}]
    assert shrunk[:2] == [{"prefixes": ["6184"]}, {"ranges": [["6184096", "6184351"]]}]
    assert "users" not in told["QZ-20090726-1"][0]


def test_reports_in_scope_and_time_link(tickets: list[Ticket], facts: dict[str, list[Fact]]) -> None:
    """By number or site, from 30 minutes before to 30 minutes after, a burst links as a whole, and little else does."""
    outages = _valid(facts["outages"])
    reports = _linked(outages, _valid(tickets), "opened_at")
    complaints = _linked(outages, _valid(facts["complaints"]), "received_at")
    found = {}
    for key in {outage["id"] for outage in outages}:
        reporters, complainants = _lines(reports[key]), _lines(complaints[key])
        found[key] = (len(reports[key]), len(reporters), len(complaints[key]), len(complainants - reporters))
    assert found == LINKED


def test_the_false_report_held_tickets_for_a_while(told: dict[str, list[Fact]], tickets: list[Ticket]) -> None:
    """Before it is rejected, the false report takes tickets that belong to no outage afterwards."""
    confirmed = told["QZ-20090710-1"][1]
    known = [ticket for ticket in _valid(tickets) if ticket["opened_at"] <= told["QZ-20090710-1"][2]["updated_at"]]
    assert len(_linked([confirmed], known, "opened_at")["QZ-20090710-1"]) == 3


@pytest.mark.parametrize(
    "heeded",
    [
        pytest.param(lambda line: b'"id":"%b"' % (line.key or b"") in (line.value or b""), id="wrong keys"),
        pytest.param(lambda line: line.at < JULY.end, id="late facts are dropped"),
        pytest.param(lambda line: b'"status":"rejected"' not in (line.value or b""), id="rejections are overlooked"),
    ],
)
def test_the_extras_would_move_figures(
    lines: list[Line], july_facts: dict[str, list[Fact]], heeded: Callable[[Line], bool]
) -> None:
    """The extras of the stream are no decoration: who overlooks one kind of them counts another month."""
    wrong = valid_in("outages", newest("outages", filter(heeded, lines)), 2009, 7)
    assert _summary(wrong) != _summary(july_facts["outages"])


def test_texts_name_no_subscriber(lines: list[Line]) -> None:
    """Neither cause nor owner of an outage has a digit in it, let alone a number."""
    outages = [outage for line in lines for outage in newest("outages", [line])]
    texts = {str(outage.get(name)) for outage in outages for name in ("cause", "owner")}
    assert not any(character.isdecimal() for text in texts for character in text)


def _valid(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.get("status") not in ("cancelled", "rejected")]


def _lines(reports: Iterable[Fact]) -> set[str]:
    return {report["subscriber"] for report in reports}


def _linked(outages: Iterable[Fact], reports: Iterable[Fact], time: str) -> defaultdict[str, list[Fact]]:
    """Return the reports that belong to each outage; of several that cover one, the latest to start has it."""
    result: defaultdict[str, list[Fact]] = defaultdict(list)
    for report in reports:
        covering = [o for o in outages if _in_time(o, report[time]) and _in_scope(o["scope"], report)]
        if covering:
            result[max(covering, key=lambda outage: (outage["started_at"], outage["id"]))["id"]].append(report)
    return result


def _in_time(outage: Fact, at: datetime) -> bool:
    return bool(outage["started_at"] - MARGIN <= at <= outage.get("restored_at", at) + MARGIN)


def _in_scope(scope: dict[str, list[Any]], report: Fact) -> bool:
    number = report["subscriber"]
    return (
        any(len(number) == len(first) and first <= number <= last for first, last in scope.get("ranges", []))
        or number.startswith(tuple(scope.get("prefixes", [])))
        or report.get("site") in scope.get("sites", [])
    )


def _summary(outages: Iterable[Fact]) -> list[str]:
    return sorted(json.dumps({**outage, "revision": 0, "updated_at": 0}, default=str) for outage in outages)
