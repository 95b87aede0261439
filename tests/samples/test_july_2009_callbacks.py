"""The sample's call-backs and assessments, counted plainly, give the printed figures of chapters 3.3 and 3.1."""

from collections import Counter
from collections.abc import Callable

import pytest

from streams.samples.july_2009 import JULY
from streams.samples.lines import Line
from tests.samples.counting import Ticket
from tests.samples.counting_others import Fact, count, newest, valid_in
from tests.samples.test_july_2009_figures import REPORT, percent

TABLE = REPORT["satisfaction"]
QUESTIONS = ("timely", "attitude", "satisfied")


@pytest.fixture(scope="module")
def called(july_facts: dict[str, list[Fact]]) -> list[Fact]:
    """July's call-backs."""
    return july_facts["callbacks"]


def by(called: list[Fact], caller: str) -> list[Fact]:
    """Return the calls that a caller made."""
    return [call for call in called if call["caller"] == caller]


def test_province_sample(called: list[Fact]) -> None:
    """3.3.1: the province reached 30 customers, by branch; 28 say timely, 26 praise the attitude, 29 are satisfied."""
    calls, table = by(called, "province"), TABLE["province_callback"]
    assert {**count(calls, "branch"), "合计": len(calls)} == table["sample"]
    assert count(calls, "reached") == {True: len(calls)}
    for question in QUESTIONS:
        answers = count(calls, question)
        assert percent(answers[True], answers.total()) == table[f"{question}_pct"], question
        assert answers.total() == len(calls)


def test_local_calls(called: list[Fact]) -> None:
    """3.3.2: the branch called 1,275 and reached 712; only who was reached was asked, and not everybody everything."""
    calls, table = by(called, "local"), TABLE["local_callback"]
    reached = [call for call in calls if call["reached"]]
    assert [len(calls), len(reached)] == [table["called"], table["reached"]]
    assert percent(len(reached), len(calls)) == table["reached_pct_recomputed"]
    for question in QUESTIONS:
        assert 0.8 * len(reached) < sum(question in call for call in reached) < len(reached)
        assert not any(question in call for call in calls if not call["reached"])


def test_what_the_calls_are_about(
    called: list[Fact],
    facts: dict[str, list[Fact]],
    july_facts: dict[str, list[Fact]],
    tickets: list[Ticket],
) -> None:
    """Every call names something real that was done before; nothing has two local calls."""
    done = {ticket["id"]: ticket.get("restored_at") for ticket in tickets}
    done |= {case["id"]: case.get("answered_at") for case in facts["complaints"]}
    done |= {order["id"]: order.get("completed_at") for order in facts["orders"]}
    assert all(done[call["ref"]] < call["called_at"] for call in called)
    local = by(called, "local")
    assert len(count(local, "subject", "ref")) == len(local)
    cases = {case["id"] for case in july_facts["complaints"]}
    assert sum(call["ref"] not in cases for call in local) >= TABLE["local_callback"]["called"] - len(cases)
    assert count(local, "subject").keys() == {"complaint", "order", "fault", "vip"}
    vip = {ticket["id"] for ticket in tickets if ticket["vip"]}
    assert {call["ref"] for call in local if call["subject"] == "vip"} <= vip


@pytest.mark.parametrize(
    "heeded",
    [
        pytest.param(lambda line: b'"id":"%b"' % (line.key or b"") in (line.value or b""), id="wrong keys"),
        pytest.param(lambda line: line.at < JULY.end, id="late facts are dropped"),
        pytest.param(lambda line: b'"revision":0' in (line.value or b""), id="corrections are overlooked"),
    ],
)
def test_the_extras_would_move_figures(lines: list[Line], called: list[Fact], heeded: Callable[[Line], bool]) -> None:
    """The extras of the stream are no decoration: who overlooks one kind of them counts another month."""
    wrong = valid_in("callbacks", newest("callbacks", filter(heeded, lines)), 2009, 7)
    assert _summary(wrong) != _summary(called)


def test_assessments(july_facts: dict[str, list[Fact]], june_facts: dict[str, list[Fact]]) -> None:
    """3.1: ranks, their changes, score and target are as printed; June's ranks are those that they changed from."""
    table, hotline = REPORT["contact_points"]["hotline"], REPORT["hotline"]
    (hall,) = REPORT["contact_points"].keys() - {"hotline"}
    assessed = {(fact["subject"], fact["item"]): fact for fact in july_facts["assessments"]}
    ranks = {key: fact["rank"] for key, fact in assessed.items() if "rank" in fact}
    assert ranks == {
        (hotline, "综合"): table["rank_in_province"],
        (hotline, "问题解决"): table["problem_solving_rank"],
        (hotline, "投诉处理"): table["complaint_handling_rank"],
        (hall, "综合"): REPORT["contact_points"][hall]["rank_in_province"],
    }
    changes = {key: fact["rank_change"] for key, fact in assessed.items() if "rank_change" in fact}
    assert changes == {
        (hotline, "综合"): table["better_by"],
        (hall, "综合"): -REPORT["contact_points"][hall]["worse_by"],
    }
    timeliness = assessed[hotline, "投诉处理及时率"]
    assert float(timeliness["score"]) == table["complaint_timeliness_pct"]
    assert timeliness["target"] == table["target_pct"]
    june = {(fact["subject"], fact["item"]): fact["rank"] for fact in june_facts["assessments"]}
    assert june == {key: ranks[key] + change for key, change in changes.items()}


def _summary(called: list[Fact]) -> tuple[int, list[Counter[object]]]:
    return len(called), [count(called, name) for name in ("caller", "branch", "reached", *QUESTIONS)]
