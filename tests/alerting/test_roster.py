"""Who is on duty is a pure function of roster, duty, branch and instant; what is wrong is told with its line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerting.gaps import AHEAD, gap_problems, gaps
from streams.alerting.roster import CITY, Roster, Turn, quiet_until, turn
from streams.alerting.roster_file import RosterError, load_roster, read_roster
from streams.core.months import DAY, HOUR
from streams.settings import Settings
from tests.alerting.pager.kit import BRANCHES, ROSTER, roster

NOVEMBER = datetime(2026, 11, 2, 9)  # noqa: DTZ001 (a Monday, on the roster's clock)


COMPLETE = roster()
assert gaps(COMPLETE, COMPLETE.instant(NOVEMBER)) == []


def at(known: Roster, local: str) -> int:
    """The instant of a local clock time."""
    return known.instant(datetime.fromisoformat(local))


def on_duty(known: Roster, local: str, branch: str = "现业", duty: str = "network") -> str | None:
    """Who is on duty at a local clock time."""
    return turn(known, known.duty(duty), branch, at(known, local)).on_duty


def test_turns_pass_at_the_hand_over_and_come_round() -> None:
    """A week's turn ends on the weekday and at the minute that the rotation says, by the roster's own clock."""
    known = roster()
    assert on_duty(known, "2026-01-05 09:00") == "chen"
    assert on_duty(known, "2026-01-12 08:59:59") == "chen"
    assert on_duty(known, "2026-01-12 09:00") == "li"
    assert on_duty(known, "2026-01-19 09:00") == "chen"


def test_a_rotation_that_begins_in_mid_week_has_a_short_first_turn() -> None:
    """The first person's turn ends at the first hand-over, whenever it began."""
    known = roster(ROSTER.replace("starts: 2026-01-05 09:00", "starts: 2026-01-08", 1))
    assert on_duty(known, "2026-01-11 00:00") == "chen"
    assert on_duty(known, "2026-01-12 09:00") == "li"


def test_turns_follow_the_local_clock_through_a_change_of_its_offset() -> None:
    """Where clocks are put back, a turn is an hour longer, and still ends at nine."""
    known = roster(ROSTER.replace("Asia/Shanghai", "Europe/Berlin"))
    assert on_duty(known, "2026-10-19 09:00") != on_duty(known, "2026-10-26 09:00")
    assert on_duty(known, "2026-10-26 08:59") == on_duty(known, "2026-10-19 09:00")
    assert at(known, "2026-10-26 09:00") - at(known, "2026-10-19 09:00") == 7 * DAY + HOUR


def test_a_branch_without_a_rotation_is_the_citys() -> None:
    """What no branch answers for, the city does, and so it does for alerts of duties that nobody has defined."""
    known = roster()
    assert on_duty(known, "2026-11-02 10:00", "乐至") == "wang"
    assert on_duty(known, "2026-11-02 10:00", CITY) == "wang"
    assert known.duty("no such duty").id == "network"


def test_an_override_goes_before_the_turn() -> None:
    """For its time and its branches, and half-open."""
    overrides = (
        "overrides: [{duty: network, branches: [现业], from: 2026-11-02 12:00, until: 2026-11-03, person: wang}]\n"
    )
    known = roster(ROSTER + overrides)
    whose_turn = on_duty(known, "2026-11-02 11:59")
    assert whose_turn in {"chen", "li"}
    assert on_duty(known, "2026-11-02 12:00") == "wang"
    assert on_duty(known, "2026-11-03 00:00") == whose_turn


def test_an_override_of_the_city_holds_for_branches_that_it_answers_for() -> None:
    """But not for one with a rotation of its own; an override for the branch itself goes first."""
    span = "from: 2026-11-02, until: 2026-11-09"
    city = f"overrides:\n  - {{duty: network, branches: [city], {span}, person: director}}\n"
    known = roster(ROSTER + city)
    assert on_duty(known, "2026-11-02 10:00", "乐至") == "director"
    assert on_duty(known, "2026-11-02 10:00", "现业") in {"chen", "li"}
    known = roster(ROSTER + city + f"  - {{duty: network, branches: [乐至], {span}, person: li}}\n")
    assert on_duty(known, "2026-11-02 10:00", "乐至") == "li"


def test_on_holidays_others_take_turns_by_the_day() -> None:
    """The week's turn goes on afterwards as if there had been no holiday."""
    text = ROSTER.replace("people: [wang]}", "people: [wang], holiday_people: [li, chen]}", 1)
    known = roster(text + "holidays: [{name: 国庆, from: 2026-10-01, until: 2026-10-04}]\n")
    days = [on_duty(known, f"2026-10-0{day} 03:00", CITY) for day in (1, 2, 3)]
    assert sorted(set(days)) == ["chen", "li"]
    assert days[0] == days[2] != days[1]
    assert on_duty(known, "2026-10-04 00:00", CITY) == "wang"


def test_who_is_away_is_not_counted_on() -> None:
    """Neither on duty nor as the next or the last to be asked."""
    known = roster(ROSTER.replace("channels: [LI]", "channels: [LI], away: [{from: 2026-11-01, until: 2026-12-01}]"))
    turns = [turn(known, known.duty("network"), "现业", at(known, f"2026-11-{day} 10:00")) for day in ("02", "09")]
    assert {one.on_duty for one in turns} == {"chen", None}
    assert all(one.next in {"chen", None} for one in turns)
    assert all(one.person("fallback") == "director" for one in turns)


def test_next_and_backup() -> None:
    """The next is who follows in the rotation; a rotation of one has nobody next."""
    known = roster()
    assert turn(known, known.duty("network"), "现业", at(known, "2026-01-05 10:00")) == Turn(
        "chen", "li", "wang", "director"
    )
    assert turn(known, known.duty("network"), CITY, at(known, "2026-01-05 10:00")).next is None


def test_quiet_times() -> None:
    """A warning waits from half past nine in the evening until half past seven, and on holidays; a critical never."""
    known = roster(ROSTER + "holidays: [{name: 国庆, from: 2026-10-01, until: 2026-10-03}]\n")

    def waits_until(local: str) -> str:
        return known.local(quiet_until(known, "warning", at(known, local))).isoformat(" ", "minutes")

    assert waits_until("2026-11-02 21:29") == "2026-11-02 21:29"
    assert waits_until("2026-11-02 21:30") == "2026-11-03 07:30"
    assert waits_until("2026-11-03 07:29") == "2026-11-03 07:30"
    assert waits_until("2026-11-03 07:30") == "2026-11-03 07:30"
    assert waits_until("2026-09-30 22:00") == "2026-10-03 07:30"
    assert quiet_until(known, "critical", at(known, "2026-11-02 23:00")) == at(known, "2026-11-02 23:00")


@given(st.integers(0, 31 * 24 * 60 - 1), st.sampled_from([*BRANCHES, CITY]))
def test_a_complete_roster_names_somebody_at_every_minute(minute: int, branch: str) -> None:
    """Where no gap is found there is none, also between the instants that the search looks at."""
    instant = COMPLETE.instant(NOVEMBER + timedelta(minutes=minute))
    assert turn(COMPLETE, COMPLETE.duty("network"), branch, instant).on_duty is not None


@given(st.integers(0, 45 * 24), st.integers(1, 45 * 24), st.integers(0, 40 * 24))
def test_a_gap_is_told_exactly(from_hour: int, hours: int, asked_hour: int) -> None:
    """Nobody is on duty at an instant of the coming month exactly where a gap says so."""
    start = NOVEMBER + timedelta(hours=from_hour)
    away = f"channels: [LI], away: [{{from: {start}, until: {start + timedelta(hours=hours)}}}]"
    known = roster(ROSTER.replace("channels: [LI]", away))
    found = [gap for gap in gaps(known, known.instant(NOVEMBER)) if gap.branch == "现业"]
    asked = known.instant(NOVEMBER + timedelta(hours=asked_hour))
    if asked < known.instant(NOVEMBER) + AHEAD:
        missing = turn(known, known.duty("network"), "现业", asked).on_duty is None
        assert missing == any(gap.span.holds(asked) for gap in found)


def line_of(text: str, piece: str) -> int:
    """The number of the first line with a piece in it."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if piece in line)


def overriding(person: str, first: int, last: int) -> str:
    """An override of some days in November 2026."""
    span = f"from: 2026-11-{first:02}, until: 2026-11-{last:02}"
    return f"  - {{duty: network, branches: [现业], {span}, person: {person}}}\n"


@pytest.mark.parametrize(
    ("text", "piece", "reason"),
    [
        (ROSTER.replace("[chen, li]", "[chen, bob]"), "bob", "no person 'bob'"),
        (ROSTER.replace("backup: wang", "backup: bob"), "bob", "no person 'bob'"),
        (ROSTER.replace("Asia/Shanghai", "Asia/Ziyang"), "Ziyang", "'Asia/Ziyang' is no IANA time zone"),
        (ROSTER.replace("Asia/Shanghai", "../passwd"), "passwd", "no IANA time zone"),
        (ROSTER.replace("branches: [现业]", "branches: [成都]"), "成都", "no branch '成都'"),
        (ROSTER.replace("fallback: director", "fallback: nobody"), "nobody", "no person 'nobody'"),
        (ROSTER.replace("{id: li,", "{id: chen,"), "names: {zh: 李工", "'chen' stands twice"),
        (ROSTER.replace("channels: [LI]", "channels: []"), "李工", "neither channels nor sms"),
        (ROSTER.replace("monday 09:00", "someday 09:00", 1), "someday", "Expected"),
        (ROSTER.replace("2026-01-05 09:00", "yesterday", 1), "yesterday", "'yesterday' is no time"),
        (ROSTER.replace("wait_minutes: 5}", "wait_minutes: 5, loud: true}", 1), "loud", "loud"),
        (ROSTER.replace("notify: backup", "notify: friend"), "friend", "Invalid enum value 'friend'"),
        (ROSTER + "timezone: UTC\n", "timezone: UTC", "'timezone' stands twice"),
        (ROSTER + "x: [}\n", "x: [", "expected"),
        (
            ROSTER + "overrides:\n" + overriding("li", 5, 9) + overriding("wang", 8, 12),
            "person: wang}",
            "overlaps overrides[0]",
        ),
        (ROSTER + "overrides:\n" + overriding("li", 9, 5), "person: li}", "2026-11-05 is not after 2026-11-09"),
        (
            ROSTER.replace("branches: [city]", "branches: [现业, city]", 1),
            "branches: [现业, city]",
            "overlaps another rotation",
        ),
        (ROSTER.replace("branches: [city]", "branches: [乐至]", 1), "rotations:", "no rotation is for 'city'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, piece: str, reason: str) -> None:
    """Unknown people, overlapping overrides, bad time zones and all else that makes no sense: the line, and why."""
    _, _, problems = read_roster(text, BRANCHES)
    assert problems[0].line == line_of(text, piece)
    assert reason in problems[0].reason


def test_a_gap_is_told_with_the_line_of_whose_turn_it_is() -> None:
    """Who reads it knows which rotation needs an override, from when until when."""
    text = ROSTER.replace("channels: [WANG]", "away: [{from: 2026-11-10, until: 2026-11-12}], channels: [WANG]")
    known, lines, problems = read_roster(text, BRANCHES)
    assert known is not None
    assert problems == []
    found = gap_problems(known, lines, known.instant(NOVEMBER))
    assert [problem.line for problem in found] == [line_of(text, "branches: [city]"), line_of(text, "id: service") + 3]
    assert found[0].reason == (
        "nobody is on duty for network of city from 2026-11-10 00:00 until 2026-11-12 00:00: "
        "whose turn it is, is away: add an override"
    )


def test_a_rotation_that_ends_leaves_a_gap() -> None:
    """Before it begins and after it ends nobody is on duty, whatever is there for others."""
    text = ROSTER.replace("people: [chen, li], backup", "ends: 2026-11-20, people: [chen, li], backup")
    known, lines, _ = read_roster(text, BRANCHES)
    assert known is not None
    [problem] = gap_problems(known, lines, known.instant(NOVEMBER))
    assert "from 2026-11-20 00:00 until 2026-12-03 09:00: no rotation is in force" in problem.reason


def test_the_checkouts_roster_is_complete_for_a_year() -> None:
    """What is shipped has no problem, and every branch has somebody for every duty at any time."""
    known = load_roster(Settings.from_environment({}).definitions_dir / "roster.yaml", BRANCHES)
    for month in range(12):
        assert gaps(known, known.instant(NOVEMBER) + month * AHEAD) == []


def test_a_roster_that_cannot_be_used_is_refused_with_its_file_and_line() -> None:
    """A pager does not start with it."""
    with pytest.raises(RosterError, match=r"nowhere.yaml: .*No such file"):
        load_roster(Settings.from_environment({}).definitions_dir / "nowhere.yaml", BRANCHES)
