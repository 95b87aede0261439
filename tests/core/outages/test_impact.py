"""What an outage costs: users and their source, steps, overlaps, edges, the clock; and what the sums leave out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.outage import Outage, Scope
from streams.core.months import HOUR
from streams.core.outages.directory import Directory, Row
from streams.core.outages.impact import Assessment, OutageImpact, Totals, assess
from streams.core.outages.rules import OutageRules, Severity
from tests.core.outages.making import at, definitions, outage, ranged

HUNDRED = ranged(("6630000", "6630099"))
FIFTY = ranged(("6630050", "6630099"))
MONTH = 31 * 24 * 60


def assessed(outages: Sequence[Outage], now: int = MONTH, start: int = 0, end: int = MONTH) -> Assessment:
    """Return the assessment of [start, end) at `now`, in minutes, without directory and classes."""
    return assess(outages, definitions(), at(start), at(end), at(now))


def one(made: Outage, now: int = MONTH) -> OutageImpact:
    """Return the impact of one outage alone."""
    (impact,) = assessed([made], now).outages
    return impact


@pytest.mark.parametrize(
    ("scope", "given_users", "directory", "users", "told_by"),
    [
        (HUNDRED, None, None, 100, "range"),
        (HUNDRED, 127, None, 127, "given"),
        (HUNDRED, 0, None, 0, "given"),
        (HUNDRED, 127, [Row("6630001", None, None)], 1, "directory"),
        (HUNDRED, 127, [Row("7120001", None, None)], 127, "given"),
        (HUNDRED, None, [Row("6630001", None, None, at(200))], 100, "range"),
        (Scope(prefixes=["663"]), None, None, None, "unknown"),
        (Scope(prefixes=["663"]), 600, None, 600, "given"),
        (Scope(prefixes=["663"]), None, [Row("6630001", None, None), Row("663", None, None)], 2, "directory"),
        (Scope(sites=["A"]), None, [Row("adsl", "A", None)], 1, "directory"),
        (Scope(sites=["B"]), None, [Row("adsl", "A", None)], None, "unknown"),
        (Scope(ranges=[("6630000", "6630099")], sites=["B"]), None, None, None, "unknown"),
    ],
)
def test_where_the_users_come_from(
    scope: Scope, given_users: int | None, directory: list[Row] | None, users: int | None, told_by: str
) -> None:
    """From the directory if it knows anybody there at the start, else the estimate, else ranges where these are all."""
    known = definitions(None if directory is None else Directory(directory))
    assessment = assess([outage("Q", scope, 100, 160, users=given_users)], known, at(0), at(MONTH), at(MONTH))
    (impact,) = assessment.outages
    assert (impact.users, impact.users_from) == (users, told_by)
    assert impact.numbers == (100 if scope.ranges else None)
    assert impact.user_microseconds == (None if users is None else users * HOUR)
    assert assessment.total == Totals(
        outages=1, unknown=users is None, users=users or 0, user_microseconds=(users or 0) * HOUR
    )


def test_service_comes_back_in_steps() -> None:
    """100 users for an hour, 60 for another, 10 for a third; then nobody."""
    made = outage("Q", HUNDRED, 0, 180, steps=[(60, 40), (120, 50)])
    assert [one(made, now).users_out for now in (-1, 0, 59, 60, 119, 120, 179, 180)] == [0, 100, 100, 60, 60, 10, 10, 0]
    assert one(made).user_microseconds == (100 + 60 + 10) * HOUR
    assert one(made).interruptions == 100


def test_an_open_outage_grows_with_the_clock() -> None:
    """Without an end all users stay out, until now and no longer."""
    made = outage("Q", HUNDRED, 0, steps=[(60, 40)])
    assert [(one(made, now).user_microseconds, one(made, now).users_out) for now in (0, 60, 90, 6_000)] == [
        (0, 100),
        (100 * HOUR, 60),
        (130 * HOUR, 60),
        (100 * HOUR + 60 * 99 * HOUR, 60),
    ]


def test_an_outage_is_cut_at_the_edges_of_the_month() -> None:
    """It counts where it began; its time counts where it passed, and is known whole beside it."""
    made = outage("Q", HUNDRED, MONTH - 60, MONTH + 30)
    july, august = assessed([made], 2 * MONTH), assessed([made], 2 * MONTH, MONTH, 2 * MONTH)
    assert july.total == Totals(outages=1, users=100, user_microseconds=100 * HOUR)
    assert august.total == Totals(outages=0, users=0, user_microseconds=50 * HOUR)
    assert [july.outages[0].whole_user_microseconds, august.outages[0].whole_user_microseconds] == [150 * HOUR] * 2
    assert not assessed([made], 3 * MONTH, 2 * MONTH, 3 * MONTH).outages


def test_a_line_that_two_outages_hold_counts_once() -> None:
    """It belongs to the one that began first; the other has what is left over: its other lines, and the time after."""
    first, second = outage("A", HUNDRED, 0, 60, branch="现业"), outage("B", FIFTY, 30, 90, branch="安岳")
    assessment = assessed([second, first])
    assert [impact.user_microseconds for impact in assessment.outages] == [100 * HOUR, 50 * HOUR]
    assert [impact.net_user_microseconds for impact in assessment.outages] == [100 * HOUR, 25 * HOUR]
    assert [impact.interruptions for impact in assessment.outages] == [100, 0]
    assert assessment.by_branch == {
        "安岳": Totals(outages=1, users=0, user_microseconds=25 * HOUR),
        "现业": Totals(outages=1, users=100, user_microseconds=100 * HOUR),
    }


def test_lines_that_go_out_again_are_interrupted_again() -> None:
    """But not where one outage ends as the next begins: there was no service between them."""
    again = [outage("A", HUNDRED, 0, 60), outage("B", HUNDRED, 61, 90)]
    at_once = [outage("A", HUNDRED, 0, 60), outage("B", HUNDRED, 60, 90)]
    assert assessed(again).total.users == 200
    assert assessed(at_once).total == Totals(outages=2, users=100, user_microseconds=150 * HOUR)


def test_estimates_add_up() -> None:
    """Nobody knows whether the 600 of one outage are among the 750 of another."""
    made = [outage("A", HUNDRED, 0, 60, users=600), outage("B", HUNDRED, 0, 60, users=750)]
    assert assessed(made).total == Totals(outages=2, users=1350, user_microseconds=1350 * HOUR)


def test_outages_that_never_were_or_that_nobody_confirmed() -> None:
    """A rejected one is gone; a suspected one is shown, with its users, and counts nowhere."""
    suspected = outage("S", HUNDRED, 0, status="suspected")
    assessment = assessed([outage("R", HUNDRED, 0, status="rejected"), suspected], now=60)
    (impact,) = assessment.outages
    assert (impact.outage, impact.state, impact.users_out) == (suspected, "suspected", 100)
    assert (impact.user_microseconds, impact.net_user_microseconds) == (100 * HOUR, 0)
    assert (assessment.total, assessment.by_branch) == (Totals(), {})
    assert one(outage("S", HUNDRED, 0, status="suspected", planned=True)).interruptions == 0


def test_planned_work_is_kept_apart() -> None:
    """It takes nothing from an outage of the same lines, and has totals of its own, each line counted once."""
    made = [
        outage("A", HUNDRED, 10, 70),
        outage("P", HUNDRED, 0, 120, planned=True),
        outage("W", FIFTY, 0, 120, planned=True),
    ]
    assessment = assessed(made)
    assert [impact.state for impact in assessment.outages] == ["planned", "planned", "restored"]
    assert assessment.total == Totals(outages=1, users=100, user_microseconds=100 * HOUR)
    assert assessment.planned == Totals(outages=2, users=100, user_microseconds=200 * HOUR)


def test_an_outage_that_is_still_to_come_costs_nothing_yet() -> None:
    """Planned for tomorrow, or a clock ahead of ours: it is listed, with nobody out."""
    assessment = assessed([outage("Q", HUNDRED, 120, 180)], now=60)
    assert assessment.outages[0].users_out == 0
    assert assessment.total == Totals()


@pytest.mark.parametrize(
    ("users", "minutes", "severity"),
    [(1, 0, "minor"), (499, 60, "minor"), (500, 0, "major"), (100, 50 * 60, "major"), (99, 50 * 60, "minor")],
)
def test_the_class_follows_users_or_user_hours(users: int, minutes: int, severity: str) -> None:
    """Whichever is reached first; the time that counts is the whole one, whatever the period."""
    rules = OutageRules(
        severities=(
            Severity(id="minor", names={}, users=0, user_hours=0),
            Severity(id="major", names={}, users=500, user_hours=5_000),
        )
    )
    made = outage("Q", HUNDRED, -minutes, users=users)
    assert assess([made], definitions(rules=rules), at(-1), at(1), at(0)).outages[0].severity == severity
    assert one(outage("Q", Scope(prefixes=["663"]), 0)).severity is None


@pytest.mark.parametrize(
    ("stated", "scope", "branch"),
    [
        ("乐至", HUNDRED, "乐至"),
        (None, HUNDRED, "现业"),
        (None, ranged(("6629990", "6630010")), "none"),
        (None, ranged(("6620000", "6620010"), ("6630000", "6630010")), "none"),
        (None, ranged(("6610000", "6610010")), "none"),
        (None, ranged(("6600000", "6699999")), "none"),
        (None, Scope(prefixes=["663"]), "现业"),
        (None, Scope(prefixes=["6630"]), "现业"),
        (None, Scope(prefixes=["66"]), "none"),
        (None, Scope(sites=["A"]), "现业"),
        (None, Scope(sites=["B"]), "none"),
        (None, Scope(prefixes=["662"], sites=["A"]), "none"),
        (None, Scope(sites=["elsewhere"]), "none"),
    ],
)
def test_the_branch_of_an_outage(stated: str | None, scope: Scope, branch: str) -> None:
    """The one it states, else the one that all of its numbers belong to; a site's are those of its directory rows."""
    directory = Directory([Row("6630001", "A", "现业"), Row("6630002", "B", "现业"), Row("6620001", "B", "安岳")])
    made = outage("Q", scope, 0, branch=stated)
    assert assess([made], definitions(directory), at(0), at(MONTH), at(0)).outages[0].branch == branch


def test_sites_without_a_directory_belong_to_no_branch() -> None:
    """Nobody knows whose they are."""
    assert one(outage("Q", Scope(sites=["A"], prefixes=["663"]), 0)).branch == "none"


@st.composite
def outages(draw: st.DrawFn, identity: str = "") -> Outage:
    """Draw an outage of few numbers within some hours, so that outages meet."""
    first, last = sorted(draw(st.lists(st.integers(6630000, 6630012), min_size=2, max_size=2)))
    started = draw(st.integers(0, 20))
    restored = draw(st.none() | st.integers(started, 30))
    size = last - first + 1
    moments = sorted(draw(st.lists(st.integers(started, started if restored is None else restored), max_size=2)))
    return outage(
        identity or draw(st.uuids()).hex,
        ranged((str(first), str(last))),
        started,
        restored,
        [(moment, size // 3) for moment in moments],
        branch=draw(st.sampled_from(("安岳", "现业"))),
        users=draw(st.none() | st.just(size)),
        planned=draw(st.booleans()) or None,
    )


@given(st.lists(outages(), max_size=6), st.lists(st.integers(0, 40), min_size=1, max_size=4), st.integers(0, 50))
def test_periods_add_up_to_the_whole(made: list[Outage], cuts: list[int], now: int) -> None:
    """Wherever time is cut, the parts' totals sum up to those of the whole, and branches to those of all."""
    edges = [-1, *sorted(cuts), 60]
    parts = [assess(made, definitions(), at(begin), at(end), at(now)) for begin, end in pairwise(edges)]
    whole = assess(made, definitions(), at(-1), at(60), at(now))
    for kind in ("total", "planned"):
        assert _without_now(sum((getattr(part, kind) for part in parts), Totals())) == _without_now(
            getattr(whole, kind)
        )
    assert sum(whole.by_branch.values(), Totals()) == whole.total
    net = [impact for impact in whole.outages if not impact.outage.planned]
    assert sum(impact.net_users_out for impact in net) == whole.total.users_out
    assert sum(impact.net_user_microseconds for impact in net) == whole.total.user_microseconds


def _without_now(totals: Totals) -> tuple[int, ...]:
    return totals.outages, totals.unknown, totals.users, totals.user_microseconds


@given(st.permutations([f"Q{place}" for place in range(5)]).flatmap(lambda ids: st.tuples(*map(outages, ids))))
def test_the_order_of_outages_does_not_matter(made: tuple[Outage, ...]) -> None:
    """Whoever lists them, in whatever order: the same figures, listed in the same order."""
    assert assessed(made) == assessed(sorted(made, key=lambda one: one.id))


@given(st.lists(outages(), max_size=4), st.integers(0, 12), st.integers(0, 12), st.integers(0, 30), st.integers(0, 30))
def test_an_outage_within_another_changes_nothing(
    made: list[Outage], one_end: int, other_end: int, one_time: int, other_time: int
) -> None:
    """Who is out already is not put out again: the totals of users and time stay as they were."""
    whole = outage("whole", ranged(("6630000", "6630012")), 0, 30, branch="现业")
    first, last = sorted((6630000 + one_end, 6630000 + other_end))
    started, restored = sorted((one_time, other_time))
    within = outage("within", ranged((str(first), str(last))), started, restored)
    before, after = assessed([*made, whole], now=20).total, assessed([*made, whole, within], now=20).total
    assert (before.users, before.user_microseconds, before.users_out) == (
        after.users,
        after.user_microseconds,
        after.users_out,
    )


def test_a_month_of_a_thousand_outages_is_assessed_quickly() -> None:
    """Ranges that overlap, several outages at any time: well under a second, so that live figures can be made anew."""
    made = [
        outage(
            f"Q{number}",
            ranged(
                *((f"66{(number * step) % 900:03d}00", f"66{(number * step) % 900 + 99:03d}99") for step in (1, 7, 31))
            ),
            number * MONTH // 1_000,
            number * MONTH // 1_000 + number % 700,
            [(number * MONTH // 1_000 + number % 700 // 2, 5_000)],
        )
        for number in range(1_000)
    ]
    begun = process_time()
    assert assessed(made).total.user_microseconds > 1_000_000 * HOUR
    assert process_time() - begun < 1
