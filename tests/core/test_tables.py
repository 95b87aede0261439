"""The report's tables follow the definitions and the counts; the printed file's words stay in their places."""

from __future__ import annotations

from typing import Any

from streams.core.checks import Check, checks
from streams.core.months import Calendar
from streams.core.tables import TOTAL, MonthTables
from tests.core.installation import DEFINITIONS, Installation, at, ticket

LAST_DAY = Calendar(DEFINITIONS.timezone).last_day("2009-07")


def tables(*tickets: dict[str, Any], with_june: bool = True) -> dict[str, Any]:
    """Return July's tables of some tickets."""
    installation = Installation(partitions=2)
    installation.send(tickets)
    installation.count(at("2009-08-05 00:00"))
    june = installation.tallies.month("2009-06") if with_june else None
    return MonthTables(installation.tallies.month("2009-07"), june, DEFINITIONS, LAST_DAY).tree()


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


def test_checks_list_what_differs_and_nothing_else() -> None:
    """A printed rate beside its recomputed one, a wrong count in a row, a figure with no events behind it."""
    printed = {
        "mobile": {
            "rows": {"a": [3, 1, 33.33], "b": [3, 2, 66.67]},
            "repeat_reports": {"a": {"counts": [5, 1], "as_printed": 3.7, "recomputed": 20.0}, "note": "words"},
            "growth_pct_as_printed": 32.6,
            "unheard_of": 7,
            "equal": 100,
        },
        "complaints": {"cases": 1},
    }
    recomputed = {
        "mobile": {
            "rows": {"a": [3, 1, 33.33], "b": [3, 1, 33.33]},
            "repeat_reports": {"a": {"counts": [5, 1], "recomputed": 20.0}},
            "growth_pct_recomputed": 48.32,
            "equal": 100.0,
        }
    }
    found = checks(printed, recomputed)
    assert [(check.where, check.printed, check.recomputed) for check in found] == [
        ("mobile.rows.b[1]", 2, 1),
        ("mobile.rows.b[2]", 66.67, 33.33),
        ("mobile.repeat_reports.a.as_printed", 3.7, 20.0),
        ("mobile.growth_pct_as_printed", 32.6, 48.32),
        ("mobile.unheard_of", 7, None),
    ]
    assert all(isinstance(check, Check) and check.note for check in found)
