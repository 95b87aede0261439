"""What /metrics shows of mass outages: by branch and state, the gravest singly while they last, and no number."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from streams.core.contributions.detection import EXPECTED
from streams.core.definitions import Definitions
from streams.core.outages.rules import Duty, OutageRules, Severity
from streams.core.rounds import Outgoing, Round
from streams.core.tallies import Bucket, write_cells
from streams.definitions import load
from streams.serve.labels import outage_label
from streams.serve.outage_metrics import MOST_ACTIVE, MOST_SUSPECTED
from tests.core.installation import DEFINITIONS, Installation, at, records_of, ticket
from tests.core.outages.telling import SUSPECTED, outage, round_with
from tests.serve.standin import StandIn, samples
from tests.serve.test_collector import SERIES_BUDGET, everything_sold, series

NOW = at("2009-07-20 12:00")
RULES = OutageRules(
    severities=(
        Severity(id="minor", names={}, users=0, user_hours=0),
        Severity(id="major", names={}, users=500, user_hours=5000),
    ),
    duties=(Duty(id="hours", names={}, user_minutes=120_000),),
)
GRADED = msgspec.structs.replace(DEFINITIONS, outages=RULES)


def tell(made: Installation, a_round: Round) -> None:
    """Let the reader of an installation take a round in."""
    for record in records_of(a_round):
        made.tallies.read(a_round.partition, record.key or b"", record.value)


def counted(*outages: dict[str, object], until: str = "2009-07-20 12:00", reports: int = 0) -> Installation:
    """Return an installation that knows outages, and so many tickets of numbers that begin with 663."""
    made = Installation(definitions=GRADED)
    made.send(outages, topic="outages")
    made.send(ticket(f"T{number}", f"663{number:04}", at("2009-07-20 10:05")) for number in range(reports))
    made.count(at(until))
    return made


def shown(made: Installation) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return the series."""
    return samples(StandIn(made), made.definitions)


OPEN = outage("QZ-20090720-1", at("2009-07-20 10:00"), prefixes=["663"], users=600)
SINGLE = {"outage": "QZ-20090720-1", "place": "663", "branch": "现业", "class": "major"}


def test_an_active_outage_grows_with_the_clock_and_goes_when_it_is_over() -> None:
    """600 users for two hours, then for three; once it is over the month keeps its cost, and its series are gone."""
    made = counted(OPEN, reports=12)
    for hours, until in ((2, None), (3, "2009-07-20 13:00")):
        if until:
            made.count(at(until))
        found = shown(made)
        branch = {"branch": "现业", "state": "active"}
        assert found[series("streams_active_outage_users", **SINGLE)] == 600
        assert found[series("streams_active_outage_user_seconds", **SINGLE)] == 600 * hours * 3600
        assert found[series("streams_active_outage_reports", **SINGLE)] == 12
        assert found[series("streams_outages", **branch)] == 1
        assert found[series("streams_outage_users", **branch)] == 600
        assert found[series("streams_outage_user_seconds", **branch)] == 600 * hours * 3600
        assert found[series("streams_outage_reports", **branch)] == 12
        assert found[series("streams_outage_users_out", branch="现业")] == 600
        assert found[series("streams_outage_duty_ratio", duty="hours", branch="现业")] == 600 * hours * 60 / 120_000
    made.send([OPEN | {"revision": 1, "restored_at": at("2009-07-20 12:30").isoformat()}], topic="outages")
    made.count(at("2009-07-20 13:30"))
    found = shown(made)
    assert not any(name.startswith("streams_active_outage_") for name, _ in found)
    restored = {"branch": "现业", "state": "restored"}
    assert found[series("streams_outage_user_seconds", **restored)] == 600 * 2.5 * 3600
    assert found[series("streams_outages", branch="现业", state="active")] == 0
    assert found[series("streams_outage_users_out", branch="现业")] == 0
    assert found[series("streams_outage_duty_ratio", duty="hours", branch="现业")] == 0


def test_a_step_leaves_those_who_are_still_out() -> None:
    """400 of 600 have service again after an hour: 200 are out, at two hours 800 user-hours are lost."""
    steps = [{"at": at("2009-07-20 11:00").isoformat(), "users": 400}]
    found = shown(counted(OPEN | {"steps": steps}))
    assert found[series("streams_active_outage_users", **SINGLE)] == 200
    assert found[series("streams_active_outage_user_seconds", **SINGLE)] == 800 * 3600
    assert found[series("streams_outage_users", branch="现业", state="active")] == 600


def test_lines_of_two_outages_count_once_by_branch() -> None:
    """A range within another one adds nothing to the branch, though it has series of its own."""
    wide = outage("A", at("2009-07-20 10:00"), ranges=[("6180000", "6180999")])
    narrow = outage("B", at("2009-07-20 11:00"), ranges=[("6180100", "6180199")])
    found = shown(counted(wide, narrow))
    assert found[series("streams_outages", branch="现业", state="active")] == 2
    assert found[series("streams_outage_users", branch="现业", state="active")] == 1000
    assert found[series("streams_outage_users_out", branch="现业")] == 1000
    labels = {"outage": "B", "place": "61801xx", "branch": "现业", "class": "minor"}
    assert found[series("streams_active_outage_users", **labels)] == 100


def test_planned_and_suspected_ones_are_apart() -> None:
    """Planned work has a state of its own, from its beginning on; what is only noted has neither users nor time."""
    day = at("2009-07-20 10:00")
    found = shown(
        counted(
            outage("P", day, prefixes=["63"], users=50, planned=True),
            outage("P2", at("2009-07-21 10:00"), prefixes=["63"], users=50, planned=True),
            outage("S", day, prefixes=["64"], users=70, status="suspected"),
        )
    )
    for state, users in (("planned", 50), ("suspected", 0), ("active", 0)):
        labels = {"branch": "现业", "state": state}
        assert found[series("streams_outages", **labels)] == (state != "active")
        assert found[series("streams_outage_users", **labels)] == users
        assert found[series("streams_outage_user_seconds", **labels)] == users * 2 * 3600
    assert found[series("streams_active_outages_not_shown")] == 0


def test_an_outage_of_unknown_users_shows_its_reports() -> None:
    """A bare prefix: nobody knows how many are out, and no number is made up."""
    found = shown(counted(OPEN | {"users": None}, reports=3))
    labels = SINGLE | {"class": "unknown"}
    assert found[series("streams_active_outage_reports", **labels)] == 3
    assert series("streams_active_outage_users", **labels) not in found


def test_only_the_gravest_have_series_of_their_own() -> None:
    """Of sixty, the fifty with most users; the other ten are a number. All of them are in the branch's figures."""
    day = at("2009-07-20 10:00")
    found = shown(counted(*(outage(f"Q{number}", day, sites=["s"], users=number) for number in range(1, 61))))
    ids = {dict(labels)["outage"] for name, labels in found if name == "streams_active_outage_users"}
    assert ids == {f"Q{number}" for number in range(61 - MOST_ACTIVE, 61)}
    assert found[series("streams_active_outages_not_shown")] == 10
    assert found[series("streams_outages", branch="none", state="active")] == 60


def test_what_is_suspected_is_shown_while_it_is_open() -> None:
    """A suspicion of the detector has its reports; one that is over, merged or declared has none."""
    made = counted()
    others = [msgspec.structs.replace(SUSPECTED, id=state, state=state) for state in ("closed", "merged", "declared")]
    wave = msgspec.structs.replace(SUSPECTED, id="wave", kind="wave", branch="", place="城区", reports=90)
    tell(made, round_with(made.rounds[-1], SUSPECTED, wave, *others))
    found = {labels: value for (name, labels), value in shown(made).items() if "suspected_outage" in name}
    labels = {"suspicion": SUSPECTED.id, "place": "6182xxx", "branch": "现业", "kind": "outage"}
    of_the_city = {"suspicion": "wave", "place": "城区", "kind": "wave"}
    assert found == {frozenset(labels.items()): SUSPECTED.reports, frozenset(of_the_city.items()): 90}


def test_the_usual_band_is_shown() -> None:
    """What the detector expects at this hour, of the city and of a branch, in tickets an hour."""
    made = counted()
    last = made.rounds[-1]
    cells = {(EXPECTED.name, ("", "mean")): 40_500, (EXPECTED.name, ("现业", "upper")): 31_250}
    record = Outgoing("tallies", last.partition, Bucket(EXPECTED.topic, "level", "").record_key(), write_cells(cells))
    tell(made, Round(partition=last.partition, side_effects=[], tallies=[record], head=last.head))
    found = shown(made)
    assert found[series("streams_fault_tickets_expected", bound="mean")] == 40.5
    assert found[series("streams_fault_tickets_expected", branch="现业", bound="upper")] == 31.25


@pytest.mark.parametrize(
    ("identity", "is_shown"),
    [
        ("QZ-20090714-1", True),
        ("NOC-200907141824", True),
        ("20090714182400", True),
        ("663-outage", True),
        ("fault of 6635002", False),
        ("QZ-20091314-1", False),
        ("13350690999", False),
        ("x" * 65, False),
    ],
)
def test_an_id_that_could_name_somebody_is_shown_as_a_digest(identity: str, is_shown: bool) -> None:
    """Dates may stand in an id; seven digits that are none, or a text that goes on and on, may not be a label."""
    label = outage_label(identity)
    assert (label == identity) == is_shown
    assert is_shown or re.fullmatch("outage-[0-9a-f]{12}", label)


def test_no_label_names_a_subscriber() -> None:
    """Whatever the network centre writes into ids, sites, owners and causes."""
    numbers = ("6635002", "13350690999")
    told = [
        outage(f"of {number}", at("2009-07-20 10:00"), sites=[f"box {number}"], prefixes=[number], users=1)
        | {"ranges": [], "owner": number, "cause": number}
        for number in numbers
    ]
    found = shown(counted(*told, outage("one", at("2009-07-20 10:00"), ranges=[(numbers[0], numbers[0])])))
    values = {value for _, labels in found for _, value in labels}
    assert not any(number in value for number in numbers for value in values)


def test_the_series_budget_holds_beside_all_that_is_known() -> None:
    """With every label value of deploy/ and more active and suspected outages than are shown, at most 5,000 series."""
    definitions: Definitions = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
    made = everything_sold(definitions)
    branches = [*definitions.branches, "unheard of"]
    told = [
        outage(f"Q{number}", at("2009-07-20 10:00"), sites=[f"s{number}"], users=number, branch=branches[number % 5])
        for number in range(100)
    ]
    made.send(told, topic="outages")
    made.count(NOW)
    suspected = [msgspec.structs.replace(SUSPECTED, id=f"suspected-{number}") for number in range(50)]
    tell(made, round_with(made.rounds[-1], *suspected))
    found = samples(StandIn(made), definitions)
    assert 4_000 < len(found) <= SERIES_BUDGET
    assert sum(name == "streams_suspected_outage_reports" for name, _ in found) == MOST_SUSPECTED
