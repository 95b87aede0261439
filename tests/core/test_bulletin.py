"""The weekly bulletin: weeks of day records, verdicts, the week before, and what cannot be told."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.bulletin import Bulletin, BulletinError, build_bulletin, last_whole_week
from streams.core.bulletin_figures import WeekFigure
from streams.core.contributions import MEASURES
from streams.core.contributions.faults import TICKETS
from streams.core.definitions import Definitions, Target
from streams.core.documents import digest, write_document
from streams.core.ratios import change_in_points
from streams.core.rollups import adds_up_over_days, rolled_up
from streams.core.weeks import read_week
from tests.core.installation import DEFINITIONS, Installation, at, generated, ticket

AS_OF = at("2009-08-05 00:00")
TIMELY = "timely_restoration_rate"
JUDGED = {"service": "broadband", "family": "我的E家"}


def installation(
    *messages: dict[str, Any] | bytes,
    topic: str = "faults",
    as_of: datetime = AS_OF,
    definitions: Definitions = DEFINITIONS,
) -> Installation:
    """Return an installation that has counted messages of one topic."""
    made = Installation(definitions=definitions)
    made.send(messages, topic=topic)
    made.count(as_of)
    return made


def bulletin(made: Installation, week: str = "2009-W28") -> Bulletin:
    """Return the bulletin of a week."""
    return build_bulletin(read_week(week), made.tallies, made.definitions)


def figure(found: Bulletin, indicator: str, **labels: str) -> WeekFigure:
    """Return one indicator's row."""
    [row] = [one for one in found.indicators if one.id == indicator and one.labels == labels]
    return row


def tickets(found: Bulletin, branch: str | None = None) -> tuple[int, int | None, int | None]:
    """Return (count, previous, change) of fault tickets, in all or of a branch."""
    [row] = [one for one in found.counts if one.id == "fault_tickets"]
    [count] = [row.in_all] if branch is None else [one for one in row.by_branch if one.value == branch]
    return count.count, count.previous, count.change


def opened(identity: str, text: str, subscriber: str = "6000001", **fields: Any) -> dict[str, Any]:
    """Return a ticket of an E8 broadband line, in 现业 and restored at once unless told otherwise."""
    return ticket(identity, subscriber, at(text), **{"brand": "E8", "restored_at": at(text)} | fields)


def test_a_week_begins_on_monday_and_ends_on_sunday_at_midnight() -> None:
    """The minute before Monday belongs to the week before, the last of Sunday to the week."""
    made = installation(
        opened("before", "2009-06-29 00:00"),
        opened("last before", "2009-07-05 23:59"),
        opened("first", "2009-07-06 00:00"),
        opened("last", "2009-07-12 23:59", subscriber="7000001"),
        opened("after", "2009-07-13 00:00"),
    )
    found = bulletin(made)
    assert (found.first_day, found.last_day) == ("2009-07-06", "2009-07-12")
    assert tickets(found) == (2, 2, 0)
    assert tickets(found, branch="现业") == (1, 2, -1)
    assert tickets(found, branch="简阳") == (1, 0, 1)


def test_a_week_across_two_months_is_a_whole() -> None:
    """W27 has the last two days of June and the first five of July."""
    days = ("06-22", "06-28", "06-29", "06-30", "07-01", "07-05", "07-06")
    made = installation(*(opened(day, f"2009-{day} 10:00") for day in days))
    assert tickets(bulletin(made, "2009-W27")) == (4, 2, 2)
    assert figure(bulletin(made, "2009-W27"), TIMELY).denominator == 4


def test_the_days_of_a_closed_month_still_answer() -> None:
    """In December the tallies of July are final, and tell of its weeks what they told in August."""
    messages = [opened("a", "2009-06-29 10:00"), opened("b", "2009-07-07 10:00"), opened("c", "2009-07-08 10:00")]
    made = installation(*messages)
    in_august = bulletin(made)
    made.count(at("2009-12-05 00:00"))
    assert made.tallies.heads[0].closed
    in_december = bulletin(made)
    assert (in_december.indicators, in_december.counts) == (in_august.indicators, in_august.counts)
    assert tickets(in_december) == (2, 1, 1)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_weeks_and_the_rest_of_the_days_add_up_to_the_month(seed: int) -> None:
    """Every plain count of July is that of three bulletins and of the days before and after them."""
    tallies = installation(*generated(seed, 60, at("2009-06-20 00:00"), 50)).tallies
    rest = [f"2009-07-{day:02}" for day in (1, 2, 3, 4, 5, 27, 28, 29, 30, 31)]
    weeks = [read_week(f"2009-W{number}") for number in (28, 29, 30)]
    july = tallies.month("2009-07")
    total: Counter[Any] = Counter()
    for days in (rest, *(week.days() for week in weeks)):
        for measure, numbers in tallies.days(days).items():
            total.update({(measure, labels): number for labels, number in numbers.items()})
    assert total == {
        (measure, labels): number
        for measure, numbers in july.items()
        if adds_up_over_days(MEASURES[measure])
        for labels, number in numbers.items()
    }
    by_branch = Counter(rolled_up(tallies.days(rest), TICKETS.name, ("branch",)))
    for week in weeks:
        [faults] = [one for one in build_bulletin(week, tallies, DEFINITIONS).counts if one.id == "fault_tickets"]
        by_branch.update({(one.value,): one.count for one in faults.by_branch})
    assert +by_branch == rolled_up(july, TICKETS.name, ("branch",))


def test_indicators_of_users_are_left_out_and_named() -> None:
    """Users of seven days are not the sum of each day's; everything else in the catalogue is told."""
    found = bulletin(installation(opened("a", "2009-07-07 10:00")))
    assert [one.id for one in found.left_out] == ["repeat_report_rate"]
    assert "repeat_report_rate" not in {one.id for one in found.indicators}
    assert TIMELY in {one.id for one in found.indicators}


def test_a_ratio_stands_beside_that_of_the_week_before() -> None:
    """From 1 of 3 to 1 of 2: 16.67 percentage points more, from the exact fractions."""
    late = at("2009-07-25 00:00")
    made = installation(
        opened("a", "2009-06-29 10:00"),
        opened("b", "2009-06-30 10:00", restored_at=late),
        opened("c", "2009-07-01 10:00", restored_at=late),
        opened("d", "2009-07-07 10:00"),
        opened("e", "2009-07-08 10:00", restored_at=late),
    )
    row = figure(bulletin(made), TIMELY)
    assert (row.numerator, row.denominator, row.ratio, row.change_points) == (1, 2, "0.500000", "16.67")
    assert row.previous is not None
    assert (row.previous.numerator, row.previous.denominator, row.previous.ratio) == (1, 3, "0.333333")


def test_a_change_too_small_to_print_has_no_sign() -> None:
    """Just below is 0.00, as just above; half a hundredth is rounded by amount, and nothing is no ratio."""
    assert change_in_points((1, 100_000), (0, 100_000)) == "0.00"
    assert change_in_points((0, 100_000), (1, 100_000)) == "0.00"
    assert change_in_points((0, 20_000), (1, 20_000)) == "-0.01"
    assert change_in_points((0, 0), (1, 2)) is None


def test_parts_with_a_target_are_judged_in_all_and_by_branch() -> None:
    """The family of broadband has a target of 95 %: met, missed, and no data where nothing happened."""
    made = installation(
        opened("a", "2009-07-07 10:00"), opened("b", "2009-07-07 11:00", restored_at=at("2009-07-25 00:00"))
    )
    found = bulletin(made)
    assert figure(found, TIMELY, **JUDGED).verdicts == {"province": "missed", "city": "no_target"}
    assert figure(found, TIMELY, **JUDGED).targets == {"province": "0.95"}
    assert figure(found, TIMELY, **JUDGED, branch="简阳").verdicts == {"province": "no_data", "city": "no_data"}
    assert figure(found, TIMELY).verdicts == {"province": "no_target", "city": "no_target"}
    met = bulletin(installation(opened("a", "2009-07-07 10:00")))
    assert figure(met, TIMELY, **JUDGED).verdicts["province"] == "met"


def test_a_branch_that_nobody_listed_has_a_row_where_it_has_a_figure() -> None:
    """One of the events counts there, and of the indicators those of faults."""
    found = bulletin(installation(opened("a", "2009-07-07 10:00", branch="没听说过")))
    assert tickets(found, branch="没听说过") == (1, None, None)
    assert figure(found, TIMELY, branch="没听说过").numerator == 1
    assert figure(found, "appointment_rate", branch="现业").denominator == 0
    shown = {one.id for one in found.indicators if one.labels.get("branch") == "没听说过"}
    assert "appointment_rate" not in shown


def test_the_targets_of_the_week_s_last_day_judge_it() -> None:
    """One that begins on Sunday does, one that ends before it does not."""
    target = Target(indicator="preprocessing_rate", labels={}, tier="city", ratio="0.5", valid_from=date(2009, 7, 12))
    ended = Target(
        indicator=TIMELY, labels={}, tier="city", ratio="0.5", valid_from=date(2009, 1, 1), valid_to=date(2009, 7, 12)
    )
    definitions = msgspec.structs.replace(DEFINITIONS, targets=(target, ended))
    made = installation(
        opened("a", "2009-06-30 10:00", preprocessed=True),
        opened("b", "2009-07-07 10:00", preprocessed=True),
        definitions=definitions,
    )
    assert figure(bulletin(made), "preprocessing_rate").verdicts["city"] == "met"
    assert figure(bulletin(made), TIMELY).verdicts["city"] == "no_target"
    assert figure(bulletin(made, "2009-W27"), "preprocessing_rate").verdicts["city"] == "no_target"


def test_few_answers_are_not_judged() -> None:
    """One call-back is too few, with the interval that it leaves open."""
    call = {"id": "B1", "revision": 0, "updated_at": "2009-07-07T10:00:00+08:00", "subject": "vip", "reached": True}
    made = installation(call | {"called_at": "2009-07-07T10:00:00+08:00"}, topic="callbacks")
    row = figure(bulletin(made), "vip_callback_rate")
    assert (row.verdicts["province"], row.interval) == ("too_few", ("0.206549", "1.000000"))


def test_a_week_in_which_nothing_happened_has_no_data() -> None:
    """Zeros, no ratio, and no verdict that reads as met."""
    found = bulletin(installation(opened("a", "2009-06-29 10:00")), "2009-W29")
    assert tickets(found) == (0, 0, 0)
    assert all(one.ratio is None and one.change_points is None for one in found.indicators)
    assert {state for one in found.indicators for state in one.verdicts.values()} == {"no_data"}
    assert found.top_lists == []


def test_a_week_before_that_is_not_known_is_not_zero() -> None:
    """What is held begins on Wednesday of the week before: there is nothing to compare with."""
    made = installation(opened("a", "2009-07-01 10:00"), opened("b", "2009-07-07 10:00"))
    assert tickets(bulletin(made)) == (1, None, None)
    assert figure(bulletin(made), TIMELY).previous is None
    assert bulletin(made).complaints["by_channel"] == []


@pytest.mark.parametrize(("as_of", "state"), [("2009-07-12 23:55", "provisional"), ("2009-07-13 00:00", "complete")])
def test_a_week_is_provisional_while_it_lasts(as_of: str, state: str) -> None:
    """Complete from the instant on at which it ends."""
    assert bulletin(installation(opened("a", "2009-07-07 10:00"), as_of=at(as_of))).state == state


def test_a_figure_that_looks_beyond_its_week_says_when_it_settles() -> None:
    """Orders without a fault within 15 days: of the week that ends on 12 July, on the 28th."""
    found = bulletin(installation(opened("a", "2009-07-07 10:00"), as_of=at("2009-07-20 00:00")))
    assert figure(found, "on_time_without_early_fault_rate").provisional_until == "2009-07-28"
    assert figure(found, TIMELY).provisional_until is None


def test_what_cannot_be_told_is_said() -> None:
    """A week that has not begun, one before all that is held, and tallies that hold nothing."""
    made = installation(opened("a", "2009-07-01 10:00"))
    with pytest.raises(BulletinError, match="2009-W40 begins on 2009-09-28; the tallies go up to 2009-08-04T16:00:00Z"):
        bulletin(made, "2009-W40")
    with pytest.raises(BulletinError, match="no day before 2009-07-01, so there is no bulletin of 2009-W26"):
        bulletin(made, "2009-W26")
    with pytest.raises(BulletinError, match="hold nothing"):
        bulletin(installation())


@pytest.mark.parametrize(("as_of", "week"), [("2009-07-12 23:55", "2009-W27"), ("2009-07-13 00:00", "2009-W28")])
def test_the_last_whole_week_has_ended(as_of: str, week: str) -> None:
    """At midnight after Sunday the week is whole."""
    made = installation(opened("a", "2009-07-01 10:00"), as_of=at(as_of))
    assert last_whole_week(made.tallies, DEFINITIONS).name == week


def test_the_same_log_gives_the_same_bytes() -> None:
    """Counted at once or in pieces; the digest is that of the content."""
    messages = generated(5, 80, at("2009-06-20 00:00"), 40)
    in_pieces = Installation()
    in_pieces.send(messages[:50])
    in_pieces.count()
    in_pieces.send(messages[50:])
    in_pieces.count(AS_OF)
    found = bulletin(in_pieces)
    assert write_document(found) == write_document(bulletin(installation(*messages)))
    assert found.sha256 == digest(found)


def test_penalties_are_exact_to_the_fen() -> None:
    """By department and kind, the one for a justified complaint too; penalties of other weeks are not here."""
    fined = [
        {"department": "外呼组", "kind": "overdue", "amount_fen": 4005},
        {"department": "外呼组", "kind": "justified", "amount_fen": 30000},
    ]
    received = [("C1", "2009-07-12T23:59:00+08:00", fined), ("C2", "2009-07-13T00:00:00+08:00", fined)]
    complaints = [
        {"id": identity, "revision": 0, "updated_at": at_, "received_at": at_, "subscriber": "6000001", "penalties": p}
        for identity, at_, p in received
    ]
    found = bulletin(installation(*complaints, topic="complaints")).complaints["penalties"]
    assert dict(zip(found["columns"], found["外呼组"], strict=True)) == {
        "overdue": 1,
        "overdue_yuan": 40.05,
        "irregular_note": None,
        "irregular_note_yuan": None,
        "keying_error": None,
        "keying_error_yuan": None,
        "justified": 1,
        "justified_yuan": 300,
        "yuan": 340.05,
    }
