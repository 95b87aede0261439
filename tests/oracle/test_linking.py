"""Holds the oracle's links between reports and outages, and the figures without them, to cases worked out by hand."""

from collections import Counter
from itertools import permutations
from typing import Any, Final

import pytest

from tests.oracle import Figures, Message, ReportFigures
from tests.oracle.reading import instant
from tests.oracle.town import at, complaint, count, fault, number, outage, rate, total_tickets

NARROW: Final[dict[str, Any]] = {"ranges": [["6631100", "6631199"]]}
WIDE: Final[dict[str, Any]] = {"prefixes": ["663"]}
TWO_HOURS: Final[dict[str, Any]] = {"scope": NARROW, "started_at": at("10 12:00"), "restored_at": at("10 14:00")}


def reports(figures: Figures) -> dict[str, int]:
    """Tickets and complaints of each outage."""
    return {one: of_outage.reports.total for one, of_outage in figures.outages.items()}


def is_linked(ticket: Message, *outages: Message, directory: dict[str, str] | None = None) -> bool:
    """Whether a ticket belongs to one of the outages; that it counts without them tells the same."""
    figures = count(ticket, *outages, directory=directory)
    linked = sum(reports(figures).values())
    assert messages_in(figures.without_outages) == 1 - linked
    return linked == 1


def messages_in(figures: ReportFigures) -> int:
    """Tickets and complaints of a month."""
    return total_tickets(figures) + number(figures, "complaints")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("10 11:29", False),
        ("10 11:30", True),
        ("10 12:00", True),
        ("10 14:30", True),
        ("10 14:31", False),
    ],
)
def test_reports_belong_from_half_an_hour_before_to_half_an_hour_after(time: str, expected: bool) -> None:
    """An outage from 12:00 to 14:00 takes what was reported from 11:30 to 14:30, both included."""
    affected = outage("o", **TWO_HOURS)
    assert is_linked(fault("a", opened_at=at(time)), affected) is expected
    assert is_linked(complaint("a", received_at=at(time)), affected) is expected


def test_an_instant_beyond_the_margin_is_beyond_it() -> None:
    """A microsecond before 11:30 is too early, one after 14:30 too late."""
    early, late = "2009-07-10T11:29:59.999999+08:00", "2009-07-10T14:30:00.000001+08:00"
    assert not is_linked(fault("a", opened_at=early), outage("o", **TWO_HOURS))
    assert not is_linked(fault("a", opened_at=late), outage("o", **TWO_HOURS))


@pytest.mark.parametrize(
    ("scope", "subscriber", "expected"),
    [
        (NARROW, "6631100", True),
        (NARROW, "6631199", True),
        (NARROW, "6631099", False),
        (NARROW, "6631200", False),
        (NARROW, "06631111", False),  # another length, another number
        (NARROW, "663111A", False),  # a name is in no range, wherever it sorts
        (WIDE, "6630000", True),
        (WIDE, "663", True),
        (WIDE, "66", False),
        (WIDE, "663-A", False),
        (WIDE, "07663111", False),
        ({"ranges": [["1", "2"]], "prefixes": ["9", "663"]}, "6631111", True),
        ({"sites": ["机房"]}, "6631111", False),
    ],
)
def test_a_number_is_in_a_range_or_begins_with_a_prefix(scope: dict[str, Any], subscriber: str, expected: bool) -> None:
    """Ranges include both ends and know lengths; a prefix is the beginning of a number."""
    affected = outage("o", **{**TWO_HOURS, "scope": scope})
    assert is_linked(fault("a", subscriber=subscriber), affected) is expected
    assert is_linked(complaint("a", subscriber=subscriber), affected) is expected


def test_a_report_belongs_by_its_site() -> None:
    """A ticket's own site, or the directory's where it names none; services do not matter."""
    affected = outage("o", scope={"sites": ["机房"]}, services=["mobile"])
    elsewhere, there = {"6631111": "FTTB媒体箱"}, {"6631111": "机房"}
    assert is_linked(fault("a", site="机房"), affected)
    assert is_linked(fault("a", site="机房"), affected, directory=elsewhere)
    assert not is_linked(fault("a", site="FTTB媒体箱"), affected, directory=there)
    for report in (fault("a"), fault("a", site=""), complaint("a")):
        assert is_linked(report, affected, directory=there)
        assert not is_linked(report, affected, directory=elsewhere)
        assert not is_linked(report, affected)


def test_an_outage_takes_reports_for_62_days_at_most() -> None:
    """Open or restored in autumn: 62 days and half an hour after its start nothing is its any more."""
    for restored_at in (None, "2009-10-01T00:00:00+08:00"):
        affected = outage("o", **{**TWO_HOURS, "started_at": at("01 12:00"), "restored_at": restored_at})
        assert is_linked(fault("a", opened_at="2009-07-31T23:59:59+08:00"), affected)
        by_august = {
            time: reports(count(affected, fault("a", opened_at=f"2009-09-01T{time}+08:00")))
            for time in ("12:30:00", "12:30:01")
        }
        assert by_august == {"12:30:00": {"o": 1}, "12:30:01": {"o": 0}}


def test_an_outage_takes_no_report_of_the_month_before() -> None:
    """It started ten minutes after midnight: July's reports are its own, those of June's last minutes are not."""
    affected = outage("o", scope=NARROW, started_at=at("01 00:10"))
    assert is_linked(fault("a", opened_at=at("01 00:00")), affected)
    last_of_june = fault("a", opened_at="2009-06-30T23:59:59.999999+08:00")
    assert reports(count(affected, last_of_june)) == {"o": 0}
    started_in_june = outage("o", scope=NARROW, started_at="2009-06-30T23:59:59+08:00")
    assert reports(count(started_in_june, last_of_june, period="2009-06")) == {"o": 1}
    assert reports(count(started_in_june, fault("a", opened_at=at("02 00:00")))) == {"o": 1}


def test_of_several_outages_the_one_that_started_last_takes_the_report() -> None:
    """Whatever is narrower, planned or only suspected; of two that started together the larger id."""
    ticket = fault("a", opened_at=at("10 13:00"))
    early = outage("z", **TWO_HOURS)
    later = outage("b", scope=WIDE, started_at=at("10 12:01"), status="suspected", planned=True)
    too_late = outage("y", scope=WIDE, started_at=at("10 13:31"))
    together = outage("c", scope=WIDE, started_at=at("10 12:01"))
    assert reports(count(ticket, early, later, too_late)) == {"z": 0, "b": 1, "y": 0}
    assert reports(count(ticket, together, early, later)) == {"z": 0, "b": 0, "c": 1}
    rejected = outage("c", revision=2, scope=WIDE, started_at=at("10 12:01"), status="rejected")
    assert reports(count(ticket, together, early, later, rejected)) == {"z": 0, "b": 1}


def test_links_follow_the_scope_in_whatever_order_it_is_told() -> None:
    """Tickets of 6631111 and 6639999; declared narrow: 1 report; widened: 2; narrowed again: 1; rejected: no outage."""
    tickets = [fault("a"), fault("b", subscriber="6639999")]
    scopes = [NARROW, WIDE, NARROW]
    life = [outage("o", revision=place, scope=scope) for place, scope in enumerate(scopes)]
    life.append(outage("o", revision=3, scope=NARROW, status="rejected"))
    for told, expected in ((1, {"o": 1}), (2, {"o": 2}), (3, {"o": 1}), (4, {})):
        for messages in permutations([*tickets, *life[:told]]):
            assert reports(count(*messages)) == expected


def test_a_ticket_that_is_corrected_or_cancelled_leaves_its_outage() -> None:
    """Moved to another number, to another time, cancelled: no report is left."""
    affected = outage("o", **TWO_HOURS)
    for correction in (
        fault("a", revision=2, subscriber="7001111", was_subscriber="6631111"),
        fault("a", revision=2, opened_at=at("12 12:00")),
        fault("a", revision=2, status="cancelled"),
    ):
        assert reports(count(fault("a"), affected, correction)) == {"o": 0}


def test_an_outages_reports_are_counted() -> None:
    """Four tickets and two complaints of three lines; one more from the hotline's own number counts as no reporter."""
    figures = count(
        outage("o", scope={"prefixes": ["663", "10000"]}, started_at=at("10 12:00"), restored_at=at("10 14:00")),
        fault("a", opened_at="2009-07-10T11:45:59.5+08:00", symptom="错误678"),
        fault("b", opened_at=at("10 12:30"), symptom="错误678"),
        fault("c", subscriber="6631112", opened_at=at("10 12:10"), symptom=""),
        fault("d", subscriber="10000", opened_at=at("10 12:20"), symptom="网速低"),
        complaint("a", received_at=at("10 13:00")),
        complaint("b", subscriber="6631113", received_at="2009-07-10T14:29:30+08:00"),
        fault("elsewhere", subscriber="7001111"),
    )
    found = figures.outages["o"].reports
    assert (found.tickets, found.complaints, found.total, found.reporters) == (4, 2, 6, 3)
    assert (found.first_at, found.last_at) == (instant(at("10 11:45")), instant(at("10 14:29")))
    assert found.symptoms == Counter({"错误678": 2, "none": 1, "网速低": 1})
    nobody = count(outage("o")).outages["o"].reports
    assert nobody == (0, 0, 0, None, None, Counter())


def test_rates_without_outages_are_of_the_other_tickets_alone() -> None:
    """Three tickets, two preprocessed, of which one belongs to the outage: 2 of 3 with it, 1 of 2 without."""
    figures = count(
        outage("o", **TWO_HOURS),
        fault("linked", preprocessed=True, branch="安岳"),
        fault("a", preprocessed=True, opened_at=at("11 12:00"), symptom="网速低"),
        fault("b", subscriber="7001111", service="fixed", cause="网线", restored_at=at("10 13:00")),
    )
    assert rate(figures, "preprocessing_rate") == (2, 3)
    assert rate(figures, "preprocessing_rate", branch="安岳") == (1, 1)
    without = figures.without_outages
    assert rate(without, "preprocessing_rate") == (1, 2)
    assert rate(without, "preprocessing_rate", service="fixed", branch="简阳") == (0, 1)
    assert rate(without, "preprocessing_rate", branch="安岳") is None
    assert without.tickets[frozenset()] == 2
    assert without.symptoms == {"broadband": Counter({"网速低": 1}), "fixed": Counter({"none": 1})}
    assert without.causes == {"broadband": Counter({"none": 1}), "fixed": Counter({"网线": 1})}
    assert without.durations[frozenset()].max_minutes == 60


def test_users_who_report_again_do_so_among_the_other_tickets() -> None:
    """6631111 reported twice in the outage and twice besides, 6631112 once in it and once besides: with all tickets
    both reported again, without those of the outage only the first."""
    second: dict[str, Any] = {"subscriber": "6631112"}
    figures = count(
        outage("o", **TWO_HOURS),
        *(fault(name, opened_at=at(f"10 12:0{place}")) for place, name in enumerate("ab")),
        *(fault(name, opened_at=at(f"1{place} 12:00")) for place, name in enumerate("cd", start=1)),
        fault("e", **second),
        fault("f", **second, opened_at=at("11 12:00")),
    )
    assert rate(figures, "repeat_report_rate") == (2, 2)
    assert rate(figures.without_outages, "repeat_report_rate") == (1, 2)


def test_what_an_outage_restored_is_an_earlier_restoration() -> None:
    """A ticket of its own that comes after the outage's is a repeat, with or without outages: it is not the outage's.
    Of an outage in June as well."""
    for day, scope in (("2009-07-10", NARROW), ("2009-06-28", WIDE)):
        noon = f"{day}T12:00:00+08:00"
        figures = count(
            outage("o", scope=scope, started_at=noon),
            outage("o", revision=2, scope=scope, started_at=noon, restored_at=noon),
            fault("linked", opened_at=noon, restored_at=noon),
            fault("again", opened_at=at("12 12:00")),
        )
        numerator, _ = rate(figures, "repeat_within_30_days_rate") or (None, None)
        assert numerator == 1
        assert rate(figures.without_outages, "repeat_within_30_days_rate") == (1, 1)


def test_complaints_are_counted_without_those_of_outages() -> None:
    """Two network faults of three complaints; the one in the outage was late and fined."""
    late: dict[str, Any] = {"due_at": at("10 13:00"), "department": "公众", "network_fault": True}
    fine = [{"department": "公众", "kind": "overdue", "amount_fen": 2000}]
    figures = count(
        outage("o", **TWO_HOURS),
        complaint("linked", **late, penalties=fine, justified=True, responsible="公众"),
        complaint("a", subscriber="7001111", **late),
        complaint("b", received_at=at("11 12:00")),
    )
    without = figures.without_outages
    assert [rate(one, "network_fault_complaint_share") for one in (figures, without)] == [(2, 3), (1, 2)]
    assert [rate(one, "complaint_timeliness_rate") for one in (figures, without)] == [(0, 2), (0, 1)]
    assert [rate(one, "justified_complaint_rate") for one in (figures, without)] == [(1, 3), (0, 2)]
    assert [number(one, "penalty_fen") for one in (figures, without)] == [2000, 0]
    assert [one.overdue for one in (figures, without)] == [Counter({"公众": 2}), Counter({"公众": 1})]


def test_with_no_outage_the_figures_without_are_the_figures() -> None:
    """The figures of faults and complaints are the same; those of other kinds are not among them."""
    messages = [fault("a", restored_at=at("11 12:00")), complaint("a"), fault("b", brand="E6")]
    figures = count(*messages)
    assert vars(figures.without_outages).items() <= vars(figures).items()
    assert figures.outages == {}
