"""Holds the oracle's figures of call-backs and assessments to figures worked out by hand."""

from tests.oracle.town import assessment, callback, count, number, rate


def test_reached_is_of_all_calls_and_answers_are_of_those_asked() -> None:
    """Four calls, three reached; timely asked twice, once yes; attitude once, yes; satisfied never: no figure."""
    figures = count(
        callback("a", caller="province", branch="现业", reached=True, timely=True, attitude=True),
        callback("b", caller="province", branch="现业", reached=True, timely=False),
        callback("c", caller="local", branch="简阳", reached=False),
        callback("d", reached=True),
        callback("june", called_at="2009-06-30T12:00:00+08:00", reached=True, satisfied=True),
    )
    assert rate(figures, "callback_reached_rate") == (3, 4)
    assert rate(figures, "callback_reached_rate", caller="province") == (2, 2)
    assert rate(figures, "callback_reached_rate", caller="local", branch="简阳") == (0, 1)
    assert rate(figures, "callback_reached_rate", caller="none", branch="none") == (1, 1)
    assert rate(figures, "callback_timely_rate") == (1, 2)
    assert rate(figures, "callback_timely_rate", branch="简阳") is None
    assert rate(figures, "callback_attitude_rate", caller="province", branch="现业") == (1, 1)
    assert rate(figures, "callback_satisfied_rate") is None
    assert number(figures, "callbacks") == 4
    assert number(figures, "callbacks_reached", caller="province") == 2
    assert number(figures, "callbacks_asked_timely") == 2
    assert number(figures, "callbacks_timely", branch="现业") == 1
    assert number(figures, "callbacks_satisfied") == number(figures, "callbacks_asked_satisfied") == 0


def test_vip_call_backs_have_a_rate_of_their_own_and_are_in_the_others() -> None:
    """Two VIP calls, one reached; a call about an order: VIP 1 of 2, all 2 of 3."""
    figures = count(
        callback("a", subject="vip", branch="现业", reached=True),
        callback("b", subject="vip", branch="简阳"),
        callback("c", subject="order", reached=True),
    )
    assert rate(figures, "vip_callback_rate") == (1, 2)
    assert rate(figures, "vip_callback_rate", branch="简阳") == (0, 1)
    assert rate(figures, "vip_callback_rate", branch="none") is None
    assert rate(figures, "callback_reached_rate") == (2, 3)
    assert number(figures, "callbacks", subject="vip") == 2


def test_a_call_back_is_known_by_its_id() -> None:
    """The newest revision counts; the key is the id, and a number in its place is wrong."""
    figures = count(callback("a", key="6631111"), callback("a", revision=2, reached=True), callback("b"))
    assert (number(figures, "callbacks"), number(figures, "callbacks_reached"), figures.wrong_key) == (2, 1, 1)


def test_assessments_belong_to_the_month_they_name() -> None:
    """July's hotline: rank 8, 2 places better, 92.48 of 100; updated in August all the same; June's is June's."""
    figures = count(
        assessment("a", rank=8, rank_change=2, score="92.48", target=100, updated_at="2009-08-04T12:00:00+08:00"),
        assessment("b", subject="车城大道营业厅", rank=13, rank_change=-2, score=90.5),
        assessment("c", subject="车城大道营业厅", item="service", rank_change=0),
        assessment("june", month="2009-06", rank=10),
    )
    hotline = {"subject": "hotline", "item": "all"}
    assert number(figures, "assessments") == 3
    assert number(figures, "assessment_rank", **hotline) == 8
    assert number(figures, "assessment_rank_change", **hotline) == 2
    assert number(figures, "assessment_rank_change", subject="车城大道营业厅") == -2
    assert number(figures, "assessment_score_hundredths", **hotline) == 9248
    assert number(figures, "assessment_target_hundredths", **hotline) == 10_000
    assert number(figures, "assessment_score_hundredths", subject="车城大道营业厅", item="all") == 9050
    assert number(figures, "assessment_rank", subject="车城大道营业厅", item="service") == 0
    assert number(count(assessment("june", month="2009-06"), period="2009-06"), "assessments") == 1
