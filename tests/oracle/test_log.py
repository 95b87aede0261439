"""Which revisions the oracle counts: the newest, under the last key, unless its month was closed by then."""

from collections import Counter

import pytest

from tests.oracle import Message
from tests.oracle.town import NOON, assessment, callback, complaint, count, fault, number, order, total_tickets


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_cancelled_and_rejected_tickets_count_nowhere(status: str) -> None:
    """A ticket whose newest revision is cancelled is gone; one that was cancelled before is back."""
    gone = [fault("a"), fault("a", revision=2, status=status)]
    assert count(*gone).indicators == {}
    assert total_tickets(count(*gone, fault("a", revision=3, status="closed"))) == 1


def test_order_and_repetition_change_nothing() -> None:
    """The highest revision counts, wherever it stands and however often."""
    revisions = [fault("a", revision=n, brand=brand) for n, brand in enumerate(("E6", "E8", "E8-2"))]
    figures = count(*revisions)
    assert figures.tickets[frozenset({("brand", "E8-2")})] == total_tickets(figures) == 1
    assert count(*reversed(revisions), *revisions) == figures


def test_a_correction_moves_a_ticket_between_months() -> None:
    """Revision 2 puts the ticket into June: July has none."""
    messages = [fault("a"), fault("a", revision=2, opened_at="2009-06-10T12:00:00+08:00")]
    assert [total_tickets(count(*messages, period=period)) for period in ("2009-06", "2009-07")] == [1, 0]


def test_one_revision_with_two_contents_is_an_error_here() -> None:
    """Two spellings of one state are the same; two states of one revision are refused."""
    spelt_otherwise = fault(
        "a", updated_at="2009-07-10T04:00:00Z", opened_at="2009-07-10T04:00:00.000Z", extra=1, vip=None
    )
    assert total_tickets(count(fault("a"), spelt_otherwise)) == 1
    with pytest.raises(AssertionError, match="revision 1"):
        count(fault("a"), fault("a", brand="E6"))


def test_a_wrong_key_is_counted_once_as_an_ordinary_ticket() -> None:
    """Sent under another key and sent again under its own: one ticket, one wrong key; no key at all is wrong too."""
    figures = count(fault("a", key="6639999"), fault("a"))
    assert (total_tickets(figures), figures.wrong_key, figures.unreadable) == (1, 1, Counter())
    topic, _, value = fault("a")
    assert count((topic, None, value)).wrong_key == 1


def test_a_former_number_loses_the_ticket() -> None:
    """Revision 1 under 6639999, revision 2 under 6631111 that was 6639999: one ticket, of 6631111."""
    moved = fault("a", revision=2, was_subscriber="6639999", brand="E6")
    for messages in ([fault("a", subscriber="6639999"), moved], [moved, fault("a", subscriber="6639999")]):
        figures = count(*messages)
        assert total_tickets(figures) == figures.tickets[frozenset({("brand", "E6")})] == 1
    still_newer = fault("a", subscriber="6639999", revision=3)
    assert total_tickets(count(moved, still_newer)) == 2
    assert total_tickets(count(fault("a", was_subscriber="6631111"))) == 1


def test_the_same_id_under_two_numbers_is_two_tickets() -> None:
    """A ticket is known by its subscriber and id together."""
    assert total_tickets(count(fault("a"), fault("a", subscriber="6631112"))) == 2


def test_a_closed_month_takes_no_later_revision() -> None:
    """June closed before position 1: a late revision of it is too old; one that moves the ticket counts in July alone.

    June's own figures stay as they were at its close.
    """
    june = "2009-06-10T12:00:00+08:00"
    before = fault("a", opened_at=june, brand="E6")
    too_old = fault("a", opened_at=june, revision=2, brand="E8")
    moved = fault("a", revision=3, brand="E8-2")

    def brands(*messages: Message, period: str) -> tuple[set[str], int]:
        figures = count(*messages, period=period, closed={"2009-06": {1, 2}})
        found = {brand for brand in ("E6", "E8", "E8-2") if frozenset({("brand", brand)}) in figures.tickets}
        return found, figures.too_old

    assert brands(before, too_old, period="2009-06") == ({"E6"}, 1)
    assert brands(before, too_old, moved, period="2009-06") == ({"E6"}, 1)
    assert brands(before, too_old, moved, period="2009-07") == ({"E8-2"}, 1)


def test_a_closing_holds_for_every_kind() -> None:
    """July closed before position 4: the second revisions are too old; the fault that comes then makes no order bad."""
    done = {"appointed_at": NOON, "promised_for": NOON, "completed_at": NOON}
    before = [complaint("a"), order("a", **done), callback("a"), assessment("a", rank=8)]
    after = [
        complaint("a", revision=2, status="cancelled"),
        order("a", revision=2),
        callback("a", revision=2, reached=True),
        assessment("a", revision=2, rank=9),
        fault("f", opened_at="2009-07-11T12:00:00+08:00"),
        complaint("b"),
    ]
    figures = count(*before, *after, closed={"2009-07": range(4, 10)})
    assert figures.too_old == 6
    assert figures.counts == count(*before).counts
    assert figures.indicators == count(*before).indicators


def test_one_id_in_two_topics_is_two_things() -> None:
    """A complaint, an order, a call-back, an assessment and a ticket may all be called "a"."""
    figures = count(complaint("a"), order("a"), callback("a"), assessment("a"), fault("a"))
    counted = [number(figures, measure) for measure in ("complaints", "orders", "callbacks", "assessments")]
    assert (counted, total_tickets(figures), figures.wrong_key) == ([1, 1, 1, 1], 1, 0)
