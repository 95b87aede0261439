"""What fault tickets contribute: dues and holds, timeliness as time goes by, users in every subset, repeats."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.contributions.faults import (
    DECIDED,
    DUE_SOON,
    HELD,
    IN_TIME,
    OPEN,
    OVERDUE,
    REPEAT_REPORTERS,
    REPEATS,
    REPORTERS,
    RESTORATION_MINUTES,
    RESTORED,
    TICKETS,
    USER,
    FaultChapter,
)
from streams.core.contributions.measures import LEVEL, Measure, Weights
from streams.core.events import READERS, FaultTicket
from streams.core.months import DAY, HOUR, MINUTE, NEVER, SLOT, Calendar
from tests.core.story import encode, instant
from tests.core.strategies import AS_OF, CHAPTERS, DEFINITIONS, JULY, Document, tickets

CHAPTER = FaultChapter(DEFINITIONS, Calendar(DEFINITIONS.timezone))
NOON = instant("2009-07-14T12:00:00+08:00")
MIDNIGHT = instant("2009-07-15T00:00:00+08:00")


def ticket(**fields: Any) -> FaultTicket:
    """Return a ticket reported on 14 July at noon, due by midnight, with some fields changed (times as instants)."""
    document = {"id": "T", "revision": 0, "subscriber": "6620001", "opened_at": NOON, "service": "fixed", **fields}
    event = READERS["faults"].read(encode(document, AS_OF))
    assert isinstance(event, FaultTicket)
    return event


def total(weights: Weights, measure: Measure) -> int:
    """Return the sum of a measure over all places and labels."""
    return sum(weight for (_, (name, _)), weight in weights.items() if name == measure.name)


def hours(*moments: float | None) -> list[tuple[int, int | None]]:
    """Return holds from pairs of hours after noon; None is no end."""
    at = [None if hour is None else NOON + int(hour * HOUR) for hour in moments]
    return list(zip(at[::2], at[1::2], strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ([], MIDNIGHT),
        (hours(1, 3), MIDNIGHT + 2 * HOUR),
        (hours(-5, 1), MIDNIGHT + HOUR),
        (hours(-5, -1), MIDNIGHT),
        (hours(1, 3, 2, 4), MIDNIGHT + 3 * HOUR),
        (hours(1, 5, 2, 3), MIDNIGHT + 4 * HOUR),
        (hours(2, 4, 1, 3), MIDNIGHT + 3 * HOUR),
        (hours(1, 1), MIDNIGHT),
        (hours(12, 14), MIDNIGHT),
        (hours(11, 14), MIDNIGHT + 3 * HOUR),
        (hours(1, 3, 13, 14), MIDNIGHT + 3 * HOUR),
        (hours(13, 14, 15, 16), MIDNIGHT),
        (hours(1, None), NEVER),
        (hours(12, None), MIDNIGHT),
        (hours(1, 3, 13, None), NEVER),
    ],
)
def test_held_time_moves_the_due(held: list[tuple[int, int | None]], due: int) -> None:
    """Each hold that begins before the due moves it by its length, overlaps once, and none before the report."""
    assert CHAPTER.due(ticket(held=held), NOON) == due


@pytest.mark.parametrize(("due_at", "due"), [(None, MIDNIGHT), (NOON + HOUR, NOON + HOUR), (NOON - HOUR, NOON - HOUR)])
def test_a_due_of_its_own_stands_before_the_promise(due_at: int | None, due: int) -> None:
    """`due_at` holds even where it lies before the report; without it the promise holds."""
    assert CHAPTER.due(ticket(due_at=due_at), NOON) == due


@pytest.mark.parametrize(
    ("restored_at", "now", "decided", "in_time", "is_open", "overdue"),
    [
        (None, NOON, 0, 0, 1, 0),
        (None, MIDNIGHT, 0, 0, 1, 0),
        (None, MIDNIGHT + 1, 1, 0, 1, 1),
        (MIDNIGHT, NOON, 1, 1, 0, 0),
        (MIDNIGHT, MIDNIGHT + DAY, 1, 1, 0, 0),
        (MIDNIGHT + 1, NOON, 1, 0, 0, 0),
        (NOON, NOON, 1, 1, 0, 0),
    ],
)
def test_timeliness_is_decided_by_restoration_or_by_time(
    restored_at: int | None, now: int, decided: int, in_time: int, is_open: int, overdue: int
) -> None:
    """Restored at the due is in time, a microsecond later is not; an open ticket is decided once the due is past."""
    weights = CHAPTER.of_fact(ticket(restored_at=restored_at), now)
    assert total(weights, TICKETS) == 1
    counted = [total(weights, measure) for measure in (DECIDED, IN_TIME, OPEN, OVERDUE)]
    assert counted == [decided, in_time, is_open, overdue]


@pytest.mark.parametrize(("now", "held"), [(NOON, 0), (NOON + HOUR, 1), (NOON + 2 * HOUR - 1, 1), (NOON + 2 * HOUR, 0)])
def test_a_ticket_is_held_from_the_first_instant_of_a_hold_up_to_its_end(now: int, held: int) -> None:
    """A hold is half-open, as all stretches of time are."""
    assert total(CHAPTER.of_fact(ticket(held=hours(1, 2)), now), HELD) == held


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_a_ticket_that_was_none_counts_nowhere(status: str) -> None:
    """Cancelled and rejected tickets have no weight, make no user, and repeat nothing."""
    void = ticket(status=status, restored_at=NOON)
    again = ticket(id="U", opened_at=NOON + HOUR)
    assert CHAPTER.of_fact(void, AS_OF) == {}
    assert CHAPTER.changes(void) == []
    together = CHAPTER.of_key("6620001", [void, again], 0)
    assert together == CHAPTER.of_key("6620001", [again], 0)


def test_durations_are_counted_by_the_whole_minute_on_the_day_of_the_report() -> None:
    """59.999 seconds are no minute; the restoration's own day plays no part."""
    weights = CHAPTER.of_fact(ticket(restored_at=NOON + 13 * HOUR + MINUTE - 1), AS_OF)
    minutes = {spot: weight for spot, weight in weights.items() if spot[1][0] == RESTORATION_MINUTES.name}
    assert minutes == {
        (("day", NOON // SLOT), (RESTORATION_MINUTES.name, ("fixed", "none", "none", "none", "安岳", "780"))): 1
    }
    assert total(weights, RESTORED) == 1


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, ("fixed", "none", "none", "none", "安岳")),
        ({"brand": "E8", "product": "IPTV"}, ("fixed", "IPTV", "我的E家", "E8", "安岳")),
        ({"brand": "ADSL", "branch": "乐至"}, ("fixed", "none", "none", "ADSL", "乐至")),
        ({"subscriber": "无"}, ("fixed", "none", "none", "none", "none")),
        ({"brand": "", "branch": ""}, ("fixed", "none", "none", "none", "安岳")),
    ],
)
def test_a_dimension_that_a_ticket_does_not_have_is_none(fields: Document, line: tuple[str, ...]) -> None:
    """The branch comes from the ticket, else from the number; the family from the brand; what is empty is absent."""
    assert CHAPTER.line(ticket(**fields)) == line


def test_a_user_counts_once_in_each_total_however_many_brands_reported() -> None:
    """Two tickets of two brands: a repeating user in the total and in the family, a single reporter in each brand."""
    events = [ticket(brand="E6"), ticket(id="U", brand="E8", opened_at=NOON + DAY)]
    weights = CHAPTER.of_key("6620001", events, 0)

    def users(measure: Measure, **labels: str) -> int:
        cell = (measure.name, tuple(labels.get(name, "") for name in USER))
        return weights.get((("month", "2009-07"), cell), 0)

    assert users(REPORTERS) == users(REPEAT_REPORTERS) == 1
    assert users(REPORTERS, family="我的E家") == users(REPEAT_REPORTERS, family="我的E家", service="fixed") == 1
    assert users(REPORTERS, brand="E6") == users(REPORTERS, brand="E8") == 1
    assert users(REPEAT_REPORTERS, brand="E6") == users(REPEAT_REPORTERS, brand="E8") == 0


def test_tickets_in_two_months_are_no_repeat_of_the_month() -> None:
    """One ticket at the last instant of July, one at the first of August: a single reporter in each month."""
    edge = instant("2009-08-01T00:00:00+08:00")
    weights = CHAPTER.of_key("6620001", [ticket(opened_at=edge - 1), ticket(id="U", opened_at=edge)], 0)
    assert total(weights, REPEAT_REPORTERS) == 0
    assert {spot[0] for spot in weights} == {("month", "2009-07"), ("month", "2009-08")}


def test_a_placeholder_is_no_user_and_repeats_nothing() -> None:
    """Tickets under a placeholder count as tickets; users and repeats they make none."""
    events = [ticket(subscriber="无", restored_at=NOON), ticket(subscriber="无", id="U", opened_at=NOON + HOUR)]
    assert CHAPTER.of_key("无", events, 0) == {}
    assert total(CHAPTER.of_fact(events[0], AS_OF), TICKETS) == 1


@pytest.mark.parametrize(
    ("restored_before", "repeats"), [(0, 1), (1, 1), (30 * DAY, 1), (30 * DAY + 1, 0), (-1, 0), (-DAY, 0)]
)
def test_a_repeat_looks_back_thirty_days(restored_before: int, repeats: int) -> None:
    """Restored at the report or up to 30 days before it, both ends included; a later restoration is no cause."""
    restored = NOON - restored_before
    former = ticket(id="F", opened_at=min(restored, NOON) - HOUR, restored_at=restored)
    weights = CHAPTER.of_key("6620001", [former, ticket()], NOON)
    assert total(weights, REPEATS) == repeats


def test_a_ticket_does_not_repeat_itself() -> None:
    """Restored at the instant of its report, a ticket alone is no repeat; with a second one like it, both are."""
    at_once = ticket(restored_at=NOON)
    assert total(CHAPTER.of_key("6620001", [at_once], 0), REPEATS) == 0
    assert total(CHAPTER.of_key("6620001", [at_once, ticket(id="U", restored_at=NOON)], 0), REPEATS) == 2


@given(tickets(), st.integers(JULY, AS_OF), st.integers(0, 40 * DAY))
def test_contributions_change_by_time_only_when_they_say_so(document: Document, now: int, later: int) -> None:
    """Between two instants with no announced change between them, a ticket contributes the same."""
    event = ticket(**document)
    if not any(now < change <= now + later for change in CHAPTER.changes(event)):
        assert CHAPTER.of_fact(event, now) == CHAPTER.of_fact(event, now + later)


@given(tickets(), tickets(), st.integers(0, 40 * DAY))
def test_what_is_not_remembered_has_no_bearing(first: Document, second: Document, later: int) -> None:
    """A ticket of a closed month that need not be remembered makes no ticket of an open month a repeat."""
    old, new = (
        ticket(
            **first,
        ),
        ticket(**{**second, "subscriber": first["subscriber"], "id": "N"}),
    )
    open_from = max(CHAPTER.remembered_until(old), int(old.opened_at.timestamp() * 1_000_000)) + 1 + later
    key = old.key()
    assert CHAPTER.of_key(key, [old, new], open_from) == CHAPTER.of_key(key, [new], open_from)


@given(tickets())
def test_weights_are_whole_numbers_other_than_nothing_of_known_measures(document: Document) -> None:
    """A weight of 0 is left out, since it would stay behind in a tally; levels are in the one place for levels."""
    measures = {measure.name: measure for measure in CHAPTERS["faults"].measures}
    event = ticket(**document)
    for weights in (CHAPTER.of_fact(event, AS_OF), CHAPTER.of_key(event.key(), [event], 0)):
        for (place, (name, labels)), weight in weights.items():
            assert type(weight) is int
            assert weight > 0
            assert len(labels) == len(measures[name].labels)
            assert place[0] == measures[name].grain
            assert (place == LEVEL) == (measures[name].grain == "level")
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(labels), type=tuple[str, ...]) == labels


@pytest.mark.parametrize(
    ("minutes_to_due", "restored", "expected"),
    [(121, False, 0), (120, False, 1), (0, False, 1), (-1, False, 0), (60, True, 0)],
)
def test_what_falls_due_within_two_hours(minutes_to_due: int, restored: bool, expected: int) -> None:
    """From two hours before the due up to the due itself, both included; overdue and restored tickets are not."""
    one = ticket(restored_at=NOON + HOUR) if restored else ticket()
    now = MIDNIGHT - minutes_to_due * MINUTE
    assert total(CHAPTER.of_fact(one, now), DUE_SOON) == expected
    if not restored:
        assert CHAPTER.changes(one) == [MIDNIGHT - 2 * HOUR, MIDNIGHT + 1]


def test_a_hold_takes_a_ticket_off_the_worklist() -> None:
    """Held without an end it never falls due; held for an hour and a half it falls due so much later."""
    now = MIDNIGHT - HOUR
    assert total(CHAPTER.of_fact(ticket(held=hours(1, None)), now), DUE_SOON) == 0
    longer = ticket(held=hours(1, 2.5))
    assert [total(CHAPTER.of_fact(longer, now + wait), DUE_SOON) for wait in (0, HOUR)] == [0, 1]
