"""The report's tables follow the definitions and the counts; the printed file's words stay in their places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from streams.core.months import Calendar
from streams.core.tables import TOTAL, MonthFigures, month_tables
from tests.core.installation import DEFINITIONS as PLAIN_DEFINITIONS
from tests.core.installation import Installation, at, ticket

DEFINITIONS = msgspec.structs.replace(
    PLAIN_DEFINITIONS,
    hotline="10000号",
    channels=("10000号", "省公司", "总经理热线"),
    escalated_channels=frozenset(["省公司"]),
    subcategories={"智能网": ("使用障碍", "计费争议")},
    conducts=("自有营业厅", "代理服务点"),
    assessed_items={"综合": "overall", "投诉处理": "complaint_handling", "投诉处理及时率": "complaint_timeliness"},
    handling_departments=("现业公众客户部", "简阳分公司"),
    penalised_departments=("现业公众客户部", "简阳合作商"),
    departments_of_branch={"现业": ("现业公众客户部",), "简阳": ("简阳合作商",)},
)
LAST_DAY = Calendar(DEFINITIONS.timezone).last_day("2009-07")


def tables(*events: dict[str, Any], topic: str = "faults", with_june: bool = True) -> dict[str, Any]:
    """Return July's tables of some events of one topic."""
    installation = Installation(partitions=2, definitions=DEFINITIONS)
    installation.send(events, topic=topic)
    installation.count(at("2009-08-05 00:00"))
    june = installation.tallies.month("2009-06") if with_june else None
    return month_tables(MonthFigures("2009-07", installation.tallies.month("2009-07"), june, DEFINITIONS, LAST_DAY))


def event(identity: str, **fields: Any) -> dict[str, Any]:
    """Return an event with the fields that all kinds have in common."""
    content = {"id": identity, "revision": 0, "updated_at": at("2009-07-31 10:00"), **fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def complaint(identity: str, month: int = 7, **fields: Any) -> dict[str, Any]:
    """Return a complaint received by the hotline from 现业, unless told otherwise."""
    received_at = at(f"2009-{month:02}-10 10:00")
    return event(identity, **{"subscriber": "6000001", "received_at": received_at, "channel": "10000号"} | fields)


def reported(identity: str, subscriber: str, day: int, month: int = 7, **fields: Any) -> dict[str, Any]:
    """Return a ticket of a day, restored within the hour unless told otherwise."""
    opened_at = at(f"2009-{month:02}-{day:02} 10:00")
    return ticket(identity, subscriber, opened_at, **{"restored_at": at(f"2009-{month:02}-{day:02} 10:30")} | fields)


def test_repeat_reports_have_a_row_per_brand_and_branch() -> None:
    """Two tickets of one E8 line in 现业 and one of another in 简阳: 1 of 2 users, 50 %, misses both tiers."""
    found = tables(
        reported("T1", "6000001", 1, brand="E8"),
        reported("T2", "6000001", 2, brand="E8"),
        reported("T3", "7000001", 3, brand="E8"),
    )["repeat_reports"]
    assert found["E8"] == {"现业": [1, 1, 100.0], "简阳": [1, 0, 0.0], TOTAL: [2, 1, 50.0]}
    assert found["E6"][TOTAL] == [0, 0, None]
    assert found["faults"] == {"E6": 0, "E8": 3}
    assert found["targets_pct"] == {"E6": {}, "E8": {"province": 8, "city": 5}}
    assert found["verdicts"] == {
        "E6": {"province": "no_data", "city": "no_data"},
        "E8": {"province": "missed", "city": "missed"},
    }


def test_mobile_is_compared_with_the_month_before() -> None:
    """Two mobile reports in June and one in July: one fewer; without June nothing is said."""
    tickets = [
        reported("T1", "6000001", 1, month=6, service="mobile", brand="彩信"),
        reported("T2", "6000002", 1, month=6, service="mobile", brand="彩信"),
        reported("T3", "6000003", 1, service="mobile", brand="彩信"),
    ]
    found = tables(*tickets)["mobile"]
    assert (found["previous_month_reports"], found["fewer_than_last_month"]) == (2, 1)
    assert found["restored_in_time"] == {"彩信": [1, 1, 100.0], TOTAL: [1, 1, 100.0]}
    assert found["repeat_reports"]["彩信"] == {"counts": [1, 0], "recomputed": 0.0}
    unknown = tables(*tickets, with_june=False)["mobile"]
    assert (unknown["previous_month_reports"], unknown["fewer_than_last_month"]) == (None, None)


def test_broadband_rows_are_the_parts_with_a_target_of_their_own() -> None:
    """The family and 普通ADSL have targets and rows, all else is other; growth is on the month before."""
    found = tables(
        reported("J1", "6000001", 1, month=6),
        reported("J2", "6000002", 1, month=6),
        reported("J3", "6000003", 1, month=6),
        reported("T1", "6000001", 1, brand="E6", preprocessed=True),
        reported("T2", "6000002", 1, brand="普通ADSL", restored_at=at("2009-07-03 10:00")),
        reported("T3", "6000003", 1, brand="没听说过", symptom="网速低"),
        reported("T4", "6000004", 1, symptom="网速低"),
    )["broadband"]
    assert found["restored_in_time"] == {"我的E家": [1, 1, 100.0], "普通ADSL": [1, 0, 0.0]}
    assert found["restored_in_time_target_pct"] == 95
    assert found["other_broadband_reports"] == 2
    assert found["reports"] == {"count": 4, "more_than_last_month": 1, "growth_pct_recomputed": 33.33}
    assert found["preprocessing"]["rate_pct"] == 25.0
    assert found["top_symptoms_pct"] == {"none": 50.0, "网速低": 50.0}


def test_a_falling_number_of_reports_has_a_negative_growth() -> None:
    """From three reports to two: −33.33 %, rounded like any other rate."""
    june = [reported(f"J{number}", f"600000{number}", 1, month=6) for number in range(3)]
    found = tables(*june, reported("T1", "6000001", 1), reported("T2", "6000002", 1))["broadband"]["reports"]
    assert found == {"count": 2, "more_than_last_month": -1, "growth_pct_recomputed": -33.33}


def test_orders_have_a_row_per_branch_over_the_families() -> None:
    """Of three orders of the family two are appointed and one is on time; one of another brand has no row."""
    appointed = {"appointed_at": at("2009-07-02 10:00"), "promised_for": at("2009-07-05 18:00")}
    found = tables(
        event("O1", created_at=at("2009-07-01 10:00"), subscriber="6000001", brand="E6")
        | event("O1", **appointed, completed_at=at("2009-07-05 18:00")),
        event("O2", created_at=at("2009-07-01 10:00"), subscriber="6000002", brand="E8")
        | event("O2", **appointed, completed_at=at("2009-07-05 18:01")),
        event("O3", created_at=at("2009-07-01 10:00"), subscriber="7000001", brand="E8"),
        event("O4", created_at=at("2009-07-01 10:00"), subscriber="7000002", brand="普通ADSL"),
        topic="orders",
    )["on_time_fulfilment"]
    rows = {name: row for name, row in found.items() if name != "columns"}
    assert rows == {
        "现业": [2, 2, 1, 100.0, 50.0],
        "简阳": [1, 0, 0, 0.0, None],
        TOTAL: [3, 2, 1, 66.67, 50.0],
    }


def test_complaints_of_other_channels_are_part_of_the_cases() -> None:
    """Two of four came by another channel; a channel that nobody listed has its row too."""
    found = tables(
        complaint("C1", network_fault=True),
        complaint("C2"),
        complaint("C3", channel="省公司", category="费用争议"),
        complaint("C4", channel="来访", category="费用争议", subscriber="7000001"),
        complaint("J1", month=6),
        topic="complaints",
    )["complaints"]
    assert (found["cases"], found["fewer_than_last_month"]) == (4, -3)
    assert (found["network_fault_count"], found["network_fault_share_pct"]) == (1, 25.0)
    assert found["other_channels"] == {"省公司": {"现业": 1}, "总经理热线": {}, "来访": {"简阳": 1}}
    assert found["other_channels_by_category"] == {"费用争议": 2}
    assert found["other_channels_within_cases"] is True
    assert found["escalated_channels"] == ["省公司"]


def test_conduct_and_divided_categories_make_the_other_business() -> None:
    """Listed places and subcategories have their number even where it is 0; other categories' parts do not count."""
    found = tables(
        complaint("C1", conduct="代理服务点"),
        complaint("C2", category="智能网", subcategory="计费争议"),
        complaint("C3", category="别的", subcategory="部分"),
        topic="complaints",
    )["complaints"]
    assert found["service_conduct"] == {"total": 1, "自有营业厅": 0, "代理服务点": 1}
    assert found["intelligent_network"] == {"total": 1, "使用障碍": 0, "计费争议": 1}
    assert found["other_business"] == 2


def test_overdue_complaints_stand_under_the_department_that_handles_them() -> None:
    """Late, and never answered, are overdue; a department without any shows 0, one that nobody listed its number."""
    due = {"due_at": at("2009-07-12 10:00")}
    found = tables(
        complaint("C1", department="现业公众客户部", **due, answered_at=at("2009-07-12 10:00")),
        complaint("C2", department="现业公众客户部", **due, answered_at=at("2009-07-12 10:01")),
        complaint("C3", department="新部门", **due),
        complaint("C4", department="别的部门", **due, answered_at=at("2009-07-11 10:00")),
        topic="complaints",
    )
    assert found["complaints"]["overdue_by_department"] == {"现业公众客户部": 1, "简阳分公司": 0, "新部门": 1, TOTAL: 2}
    assert found["contact_points"]["hotline"]["complaint_timeliness_pct"] == 50.0


def test_penalties_are_exact_to_the_fen_and_blank_where_there_is_none() -> None:
    """310.76 yuan stay 310.76; a listed department without penalty has a blank row, its total is 0."""
    fined = [
        {"department": "简阳合作商", "kind": "overdue", "amount_fen": 4000},
        {"department": "简阳合作商", "kind": "keying_error", "amount_fen": 31000},
        {"department": "简阳合作商", "kind": "keying_error", "amount_fen": 76},
        {"department": "没听说过", "kind": "overdue", "amount_fen": 0},
        {"department": "简阳合作商", "kind": "justified", "amount_fen": 30000},
    ]
    found = tables(complaint("C1", penalties=fined), topic="complaints")["complaints"]
    assert found["penalties"] == {
        "现业公众客户部": [None, None, None, None, None, None, 0],
        "简阳合作商": [1, 40, None, None, 2, 310.76, 350.76],
        "没听说过": [1, 0, None, None, None, None, 0],
        TOTAL: [2, 40, 0, 0, 2, 310.76, 350.76],
    }
    assert found["justified_penalty"] == {
        "month_recomputed": "2009-07",
        "department": "简阳合作商",
        "现业": [0, 0],
        "简阳": [1, 300],
        TOTAL: [1, 300],
    }


def test_a_month_without_penalty_for_a_justified_complaint_names_nobody() -> None:
    """No month, no department, zeros."""
    found = tables(complaint("C1"), topic="complaints")["complaints"]["justified_penalty"]
    assert found == {"month_recomputed": None, "department": None, "现业": [0, 0], "简阳": [0, 0], TOTAL: [0, 0]}


def test_justified_complaints_stand_under_the_department_found_responsible() -> None:
    """Shares are of the justified ones; the department that handles a complaint does not matter."""
    found = tables(
        complaint("C1", justified=True, responsible="外呼组", department="简阳分公司"),
        complaint("C2", justified=True, responsible="外呼组"),
        complaint("C3", justified=True, responsible="渠道营业厅"),
        complaint("C4", justified=False, responsible="渠道营业厅"),
        topic="complaints",
    )["complaints"]
    assert found["justified_by_department"] == {"外呼组": 2, "渠道营业厅": 1, TOTAL: 3}
    assert found["justified_shares_pct"] == {"外呼组": 66.67, "渠道营业厅": 33.33}


def test_call_backs_of_the_province_and_of_the_branch_are_told_apart() -> None:
    """The province's sample is whom it reached; our calls are listed by what they are about."""
    called_at = at("2009-07-10 10:00")
    province = {"called_at": called_at, "subject": "complaint", "caller": "province", "reached": True}
    found = tables(
        event("B1", **province, branch="现业", timely=True, attitude=False),
        event("B2", **province, branch="简阳", timely=False, attitude=False),
        event("B3", called_at=called_at, subject="order", caller="local", reached=True),
        event("B4", called_at=called_at, subject="vip", caller="local", reached=False),
        topic="callbacks",
    )
    assert found["satisfaction"]["province_callback"] == {
        "sample": {"现业": 1, "简阳": 1, TOTAL: 2},
        "timely_pct": 50.0,
        "attitude_pct": 0.0,
        "satisfied_pct": None,
    }
    assert found["satisfaction"]["local_callback"] == {
        "called": 2,
        "called_by_subject": {"order": 1, "vip": 1},
        "reached": 1,
        "reached_pct_recomputed": 50.0,
    }
    assert found["vip"] == {"called": 1, "reached": 0, "reached_pct": 0.0}


def test_assessments_have_a_row_per_unit() -> None:
    """Places won are better, lost ones worse; an item that nobody listed keeps its name, one assessed twice is left."""
    month = {"month": "2009-07"}
    found = tables(
        event("A1", **month, subject="10000号", item="综合", rank=8, rank_change=2),
        event("A2", **month, subject="10000号", item="投诉处理", rank=18, rank_change=1),
        event("A3", **month, subject="10000号", item="投诉处理及时率", score="92.48"),
        event("A4", **month, subject="车城大道营业厅", item="综合", rank=13, rank_change=-2),
        event("A5", **month, subject="车城大道营业厅", item="整洁", rank=3),
        event("A6", **month, subject="车城大道营业厅", item="礼仪", rank=3),
        event("A7", **month, subject="车城大道营业厅", item="礼仪", rank=4),
        topic="assessments",
    )["contact_points"]
    assert found == {
        "hotline": {
            "rank_in_province": 8,
            "better_by": 2,
            "complaint_handling_rank": 18,
            "complaint_timeliness_assessed": 92.48,
            "complaint_timeliness_pct": None,
            "target_pct": None,
        },
        "车城大道营业厅": {"rank_in_province": 13, "worse_by": 2, "整洁_rank": 3},
    }
