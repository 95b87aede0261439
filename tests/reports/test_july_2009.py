"""July 2009, counted in memory: the printed report's tables, the oracle's figures, and the terminal's tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from streams.core.checks import AS_PRINTED
from streams.core.months import datetime_of
from streams.core.snapshot import Snapshot, build_snapshot
from streams.definitions import load
from streams.reports.terminal import print_report
from streams.samples import july_2009, printed
from tests.core.installation import Installation
from tests.oracle import assert_equal, recount

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
AS_OF = datetime_of(july_2009.AS_OF)


@pytest.fixture(scope="module")
def july() -> Installation:
    """Return an installation that has counted the sample month."""
    installation = Installation(partitions=4, definitions=DEFINITIONS)
    for line in july_2009.lines():
        installation.append(line.key or b"", line.value)
    installation.count(AS_OF)
    return installation


@pytest.fixture(scope="module")
def snapshot(july: Installation) -> Snapshot:
    """Return July's snapshot, compared with the printed report."""
    return build_snapshot(july_2009.PERIOD, july.tallies, DEFINITIONS, printed.report())


def test_every_printed_figure_is_recomputed(snapshot: Snapshot) -> None:
    """What differs is what the report itself marks as not following from its own counts, and all of that."""
    assert all(check.where.endswith(AS_PRINTED) for check in snapshot.checks)
    assert len(snapshot.checks) == 5


def test_every_figure_is_the_oracle_s(july: Installation, snapshot: Snapshot) -> None:
    """All subsets of labels of all indicators, counted anew from the raw messages by independent code."""
    figures = recount(
        july.messages(),
        period=july_2009.PERIOD,
        as_of=AS_OF,
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
    )
    stated = [
        {"id": one.id, "labels": one.labels, "numerator": one.numerator, "denominator": one.denominator}
        for one in snapshot.indicators
    ]
    assert_equal(figures, stated)


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


def shown(snapshot: Snapshot, *, beside_printed: bool) -> str:
    """Return what the terminal shows."""
    console = Console(width=140)
    with console.capture() as captured:
        print_report(snapshot, printed.report() if beside_printed else None, console)
    return captured.get()


def test_the_terminal_shows_the_printed_figure_beside_the_computed_one(snapshot: Snapshot) -> None:
    """One line a figure: computed, printed, and what each tier says."""
    lines = [" ".join(line.split()) for line in shown(snapshot, beside_printed=True).splitlines()]
    assert "E8 合计 502 / 6,910 = 7.26 % 502 / 6,910 = 7.26 % met 达标 missed 未达标" in lines
    assert "无线上网(C+W) 5 / 83 = 6.02 % 5 / 83 = 1.20 % met 达标 –" in lines
    assert "Broadband reports, growth in % 48.32 32.60" in lines


def test_the_terminal_shows_a_month_of_which_nothing_is_printed(snapshot: Snapshot) -> None:
    """Without a printed report there is no column for it."""
    text = shown(snapshot, beside_printed=False)
    assert "printed" not in text
    assert "E8 合计" in text
