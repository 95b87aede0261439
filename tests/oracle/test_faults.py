"""Holds the oracle's figures of fault tickets to figures worked out by hand."""

from collections import Counter
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.oracle import Durations
from tests.oracle.faults import INDICATORS
from tests.oracle.town import AFTERWARDS, NOON, count, fault, rate, total_tickets


def timely(*, as_of: datetime = AFTERWARDS, **fields: Any) -> tuple[int, int] | None:
    """The timely restoration rate of a month with this one ticket."""
    return rate(count(fault("a", **fields), as_of=as_of), "timely_restoration_rate")


def test_a_month_is_half_open_at_local_midnight() -> None:
    """30 June 23:59:59.999 is June's, 1 July 00:00:00 and 31 July 23:59:59.999 July's, 1 August 00:00:00 August's."""
    edges = [
        fault("a", opened_at="2009-06-30T23:59:59.999+08:00"),
        fault("b", opened_at="2009-07-01T00:00:00+08:00"),
        fault("c", opened_at="2009-07-31T15:59:59.999Z"),
        fault("d", opened_at="2009-07-31T16:00:00Z"),
    ]
    by_month = [total_tickets(count(*edges, period=period)) for period in ("2009-06", "2009-07", "2009-08")]
    assert by_month == [1, 2, 1]


def test_digits_below_a_microsecond_move_no_ticket_into_the_next_month() -> None:
    """23:59:59.9999999 is before midnight, however it is stored."""
    assert total_tickets(count(fault("a", opened_at="2009-07-31T23:59:59.9999999+08:00"))) == 1


def test_december_ends_at_new_year() -> None:
    """31 December is December's and 1 January is not."""
    edges = [fault("a", opened_at="2009-12-31T23:59:59+08:00"), fault("b", opened_at="2010-01-01T00:00:00+08:00")]
    assert total_tickets(count(*edges, period="2009-12")) == 1


@pytest.mark.parametrize(
    ("opened_at", "last_timely", "first_late"),
    [
        ("2009-07-10T15:59:59+08:00", "2009-07-11T00:00:00+08:00", "2009-07-11T00:00:00.000001+08:00"),
        ("2009-07-10T16:00:00+08:00", "2009-07-11T16:00:00+08:00", "2009-07-11T16:00:00.000001+08:00"),
        ("2009-07-10T00:00:00+08:00", "2009-07-11T00:00:00+08:00", "2009-07-11T00:00:00.000001+08:00"),
        ("2009-07-09T16:00:00Z", "2009-07-10T16:00:00Z", "2009-07-10T16:00:01Z"),
        ("2009-07-31T23:59:59+08:00", "2009-08-01T23:59:59+08:00", "2009-08-02T00:00:00+08:00"),
    ],
)
def test_the_promise_is_the_days_end_or_24_hours(opened_at: str, last_timely: str, first_late: str) -> None:
    """Before 16:00:00 local time the promise ends at 24:00, else after 24 hours; its last instant is in time."""
    assert timely(opened_at=opened_at, restored_at=last_timely) == (1, 1)
    assert timely(opened_at=opened_at, restored_at=first_late) == (0, 1)


def test_a_due_of_its_own_replaces_the_promise() -> None:
    """Due at 13:00, restored at 13:01: late, though the promise runs until midnight."""
    due_at = "2009-07-10T13:00:00+08:00"
    assert timely(due_at=due_at, restored_at="2009-07-10T13:00:00+08:00") == (1, 1)
    assert timely(due_at=due_at, restored_at="2009-07-10T13:01:00+08:00") == (0, 1)


@pytest.mark.parametrize(
    ("held", "pushed_due"),
    [
        ([("12:10", "12:30")], "13:20"),
        ([("11:00", "12:30")], "13:30"),  # the hour before the report does not count
        ([("11:00", "11:30")], "13:00"),
        ([("12:10", "12:30"), ("12:20", "12:40")], "13:30"),  # merged: 30 minutes
        ([("12:10", "12:50"), ("12:20", "12:30")], "13:40"),  # one inside the other
        ([("12:20", "12:40"), ("12:10", "12:20")], "13:30"),  # given in the wrong order
        ([("12:50", "13:50")], "14:00"),  # begins before the due, ends after it
        ([("13:00", "13:30")], "13:00"),  # begins at the due: too late
        ([("12:50", "13:20"), ("13:10", "13:40")], "13:50"),  # merged 12:50 to 13:40
        ([("12:00", "12:30"), ("13:10", "13:20")], "13:40"),  # the first lets the second begin before the due
        ([("12:30", "12:30")], "13:00"),
        ([], "13:00"),
    ],
)
def test_holds_push_the_due(held: list[tuple[str, str]], pushed_due: str) -> None:
    """Opened 12:00, due 13:00: every hold that begins before the due moves it by its length, once."""
    fields: dict[str, Any] = {
        "due_at": "2009-07-10T13:00:00+08:00",
        "held": [{"from": f"2009-07-10T{a}:00+08:00", "to": f"2009-07-10T{b}:00+08:00"} for a, b in held],
    }
    assert timely(**fields, restored_at=f"2009-07-10T{pushed_due}:00+08:00") == (1, 1)
    assert timely(**fields, restored_at=f"2009-07-10T{pushed_due}:01+08:00") == (0, 1)


def test_a_hold_moves_the_promise_too() -> None:
    """Promised for 24:00 and held for two hours: 02:00 of the next day is in time."""
    held = [{"from": "2009-07-10T13:00:00+08:00", "to": "2009-07-10T15:00:00+08:00"}]
    assert timely(held=held, restored_at="2009-07-11T02:00:00+08:00") == (1, 1)
    assert timely(held=held, restored_at="2009-07-11T02:00:01+08:00") == (0, 1)


@pytest.mark.parametrize("open_end", [{"to": None}, {}])
def test_an_open_hold_is_never_past_due(open_end: dict[str, None]) -> None:
    """Held without an end before the due: undecided while not restored, in time whenever restored."""
    held = [{"from": "2009-07-10T13:00:00+08:00", **open_end}]
    assert timely(held=held) is None
    assert timely(held=held, restored_at="2009-08-10T00:00:00+08:00") == (1, 1)
    late_hold = [{"from": "2009-07-11T00:00:00+08:00", **open_end}]
    assert timely(held=late_hold) == (0, 1)


def test_a_ticket_is_decided_when_restored_or_past_due() -> None:
    """Not restored: nothing is decided at the due itself, 0 of 1 a moment later."""
    due_at = "2009-07-10T13:00:00+08:00"
    assert timely(due_at=due_at, as_of=datetime.fromisoformat(due_at)) is None
    assert timely(due_at=due_at, as_of=datetime.fromisoformat("2009-07-10T13:00:00.000001+08:00")) == (0, 1)
    assert timely(due_at=due_at, closed_at=NOON, status="closed") == (0, 1)


def test_repeats_are_counted_within_every_label_set() -> None:
    """Line A: E6 broadband and E8 fixed, line B: E8 broadband twice, line C: once without a brand.

    All: A and B of three. Family: A and B of two. E6: none of A. E8: B of A and B. Broadband: B of three.
    Fixed: none of A.
    """
    figures = count(
        fault("1", subscriber="6631111", brand="E6"),
        fault("2", subscriber="6631111", brand="E8", service="fixed"),
        fault("3", subscriber="7001111", brand="E8"),
        fault("4", subscriber="7001111", brand="E8"),
        fault("5", subscriber="7651111"),
    )
    expected = {
        (): (2, 3),
        (("family", "我的E家"),): (2, 2),
        (("family", "none"),): (0, 1),
        (("brand", "E6"),): (0, 1),
        (("brand", "E8"),): (1, 2),
        (("brand", "none"),): (0, 1),
        (("service", "broadband"),): (1, 3),
        (("service", "fixed"),): (0, 1),
        (("branch", "现业"),): (1, 1),
        (("branch", "简阳"),): (1, 1),
        (("branch", "乐至"),): (0, 1),
        (("service", "fixed"), ("family", "我的E家"), ("brand", "E8"), ("branch", "现业")): (0, 1),
        (("service", "broadband"), ("family", "我的E家"), ("brand", "E8"), ("branch", "简阳")): (1, 1),
    }
    assert {labels: rate(figures, "repeat_report_rate", **dict(labels)) for labels in expected} == expected
    assert ("repeat_report_rate", frozenset({("brand", "E8-2")})) not in figures.indicators


def test_every_subset_of_labels_is_there() -> None:
    """One ticket has one figure per subset: 16 for four labels, 8 for three, 4 for two; 32 ticket counts."""
    figures = count(fault("a", restored_at=NOON))
    subsets = Counter(indicator for indicator, _ in figures.indicators)
    assert subsets == {indicator: 2 ** len(labels) for indicator, (labels, _) in INDICATORS.items()}
    assert len(figures.tickets) == 32


def test_a_named_branch_goes_before_the_prefix() -> None:
    """The branch of the ticket, else the longest matching prefix, else "none"."""
    figures = count(
        fault("a", subscriber="7651111", branch="安岳"),
        fault("b", subscriber="7651111"),
        fault("c", subscriber="7661111"),
        fault("d", subscriber="13300000000", branch=None),
    )
    for branch in ("安岳", "乐至", "简阳", "none"):
        assert figures.tickets[frozenset({("branch", branch)})] == 1


def test_an_empty_label_is_an_absent_one() -> None:
    """An empty brand, product, branch, symptom or cause says nothing: none, or what the number says."""
    empty = dict.fromkeys(("brand", "product", "branch", "symptom", "cause"), "")
    figures = count(fault("a", **empty), fault("b", subscriber="13300000000", **empty))
    assert figures == count(fault("a"), fault("b", subscriber="13300000000"))
    assert figures.tickets[frozenset({("brand", "none"), ("product", "none"), ("branch", "现业")})] == 1
    assert figures.symptoms == {"broadband": {"none": 2}}


def test_placeholder_numbers_are_tickets_but_not_users() -> None:
    """Two tickets of "无" and one of the hotline: three tickets, no user, nobody came back."""
    figures = count(
        fault("a", subscriber="无", restored_at=NOON),
        fault("b", subscriber="无"),
        fault("c", subscriber="10000"),
    )
    assert rate(figures, "repeat_report_rate") is None
    assert rate(figures, "repeat_within_30_days_rate") == (0, 3)
    assert rate(figures, "preprocessing_rate") == (0, 3)


@pytest.mark.parametrize(
    ("restored_at", "numerator"),
    [
        ("2009-06-10T12:00:00+08:00", 1),
        ("2009-06-10T11:59:59.999999+08:00", 0),
        ("2009-07-10T12:00:00+08:00", 1),
        ("2009-07-10T12:00:00.000001+08:00", 0),
        (None, 0),
    ],
)
def test_the_look_back_is_thirty_days_with_both_ends(restored_at: str | None, numerator: int) -> None:
    """A ticket of May counts if restored from exactly 30 days before 10 July 12:00 up to that instant."""
    earlier = fault("a", opened_at="2009-05-20T12:00:00+08:00", restored_at=restored_at, service="fixed")
    figures = count(earlier, fault("b"))
    assert rate(figures, "repeat_within_30_days_rate") == (numerator, 1)
    assert rate(figures, "repeat_within_30_days_rate", service="broadband") == (numerator, 1)


def test_only_another_valid_ticket_of_the_line_is_a_repeat() -> None:
    """Not the ticket itself, restored as it was opened; not a cancelled one; not another line's."""
    alone = fault("a", restored_at=NOON)
    assert rate(count(alone), "repeat_within_30_days_rate") == (0, 1)
    cancelled = fault("b", opened_at="2009-06-30T12:00:00+08:00", restored_at=NOON, status="cancelled")
    neighbour = fault("c", subscriber="6631112", opened_at="2009-06-30T12:00:00+08:00", restored_at=NOON)
    assert rate(count(alone, cancelled, neighbour), "repeat_within_30_days_rate") == (0, 1)


def test_two_tickets_that_begin_and_end_together_are_each_others_repeats() -> None:
    """Both were restored at the instant the other one was opened: 2 of 2."""
    figures = count(fault("a", restored_at=NOON), fault("b", restored_at=NOON))
    assert rate(figures, "repeat_within_30_days_rate") == (2, 2)


def test_shares_are_over_all_valid_tickets() -> None:
    """Four tickets: one pre-processed, one unknown cause, two other causes; an absent field is in no numerator."""
    figures = count(
        fault("a", preprocessed=True, cause_class="unknown", product="专线"),
        fault("b", preprocessed=False, cause_class="other", product="专线"),
        fault("c", cause_class="other"),
        fault("d"),
    )
    assert rate(figures, "preprocessing_rate") == (1, 4)
    assert rate(figures, "unknown_cause_rate") == (1, 4)
    assert rate(figures, "unknown_cause_rate", product="专线") == (1, 2)
    assert rate(figures, "other_cause_rate") == (2, 4)
    assert rate(figures, "other_cause_rate", product="none") == (1, 2)


def test_durations_are_exact_in_the_mean_and_nearest_rank_in_minutes() -> None:
    """Broadband 1:59, 3:00, 4:00, 5:00, 10:30 minutes: sum 24:29, mean 1469/5 s; ranks 3, 4 and 5 of 1, 3, 4, 5, 10.

    Fixed: one of 30 s, held for 10 of them, which changes nothing. Both together: sum 1499 s; ranks 3, 5 and 6 of
    0, 1, 3, 4, 5, 10.
    """
    ends = ["12:01:59", "12:03:00", "12:04:00", "12:05:00", "12:10:30"]
    held = [{"from": "2009-07-10T12:00:10+08:00", "to": "2009-07-10T12:00:20+08:00"}]
    figures = count(
        *(fault(end, restored_at=f"2009-07-10T{end}+08:00") for end in ends),
        fault("fixed", service="fixed", restored_at="2009-07-10T12:00:30+08:00", held=held),
        fault("open"),
    )
    assert figures.durations == {
        frozenset(): Durations(6, Fraction(1499, 6), 3, 5, 10, 10),
        frozenset({("service", "broadband")}): Durations(5, Fraction(1469, 5), 4, 5, 10, 10),
        frozenset({("service", "fixed")}): Durations(1, Fraction(30), 0, 0, 0, 0),
    }


def test_symptoms_and_causes_are_counted_per_service() -> None:
    """Words are counted as they stand; an absent one as "none"."""
    figures = count(
        fault("a", symptom="无法上网", cause="查中自复"),
        fault("b", symptom="无法上网"),
        fault("c", service="fixed", symptom="无声"),
    )
    assert figures.symptoms == {"broadband": {"无法上网": 2}, "fixed": {"无声": 1}}
    assert figures.causes == {"broadband": {"查中自复": 1, "none": 1}, "fixed": {"none": 1}}
