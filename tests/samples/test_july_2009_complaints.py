"""The sample's complaints, counted plainly, give every printed figure of chapter 3.2."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from streams.samples.july_2009 import JULY
from streams.samples.lines import Line
from tests.samples.counting_others import Fact, count, department, fined, newest, overdue, valid_in
from tests.samples.test_july_2009_figures import REPORT, in_branch, percent

TABLE = REPORT["complaints"]
HOTLINE = REPORT["hotline"]
KINDS = ("overdue", "irregular_note", "keying_error")


@pytest.fixture(scope="module")
def cases(july_facts: dict[str, list[Fact]]) -> list[Fact]:
    """July's valid complaints."""
    return july_facts["complaints"]


def test_cases(cases: list[Fact], june_facts: dict[str, list[Fact]]) -> None:
    """3.2: July has 1,061 cases, 1,033 of them by the hotline, 356 about the network; June had 240 more."""
    assert len(cases) == TABLE["cases"]
    assert len(june_facts["complaints"]) - len(cases) == TABLE["fewer_than_last_month"]
    assert count(cases, "network_fault")[True] == TABLE["network_fault_count"]
    assert percent(TABLE["network_fault_count"], len(cases)) == TABLE["network_fault_share_pct"]


def test_other_channels(cases: list[Fact]) -> None:
    """3.2.1: the 28 of other channels lie within the cases, by channel and branch, and by category as narrated."""
    others = [case for case in cases if case["channel"] != HOTLINE]
    by_place = count(others, "channel", "branch")
    assert by_place == {(c, b): n for c, row in TABLE["other_channels"].items() for b, n in row.items()}
    assert count(others, "category") == TABLE["other_channels_by_category"]
    escalated = [case for case in cases if case.get("escalated", case["channel"] in TABLE["escalated_channels"])]
    assert len(escalated) == sum(sum(TABLE["other_channels"][name].values()) for name in TABLE["escalated_channels"])


def test_other_business(cases: list[Fact]) -> None:
    """3.2: conduct by the place where it happened, and the parts of the intelligent network, 53 together."""
    conduct = count(cases, "conduct")
    parts = count([case for case in cases if case["category"] == "智能网"], "subcategory")
    assert {"total": conduct.total(), **conduct} == TABLE["service_conduct"]
    assert {"total": parts.total(), **parts} == TABLE["intelligent_network"]
    assert conduct.total() + parts.total() == TABLE["other_business"]


def test_overdue(cases: list[Fact]) -> None:
    """3.2.9: 28 cases were answered past their due, or are past it without an answer, by who handles them."""
    late = Counter(department(case) for case in cases if overdue(case))
    assert {**late, "合计": late.total()} == TABLE["overdue_by_department"]
    unanswered = [case for case in cases if "answered_at" not in case]
    assert 0 < len(unanswered) < 5
    assert all(overdue(case) for case in unanswered)


def test_penalties(cases: list[Fact]) -> None:
    """3.2.10: numbers and amounts per penalised department and kind are the printed ones, exact to the fen."""
    rows: dict[Any, list[int]] = {
        (name, kind): [row[2 * column], _fen(row[2 * column + 1])]
        for name, row in TABLE["penalties"].items()
        for column, kind in enumerate(KINDS)
        if row[2 * column] and name != "合计"
    }
    fines = fined(cases, lambda penalty: (penalty["department"], penalty["kind"]))
    assert {key: sums for key, sums in fines.items() if key[1] != "justified"} == rows
    totals = fined(cases, lambda penalty: penalty["kind"])
    printed = TABLE["penalties"]["合计"]
    assert [totals[kind][0] for kind in KINDS] == [printed[0], printed[2], printed[4]]
    assert sum(totals[kind][1] for kind in KINDS) == _fen(printed[6])


def test_late_cases_are_the_ones_that_cost(cases: list[Fact]) -> None:
    """Whoever pays, a penalty for an overdue case belongs to a case that is overdue."""
    costing = [case for case in cases if any(p["kind"] == "overdue" for p in case.get("penalties", []))]
    assert {case["id"] for case in costing} == {case["id"] for case in cases if overdue(case)}


def test_justified(cases: list[Fact]) -> None:
    """3.2.10: 17 cases are justified, by who was responsible; one, of a named line and day, costs 300 yuan."""
    justified = [case for case in cases if case.get("justified")]
    responsible = count(justified, "responsible")
    assert {**responsible, "合计": len(justified)} == TABLE["justified_by_department"]
    table = TABLE["justified_penalty"]
    (case,) = [case for case in justified if any(p["kind"] == "justified" for p in case.get("penalties", []))]
    assert [case["subscriber"], case["responsible"]] == [table["subscriber"], table["department"]]
    assert (case["received_at"].month, case["received_at"].day) == (7, 30)
    assert [len(case["penalties"]), case["penalties"][0]["amount_fen"]] == [1, _fen(table[case["branch"]][1])]


def test_who_complains_of_a_fault_has_one(cases: list[Fact], july: list[Fact], june: list[Fact]) -> None:
    """Nearly every case about the network is of a line with a ticket in the same branch in the days before."""
    tickets = {(t["subscriber"], branch) for branch in REPORT["branches"] for t in in_branch([*july, *june], branch)}
    faults = [case for case in cases if case["network_fault"]]
    assert sum((case["subscriber"], case["branch"]) in tickets for case in faults) > 0.95 * len(faults)


@pytest.mark.parametrize(
    "heeded",
    [
        pytest.param(lambda line: b'"status":"cancelled"' not in (line.value or b""), id="cancelling is overlooked"),
        pytest.param(lambda line: b"was_subscriber" not in (line.value or b""), id="a changed number is overlooked"),
        pytest.param(lambda line: b'"subscriber":"%b"' % (line.key or b"") in (line.value or b""), id="wrong keys"),
        pytest.param(lambda line: line.at < JULY.end, id="late facts are dropped"),
        pytest.param(lambda line: b'"revision":0' in (line.value or b""), id="corrections are overlooked"),
    ],
)
def test_the_extras_would_move_figures(lines: list[Line], cases: list[Fact], heeded: Callable[[Line], bool]) -> None:
    """The extras of the stream are no decoration: who overlooks one kind of them counts another month."""
    wrong = valid_in("complaints", newest("complaints", filter(heeded, lines)), 2009, 7)
    assert _summary(wrong) != _summary(cases)


def _summary(cases: list[Fact]) -> list[object]:
    names = ("channel", "category", "branch", "department", "network_fault")
    overdue_cases = sum(overdue(case) for case in cases)
    return [len(cases), count(cases, *names), overdue_cases, count(cases, "justified"), fined(cases, lambda _: 0)]


def _fen(yuan: float) -> int:
    return int(Decimal(str(yuan)) * 100)
