"""July 2009, counted in memory: the printed report's tables and contradictions, the oracle's figures, the terminal."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from streams.core.checks import CONTRADICTIONS, TOO_MANY, checks
from streams.core.months import HOUR, datetime_of, instant_of
from streams.core.outages.month import month_of_outages
from streams.core.snapshot import Snapshot, build_snapshot
from streams.core.tables.agreements import agreements
from streams.definitions import load
from streams.reports.terminal import print_report
from streams.samples import july_2009, printed
from streams.samples.lines import Line
from tests.core.installation import Installation, at
from tests.oracle import Figures, assert_equal, recount
from tests.printed_report import CONTRADICTED, contradictions, differences

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
AS_OF = datetime_of(july_2009.AS_OF)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Return the sample month's messages."""
    return list(july_2009.lines())


@pytest.fixture(scope="module")
def july(lines: list[Line]) -> Installation:
    """Return an installation that has counted the sample month."""
    installation = Installation(partitions=4, definitions=DEFINITIONS)
    for line in lines:
        installation.append(line.key or b"", line.value, topic=line.topic)
    installation.count(AS_OF)
    return installation


@pytest.fixture(scope="module")
def snapshot(july: Installation) -> Snapshot:
    """Return July's snapshot, compared with the printed report."""
    return build_snapshot(july_2009.PERIOD, july.tallies, DEFINITIONS, printed.report())


@pytest.fixture(scope="module")
def alone(july: Installation) -> Snapshot:
    """Return July's snapshot without any printed report."""
    return build_snapshot(july_2009.PERIOD, july.tallies, DEFINITIONS)


def test_every_printed_figure_is_recomputed(snapshot: Snapshot) -> None:
    """The reference's tree, figure by figure, is in the tables, but for what it marks as printed wrongly and words."""
    assert differences(snapshot.tables) == {}


def test_every_printed_figure_is_compared(snapshot: Snapshot) -> None:
    """The comparison can fail: all figures are missing in an empty tree, one that is changed is named."""
    assert len(differences({})) > 350
    slip = deepcopy(snapshot.tables)
    put(slip, "complaints.penalties.渠道营业厅[5]", 310.67)
    assert differences(slip) == {"complaints.penalties.渠道营业厅[5]": (310.76, 310.67)}


def test_the_report_s_contradictions_are_found(snapshot: Snapshot) -> None:
    """All that its figures can show, and nothing else."""
    assert contradictions(snapshot.checks) == CONTRADICTED
    assert {check.note for check in snapshot.checks} == CONTRADICTIONS


def test_a_corrected_report_has_none(snapshot: Snapshot) -> None:
    """With what the checks say in place of what was printed, and calls told apart by subject, no check is left."""
    corrected = deepcopy(dict(printed.report()))
    for check in snapshot.checks:
        if check.note != TOO_MANY:
            put(corrected, check.where, check.recomputed)
    subjects = snapshot.tables["satisfaction"]["local_callback"]["called_by_subject"]
    corrected["satisfaction"]["local_callback"]["called_by_subject"] = subjects
    assert checks(corrected, snapshot.tables, list(agreements(DEFINITIONS))) == []


def test_a_report_with_one_wrong_figure_has_one_more_check(snapshot: Snapshot) -> None:
    """A slip of the pen in any table is found, at its place."""
    slip = deepcopy(dict(printed.report()))
    put(slip, "complaints.penalties.渠道营业厅[5]", 310.67)
    found = checks(slip, snapshot.tables, list(agreements(DEFINITIONS)))
    assert [check.where for check in found if check not in snapshot.checks] == ["complaints.penalties.渠道营业厅[5]"]


def put(tree: Any, where: str, figure: Any) -> None:
    """Put a figure into a tree at the place that a check names."""
    *path, last = [int(key[1:-1]) if key.startswith("[") else key for key in re.findall(r"\[\d+\]|[^.\[]+", where)]
    for key in path:
        tree = tree[key]
    tree[last] = figure


def test_verdicts_are_those_of_the_report_and_of_its_branches(snapshot: Snapshot) -> None:
    """E8 misses the city's 5 %; in 安岳 E6 and E8 miss the province's 8 % too, whatever the report's text says."""
    assert snapshot.tables["repeat_reports"]["verdicts"] == printed.report()["repeat_reports"]["verdicts"]
    missed = {
        (figure.labels["brand"], figure.labels["branch"])
        for figure in snapshot.indicators
        if (figure.id, set(figure.labels)) == ("repeat_report_rate", {"brand", "branch"})
        and figure.verdicts["province"] == "missed"
        and figure.labels["brand"] in printed.home_brands()
    }
    assert missed == {("E6", "安岳"), ("E8", "安岳")}


@pytest.fixture(scope="module")
def expected(july: Installation) -> Figures:
    """Return July as the oracle counts it from the raw messages."""
    return recount(
        july.messages(),
        period=july_2009.PERIOD,
        as_of=AS_OF,
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
        aliases=DEFINITIONS.aliases,
        escalated_channels=DEFINITIONS.escalated_channels,
    )


def test_every_figure_is_the_oracle_s(expected: Figures, snapshot: Snapshot) -> None:
    """All subsets of labels of all indicators and counts, counted anew from the raw messages by independent code."""
    stated = [
        {"id": one.id, "labels": one.labels, "numerator": one.numerator, "denominator": one.denominator}
        for one in snapshot.indicators
    ]
    assert_equal(expected, stated)
    counts = {(one.id, frozenset(one.labels.items())): one.count for one in snapshot.counts if one.count}
    known = {where: number for where, number in expected.counts.items() if where in counts}
    known |= {("fault_tickets", cell): number for cell, number in expected.tickets.items()}
    assert {where: number for where, number in counts.items() if number != known.get(where)} == {}


def test_every_figure_without_outages_is_the_oracle_s(expected: Figures, snapshot: Snapshot) -> None:
    """Of faults and complaints, as if the reports that belong to outages had never been made."""
    of_reports = {indicator for indicator, _ in expected.without_outages.indicators}
    stated = [
        {"id": one.id, "labels": one.labels, "numerator": rest.numerator, "denominator": rest.denominator}
        for one in snapshot.indicators
        if one.id in of_reports
        for rest in [one.without_outages or one]
    ]
    assert_equal(expected.without_outages, stated)
    assert sum(one.without_outages is not None for one in snapshot.indicators) > 300
    assert not any(one.without_outages for one in snapshot.indicators if one.id not in of_reports)


def test_every_outage_is_the_oracle_s(expected: Figures, snapshot: Snapshot) -> None:
    """Users, hours and reports of each, and the month's sums, worked out line by line by independent code."""
    assert {one.id for one in snapshot.outages} == expected.outages.keys()
    for one in snapshot.outages:
        told = expected.outages[one.id]
        impact, reports = told.impact, told.reports
        assert (one.branch, one.users, one.users_from) == (told.branch, impact.users, impact.users_from)
        for hours, microseconds in (
            (one.user_hours, impact.user_microseconds),
            (one.user_hours_whole, impact.whole_user_microseconds),
        ):
            assert hours == pytest.approx((microseconds or 0) / HOUR, abs=0.005)
        assert (one.reports, one.reporters) == (reports.total, reports.reporters)
        assert {symptom.value: symptom.count for symptom in one.symptoms} == dict(reports.symptoms.most_common(3))
        assert (instant(one.first_report_at), instant(one.last_report_at)) == (reports.first_at, reports.last_at)
    for kind, total in (("confirmed", snapshot.outage_totals.total), ("planned", snapshot.outage_totals.planned)):
        impacts = [told.impact for told in expected.outages.values() if told.kind == kind]
        assert total.users == sum(impact.interruptions or 0 for impact in impacts)
        net = sum(impact.net_user_microseconds or 0 for impact in impacts)
        assert total.user_hours == pytest.approx(net / HOUR, abs=0.005)


def test_the_month_s_outages_are_those_printed(snapshot: Snapshot) -> None:
    """About 10,652 user-hours in all, as chapter 3.4 gives them by users and hours; planned work is not among them."""
    rows = printed.report()["outages"]
    user_hours = sum(Decimal(str(row["hours"])) * row["users"] for row in rows)
    assert snapshot.outage_totals.total.user_hours == float(user_hours)
    restored = ["restored"] * 3
    assert [one.state for one in snapshot.outages] == [*restored, "planned", *restored]
    assert {one.users: one.numbers for one in snapshot.outages if one.numbers} == {127: 128, 255: 256}


def test_an_outage_is_live_while_it_is_replayed(lines: list[Line]) -> None:
    """On 14 July: nothing yet, 80 users under too narrow a prefix, all 600, and over with the hours printed."""
    of_outages = [line for line in lines if line.topic == "outages"]
    installation = Installation(partitions=4, definitions=DEFINITIONS)
    seen, sent = [], 0
    for clock in ("18:30", "18:54", "20:24", "22:30"):
        now = at(f"2009-07-14 {clock}")
        while sent < len(of_outages) and of_outages[sent].at <= instant_of(now):
            installation.append(of_outages[sent].key or b"", of_outages[sent].value, topic="outages")
            sent += 1
        installation.count(now)
        found = month_of_outages(july_2009.PERIOD, installation.tallies, DEFINITIONS).outages
        seen += [(one.state, one.place, one.users_out, one.user_hours) for one in found if one.id == "QZ-20090714-1"]
    assert seen == [
        ("active", "6635", 80, 40.0),
        ("active", "663", 600, 1200.0),
        ("restored", "663", 0, 2100.0),
    ]


def instant(text: str | None) -> int | None:
    """Return the instant of a snapshot's time."""
    return None if text is None else instant_of(datetime.fromisoformat(text))


def shown(snapshot: Snapshot, *, beside_printed: bool) -> str:
    """Return what the terminal shows."""
    console = Console(width=160)
    with console.capture() as captured:
        print_report(snapshot, printed.report() if beside_printed else None, console)
    return captured.get()


@pytest.mark.parametrize(
    "line",
    [
        "合计 2,771 / 2,931 = 94.54 % 2,771 / 2,931 = 94.54 % – –",
        "E8 合计 502 / 6,910 = 7.26 % 502 / 6,910 = 7.26 % met 达标 missed 未达标",
        "无线上网(C+W) 5 / 83 = 6.02 % 5 / 83 = 1.20 % met 达标 –",
        "broadband · reports · growth % 48.32 32.60",
        "回访及时满意率 Timely, say those called back, province 合计 28 / 30 = 93.33 % 28 / 30 = 93.33 % – –",
        "hotline · complaint timeliness % 97.36 92.48",
        "penalties · 渠道营业厅 4 200 2 100 8 310.76 610.76 4 200 2 100 8 310.76 610.76",
        "overdue by department · 安岳分公司 4 4",
        "2.1 履约准时率（剔除15天内故障） On-time fulfilment without early faults (provisional until 2009-08-16)",
        "07-05 6182xxx (128 numbers) 127 2.00 254.00 127 2.00 254.00",
        "合计 2,578 10,652.15 2,578 10,652.15",
        "outages[1].users 128 127 the printed number ranges hold another number of lines",
    ],
)
def test_the_terminal_shows_the_printed_figure_beside_the_computed_one(snapshot: Snapshot, line: str) -> None:
    """One line a figure: computed, printed, and what each tier says; at the end, what does not hold."""
    assert line in [" ".join(shown_line.split()) for shown_line in shown(snapshot, beside_printed=True).splitlines()]


def test_the_terminal_says_how_little_few_answers_tell(alone: Snapshot) -> None:
    """One satisfied answer of one in 乐至: too few, anything from 21 % to 100 % is possible."""
    lines = [" ".join(line.split()) for line in shown(alone, beside_printed=False).splitlines()]
    [line] = [line for line in lines if "Timely, say those called back, province 乐至" in line]
    assert line.endswith("too few, 21–100 % too few, 21–100 %")


def test_the_terminal_shows_a_month_of_which_nothing_is_printed(alone: Snapshot) -> None:
    """Without a printed report there is no column for it, and nothing that does not hold."""
    text = shown(alone, beside_printed=False)
    assert "E8 合计" in text
    assert "printed" not in text.lower()
