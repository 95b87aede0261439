"""Which messages the oracle reads, and why it refuses the others."""

from collections import Counter

import pytest

from tests.oracle import Message
from tests.oracle.town import NOON, assessment, callback, complaint, count, fault, number, order, total_tickets


def raw(value: bytes | None) -> Message:
    """A message whose value need not be a ticket."""
    return "faults", b"6631111", value


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (raw(None), "empty"),
        (raw(b""), "empty"),
        (raw(b"{"), "not_json"),
        (raw(b"\xff{}"), "not_json"),
        (raw(b"\xef\xbb\xbf{}"), "not_json"),
        (raw(b'{"id": NaN}'), "not_json"),
        (raw(b"[" * 100_000), "not_json"),
        (fault("a", extra=float("inf")), "not_json"),
        (raw(fault("a")[2].replace(b'"a"', b'"\\ud800"')), "not_json"),  # type: ignore[union-attr]
        (raw(b"[]"), "wrong_type"),
        (raw(b"7"), "wrong_type"),
        (fault("a", padding="x" * 1024 * 1024), "too_large"),
        (fault("a", service=...), "missing_field"),
        (fault("a", service=None), "missing_field"),
        (fault("a", updated_at=...), "missing_field"),
        (fault("a", held=[{}]), "missing_field"),
        (fault("a", revision="1"), "wrong_type"),
        (fault("a", revision=1.0), "wrong_type"),
        (fault("a", revision=True), "wrong_type"),
        (fault("a", revision=-1), "out_of_range"),
        (fault("a", revision=2**53 + 1), "out_of_range"),
        (fault(""), "out_of_range"),
        (fault("a" * 129), "out_of_range"),
        (fault("a", subscriber="6" * 33), "out_of_range"),
        (fault("a", brand="E" * 121), "out_of_range"),
        (fault("a", closed_at="1989-12-31T23:59:59+08:00"), "out_of_range"),
        (fault("a", due_at="2101-01-01T00:00:00+08:00"), "out_of_range"),
        (fault("a", held=[{"from": NOON, "to": "2101-01-01T00:00:00Z"}]), "out_of_range"),
        (fault("a", held=[{"from": NOON}] * 101), "out_of_range"),
        (fault("a", subscriber=6631111), "wrong_type"),
        (fault("a", opened_at=1247198400), "wrong_type"),
        (fault("a", preprocessed="yes"), "wrong_type"),
        (fault("a", vip=1), "wrong_type"),
        (fault("a", held={"from": NOON}), "wrong_type"),
        (fault("a", held=[NOON]), "wrong_type"),
        (fault("a", opened_at="2009-07-10T12:00:00"), "no_time_zone"),
        (fault("a", held=[{"from": NOON, "to": "2009-07-10T12:00:00"}]), "no_time_zone"),
        (fault("a", opened_at="10 July 2009"), "bad_time"),
        (fault("a", opened_at="2009-07-10"), "bad_time"),
        (fault("a", opened_at="2009-02-29T12:00:00+08:00"), "bad_time"),
        (fault("a", due_at=""), "bad_time"),
        (fault("a", service="telegraph"), "unknown_value"),
        (fault("a", status="open"), "unknown_value"),
        (fault("a", cause_class="weather"), "unknown_value"),
        (fault("a", restored_at="2009-07-10T11:59:59+08:00"), "contradiction"),
        (fault("a", held=[{"from": NOON, "to": "2009-07-10T11:59:59+08:00"}]), "contradiction"),
    ],
)
def test_what_is_no_ticket_is_counted_by_its_reason(message: Message, reason: str) -> None:
    """An unreadable message counts once under its reason, and the good ticket beside it counts."""
    figures = count(message, fault("good"))
    assert (figures.unreadable, total_tickets(figures)) == (Counter({reason: 1}), 1)


def test_unusual_but_readable_messages_count() -> None:
    """Exactly 1 MiB, unknown fields, nulls, a zero-length repair, 1990 and lower-case time letters are readable."""
    size = len(fault("a", padding="")[2] or b"")
    figures = count(
        fault("a", padding="x" * (1024 * 1024 - size)),
        fault("b", brand=None, held=None, status=None, cause_class=None, nonsense={"a": [1]}),
        fault("c", restored_at=NOON, closed_at="1990-01-01T00:00:00+08:00"),
        fault("d", opened_at="2009-07-10t12:00:00.5z"),
        ("context", b"x", b"not a fault at all"),
    )
    assert (figures.unreadable, total_tickets(figures)) == (Counter(), 4)


def penalty(**changes: object) -> dict[str, object]:
    """A penalty of 20 yuan, changed; a field that is given as `...` is left out."""
    fields: dict[str, object] = {"department": "公众", "kind": "overdue", "amount_fen": 2000, **changes}
    return {name: value for name, value in fields.items() if value is not ...}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (complaint("a", received_at=...), "missing_field"),
        (complaint("a", subscriber=None, key="x"), "missing_field"),
        (complaint("a", subscriber="", key="x"), "out_of_range"),
        (complaint("a", network_fault="yes"), "wrong_type"),
        (complaint("a", answered_at="2009-07-10T11:59:59+08:00"), "contradiction"),
        (complaint("a", penalties=penalty()), "wrong_type"),
        (complaint("a", penalties=[penalty(department=...)]), "missing_field"),
        (complaint("a", penalties=[penalty(department="")]), "out_of_range"),
        (complaint("a", penalties=[penalty(kind="late")]), "unknown_value"),
        (complaint("a", penalties=[penalty(amount_fen=-1)]), "out_of_range"),
        (complaint("a", penalties=[penalty(amount_fen=20.5)]), "wrong_type"),
        (complaint("a", penalties=[penalty()] * 101), "out_of_range"),
        (order("a", created_at=None), "missing_field"),
        (order("a", completed_at="2009-07-10T11:59:59+08:00"), "contradiction"),
        (order("a", reminders=-1), "out_of_range"),
        (order("a", reminders=1001), "out_of_range"),
        (order("a", status="done"), "unknown_value"),
        (order("a", held=[{"to": NOON}]), "missing_field"),
        (callback("a", called_at=...), "missing_field"),
        (callback("a", subject=...), "missing_field"),
        (callback("a", subject="bill"), "unknown_value"),
        (callback("a", caller="county"), "unknown_value"),
        (callback("a", satisfied=1), "wrong_type"),
        (assessment("a", month=...), "missing_field"),
        (assessment("a", item=""), "out_of_range"),
        (assessment("a", month="2009-13"), "bad_time"),
        (assessment("a", month="2009-7"), "bad_time"),
        (assessment("a", month="1989-12"), "out_of_range"),
        (assessment("a", rank=0), "out_of_range"),
        (assessment("a", rank="8"), "wrong_type"),
        (assessment("a", rank_change=1.5), "wrong_type"),
        (assessment("a", score="92.481"), "out_of_range"),
        (assessment("a", score=92.481), "out_of_range"),
        (assessment("a", score=1_000_000.01), "out_of_range"),
        (assessment("a", score="good"), "wrong_type"),
        (assessment("a", score="1e99"), "out_of_range"),
        (assessment("a", score=True), "wrong_type"),
    ],
)
def test_every_kind_refuses_what_it_cannot_count(message: Message, reason: str) -> None:
    """It counts once under its reason, and nowhere else; the good ones beside it count."""
    figures = count(message, complaint("x"), order("x"), callback("x"), assessment("x"))
    counted = [number(figures, measure) for measure in ("complaints", "orders", "callbacks", "assessments")]
    assert (figures.unreadable, counted) == (Counter({reason: 1}), [1, 1, 1, 1])


def test_the_widest_messages_of_every_kind_are_readable() -> None:
    """Limits are inclusive, labels may be empty, answers may be instant, scores below 0 and spelt in any way."""
    figures = count(
        complaint("a" * 128, answered_at=NOON, channel="", penalties=[penalty(amount_fen=10**12)] * 100),
        order("a", reminders=1000, completed_at=NOON, revision=2**53),
        callback("a", ref="", caller=None),
        assessment("a", rank=1, rank_change=-100_000, score="-1000000.00", target=9.248e1),
        assessment("b", score="1E2", target="92.480", subject="x" * 120),
    )
    assert figures.unreadable == Counter()
    assert number(figures, "assessment_score_hundredths") == 10_000 - 100_000_000
    assert number(figures, "assessment_target_hundredths") == 2 * 9248
