"""Holds the oracle's figures of complaints to figures worked out by hand."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.oracle.town import NOON, at, complaint, count, number, rate


def timeliness(**fields: Any) -> tuple[int, int] | None:
    """The timeliness of a month with this one complaint, on 15 July at noon."""
    as_of = datetime.fromisoformat(at("15 12:00"))
    return rate(count(complaint("a", **fields), as_of=as_of), "complaint_timeliness_rate")


@pytest.mark.parametrize(
    ("due_at", "answered_at", "expected"),
    [
        ("12 12:00", "12 12:00", (1, 1)),  # equality is in time
        ("12 12:00", "12 12:01", (0, 1)),
        ("12 12:00", None, (0, 1)),  # past due on the 15th
        ("15 12:00", None, None),  # due this instant: not past it
        ("16 12:00", None, None),
        ("16 12:00", "15 11:00", (1, 1)),
        (None, "30 12:00", (1, 1)),  # nothing to be late for
        (None, None, None),
    ],
)
def test_a_complaint_is_decided_when_answered_or_past_due(
    due_at: str | None, answered_at: str | None, expected: tuple[int, int] | None
) -> None:
    """In time / decided of one complaint of 10 July, counted on the 15th at noon; undecided, it is in neither."""
    assert timeliness(due_at=due_at and at(due_at), answered_at=answered_at and at(answered_at)) == expected


def test_timeliness_and_overdue_are_by_the_handling_department() -> None:
    """简阳 2 in time of 3, 增值 (by either name) 0 of 2, one without a department 1 of 1: 3 of 6, 3 overdue."""
    late = {"due_at": at("11 12:00"), "answered_at": at("12 12:00")}
    figures = count(
        complaint("a", department="简阳分公司", answered_at=NOON),
        complaint("b", department="简阳分公司", answered_at=NOON, subscriber="7001111"),
        complaint("c", department="简阳分公司", **late, responsible="现业增值中心"),
        complaint("d", department="现业增值业务中心", **late),
        complaint("e", department="现业增值中心", due_at=at("11 12:00")),
        complaint("f", department="", answered_at=NOON),
        complaint("open", department="简阳分公司"),
    )
    assert rate(figures, "complaint_timeliness_rate") == (3, 6)
    assert rate(figures, "complaint_timeliness_rate", department="简阳分公司") == (2, 3)
    assert rate(figures, "complaint_timeliness_rate", department="简阳分公司", branch="现业") == (1, 2)
    assert rate(figures, "complaint_timeliness_rate", department="现业增值中心") == (0, 2)
    assert rate(figures, "complaint_timeliness_rate", department="none") == (1, 1)
    assert rate(figures, "complaint_timeliness_rate", branch="简阳") == (1, 1)
    assert figures.overdue == Counter({"简阳分公司": 1, "现业增值中心": 2})
    assert number(figures, "decided_complaints", department="简阳分公司") == 3
    assert number(figures, "complaints_answered_in_time", department="简阳分公司") == 2


def test_a_justified_share_is_of_all_complaints_of_the_branch() -> None:
    """现业 3 complaints, 公众 and 增值 each found responsible for one; 简阳 2, 公众 for one: 公众 is 2 of all 5."""
    figures = count(
        complaint("a", justified=True, responsible="公众", department="简阳分公司"),
        complaint("b", justified=True, responsible="现业增值业务中心"),
        complaint("c", justified=False, responsible="公众"),
        complaint("d", justified=True, responsible="公众", subscriber="7001111"),
        complaint("e", subscriber="7001112", department="公众"),
    )
    found = {cell: figure for (name, cell), figure in figures.indicators.items() if name == "justified_complaint_rate"}
    assert {tuple(sorted(cell)): figure for cell, figure in found.items()} == {
        (): (3, 5),
        (("branch", "现业"),): (2, 3),
        (("branch", "简阳"),): (1, 2),
        (("department", "公众"),): (2, 5),
        (("department", "现业增值中心"),): (1, 5),
        (("branch", "现业"), ("department", "公众")): (1, 3),
        (("branch", "简阳"), ("department", "公众")): (1, 2),
        (("branch", "现业"), ("department", "现业增值中心")): (1, 3),
    }
    assert number(figures, "justified_complaints", department="公众") == 2
    assert number(figures, "justified_complaints", department="简阳分公司") == 0


def test_a_justified_complaint_with_nobody_responsible_is_nobodys() -> None:
    """It counts in the total, and as a department of its own: none."""
    figures = count(complaint("a", justified=True, department="公众"), complaint("b"))
    assert rate(figures, "justified_complaint_rate") == (1, 2)
    assert rate(figures, "justified_complaint_rate", department="none") == (1, 2)
    assert rate(figures, "justified_complaint_rate", department="公众") is None


def test_complaints_are_counted_by_channel_category_and_branch() -> None:
    """Two by the hotline, two by 省公司 in two branches; labels that are absent or empty are none."""
    figures = count(
        complaint("a", channel="10000号", category="固话宽带障碍", network_fault=True),
        complaint("b", channel="10000号", category="费用争议", network_fault=False),
        complaint("c", channel="省公司", category="固话宽带障碍", network_fault=True),
        complaint("d", channel="省公司", category="", subscriber="7001111"),
        complaint("gone", channel="省公司", status="cancelled"),
        complaint("june", channel="省公司", received_at="2009-06-30T23:59:59+08:00"),
    )
    assert number(figures, "complaints") == 4
    assert number(figures, "complaints", channel="10000号") == 2
    assert number(figures, "complaints", channel="省公司", branch="现业") == 1
    assert number(figures, "complaints", channel="省公司", category="none", branch="简阳") == 1
    assert number(figures, "complaints", category="固话宽带障碍", branch="现业") == 2
    assert number(figures, "network_fault_complaints", category="固话宽带障碍") == 2
    assert rate(figures, "network_fault_complaint_share") == (2, 4)
    assert rate(figures, "network_fault_complaint_share", branch="现业") == (2, 3)
    assert rate(figures, "network_fault_complaint_share", branch="简阳") == (0, 1)


def test_a_channel_makes_escalated_unless_the_complaint_says_otherwise() -> None:
    """Escalated: by 工信部, and the one that says so. Not: 工信部 that says no, the hotline, no channel."""
    figures = count(
        complaint("a", channel="工信部申诉"),
        complaint("b", channel="工信部申诉", escalated=False),
        complaint("c", channel="10000号", escalated=True),
        complaint("d", channel="10000号"),
        complaint("e"),
    )
    assert number(figures, "escalated_complaints") == 2
    assert number(figures, "escalated_complaints", channel="10000号") == 1


def test_conducts_and_subcategories_are_of_those_that_have_one() -> None:
    """Three of five say where the conduct was, two divide their category."""
    figures = count(
        complaint("a", conduct="自有营业厅"),
        complaint("b", conduct="自有营业厅", subscriber="7001111"),
        complaint("c", conduct="10000号", category="智能网", subcategory="使用障碍"),
        complaint("d", conduct="", category="智能网", subcategory="计费争议"),
        complaint("e", category="智能网", subcategory=""),
    )
    assert number(figures, "complaint_conducts") == 3
    assert number(figures, "complaint_conducts", conduct="自有营业厅") == 2
    assert number(figures, "complaint_conducts", conduct="自有营业厅", branch="简阳") == 1
    assert number(figures, "complaint_subcategories", category="智能网") == 2
    assert number(figures, "complaint_subcategories", category="智能网", subcategory="计费争议") == 1


def test_penalties_are_of_their_own_departments_and_exact_to_the_fen() -> None:
    """增值 pays 20.00 under one name and 0.01 under another, 公众 nothing: two, one, 2,001 fen; June's is June's."""
    figures = count(
        complaint(
            "a",
            department="简阳分公司",
            penalties=[
                {"department": "现业增值业务中心", "kind": "overdue", "amount_fen": 2000},
                {"department": "公众", "kind": "keying_error", "amount_fen": 0},
            ],
        ),
        complaint("b", penalties=[{"department": "现业增值中心", "kind": "overdue", "amount_fen": 1}]),
        complaint("c", penalties=[]),
        complaint(
            "june",
            received_at="2009-06-30T12:00:00+08:00",
            penalties=[{"department": "公众", "kind": "justified", "amount_fen": 30_000}],
        ),
    )
    assert number(figures, "penalties") == 3
    assert number(figures, "penalties", department="现业增值中心", kind="overdue") == 2
    assert number(figures, "penalty_fen", department="现业增值中心") == number(figures, "penalty_fen") == 2001
    assert number(figures, "penalties", department="公众", kind="keying_error") == 1
    assert ("penalty_fen", frozenset({("department", "公众")})) not in figures.counts
    assert number(figures, "penalties", kind="justified") == 0


def test_a_correction_takes_everything_back() -> None:
    """Revision 2 moves the complaint to another line and month: July has none of it, its penalty neither."""
    penalties = [{"department": "公众", "kind": "overdue", "amount_fen": 2000}]
    before = complaint("a", penalties=penalties, conduct="网厅")
    after = complaint("a", revision=2, subscriber="7001111", was_subscriber="6631111", received_at=at("31 23:59"))
    for messages in ([before, after], [after, before]):
        figures = count(*messages)
        assert number(figures, "complaints") == number(figures, "complaints", branch="简阳") == 1
        assert number(figures, "penalties") == number(figures, "complaint_conducts") == 0
