"""The course of a page: who is told when, what acknowledgements, failures, updates and ends make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.alerting.pager import escalation
from streams.alerting.pager.escalation import ESCALATE_AFTER_ATTEMPTS, MOST_ATTEMPTS
from streams.alerting.pager.pages import GroupUpdate, Notice, Page, Subject, read, write
from streams.alerting.pager.storm import GATHER, MOST_NOTICES, WINDOW, Traffic
from streams.core.months import HOUR, MINUTE, NEVER, SECOND
from tests.alerting.pager.kit import ROSTER, roster

KNOWN = roster()
AT = KNOWN.instant(datetime(2026, 1, 5, 10))  # noqa: DTZ001 (on the roster's clock)
NIGHT = AT + 13 * HOUR


def update(
    *, severity: str = "critical", klass: str = "major", is_firing: bool = True, more: Sequence[str] = ()
) -> GroupUpdate:
    """What Alertmanager says of an outage of 现业."""
    subject = Subject(
        name="MassOutage",
        duty="network",
        severity=severity,
        branch="现业",
        labels={"outage": "QZ-1", "class": klass},
        matters=(f"outage/QZ-1/{klass}", *more),
    )
    return GroupUpdate(group="g", subject=subject, is_firing=is_firing)


def opened(severity: str = "critical", at: int = AT) -> Page:
    """A page that was just opened."""
    page = escalation.opened(update(severity=severity), KNOWN, at)
    assert page is not None
    return page


def told(page: Page) -> list[str]:
    """Whom the notices are for, in order."""
    return [notice.person for notice in page.notices]


def pending(page: Page) -> list[Notice]:
    """What is to be sent."""
    return [notice for notice in page.notices if notice.state == "pending"]


def all_delivered(page: Page, at: int) -> Page:
    """The page after everything that was pending has got out."""
    for notice in pending(page):
        page = escalation.delivered(page, notice.id, page, KNOWN, at)
    return page


def test_whoever_is_on_duty_is_told_at_once() -> None:
    """A page is one message on each of the person's channels."""
    page = opened()
    assert told(page) == ["chen"]
    assert page.notices[0].kind == "page"
    assert page.due_at == AT + 5 * MINUTE


def test_a_severity_without_steps_opens_no_page() -> None:
    """Information goes nowhere."""
    assert escalation.opened(update(severity="info"), KNOWN, AT) is None


def test_steps_go_on_until_they_end() -> None:
    """Twice who is on duty, then the next, the backup, the fallback; then nobody is left, and the page stays open."""
    page, times = opened(), []
    while page.due_at != NEVER:
        times.append(page.due_at - AT)
        page = escalation.gone_on(page, KNOWN, page.due_at)
    assert told(page) == ["chen", "chen", "li", "wang", "wang", "director"]
    assert [notice.channel for notice in page.notices][3:5] == ["WANG", "WANG_SMS"]
    assert times == [minutes * MINUTE for minutes in (5, 10, 15, 20, 35)]
    assert page.state == "open"


def test_a_step_that_leads_to_nobody_is_passed_over() -> None:
    """In a gap of the roster the next in line is told without waiting."""
    known = roster(
        ROSTER.replace("channels: [CHEN]", "channels: [CHEN], away: [{from: 2026-01-01, until: 2026-02-01}]")
    )
    page = escalation.opened(update(), known, AT)
    assert page is not None
    assert told(page) == ["li"]


def test_an_acknowledged_page_is_never_sent_again() -> None:
    """Neither by time nor because a message was still to go out; only its changes and its end are told."""
    page = escalation.acknowledged(opened(), "chen", AT + MINUTE)
    assert pending(page) == []
    assert escalation.gone_on(page, KNOWN, AT + HOUR) == page
    assert [(one.person, one.at) for one in page.acknowledgements] == [("chen", AT + MINUTE)]
    assert escalation.acknowledged(page, "li", AT + HOUR) == page


def test_whoever_was_told_hears_of_another_class_and_of_the_end() -> None:
    """And nobody else does; what says nothing new makes no message."""
    page = all_delivered(opened(), AT)
    assert escalation.updated(page, update(), KNOWN, AT + MINUTE) == page
    page = escalation.updated(page, update(klass="critical"), KNOWN, AT + MINUTE)
    assert [(notice.kind, notice.person) for notice in pending(page)] == [("update", "chen")]
    page = escalation.updated(all_delivered(page, AT + MINUTE), update(is_firing=False), KNOWN, AT + HOUR)
    assert [(notice.kind, notice.person) for notice in pending(page)] == [("resolve", "chen")]
    assert (page.state, page.due_at, page.resolved_at) == ("resolved", NEVER, AT + HOUR)


def test_something_new_in_a_group_is_an_update() -> None:
    """A suspicion that turns out to be an outage, a duty to report; that one of them is over is none."""
    page = all_delivered(opened(), AT)
    page = escalation.updated(page, update(more=["report/nors/"]), KNOWN, AT + 1)
    assert [notice.kind for notice in pending(page)] == ["update"]
    page = all_delivered(page, AT + 2)
    assert pending(escalation.updated(page, update(), KNOWN, AT + 3)) == []


def test_another_outage_needs_somebody_to_take_it() -> None:
    """Beside one that is taken it is paged again, to whoever is on duty; the first acknowledgement stays in the log."""
    page = escalation.acknowledged(all_delivered(opened(), AT), "chen", AT + 1)
    page = escalation.updated(page, update(more=["report/nors/", "suspicion/S-1/suspected"]), KNOWN, AT + 2)
    assert (page.state, page.notices[-1].kind) == ("acknowledged", "update")
    page = escalation.updated(page, update(more=["outage/QZ-2/major"]), KNOWN, AT + 3)
    assert (page.state, page.notices[-1].kind) == ("open", "page")
    page = escalation.acknowledged(page, "li", AT + 4)
    assert [(one.person, one.at) for one in page.acknowledgements] == [("chen", AT + 1), ("li", AT + 4)]


def test_a_message_that_never_got_out_still_tells_that_it_came_and_went() -> None:
    """None is lost: what is pending at the end goes out then, and there is no second one of the end."""
    page = escalation.updated(opened(), update(is_firing=False), KNOWN, AT + MINUTE)
    assert [notice.kind for notice in pending(page)] == ["page"]
    assert [notice.kind for notice in all_delivered(page, AT + 2 * MINUTE).notices] == ["page"]


def test_a_message_on_its_way_at_the_end_is_followed_by_the_end() -> None:
    """Whoever gets one that was written before the end hears of the end as well."""
    told = opened()
    page = escalation.updated(told, update(is_firing=False), KNOWN, AT + MINUTE)
    page = escalation.delivered(page, page.notices[0].id, told, KNOWN, AT + 2 * MINUTE)
    assert [(notice.kind, notice.state) for notice in page.notices] == [("page", "delivered"), ("resolve", "pending")]


def test_a_message_on_its_way_is_followed_by_what_it_does_not_tell() -> None:
    """Also of an update; one that was written after it tells of it, and needs none."""
    told = opened()
    page = escalation.updated(told, update(klass="critical"), KNOWN, AT + 2)
    [first] = page.notices
    late = escalation.delivered(page, first.id, told, KNOWN, AT + 3)
    assert [notice.kind for notice in late.notices] == ["page", "update"]
    assert [notice.kind for notice in escalation.delivered(page, first.id, page, KNOWN, AT + 3).notices] == ["page"]


def test_the_end_is_told_once() -> None:
    """Also to somebody whom an update reaches after the end was noted."""
    page = escalation.updated(all_delivered(opened(), AT), update(klass="critical"), KNOWN, AT + 1)
    [on_its_way], told = pending(page), page
    page = escalation.updated(page, update(is_firing=False), KNOWN, AT + 3)
    page = escalation.delivered(page, on_its_way.id, told, KNOWN, AT + 4)
    assert [(notice.kind, notice.state) for notice in page.notices] == [
        ("page", "delivered"),
        ("update", "delivered"),
        ("resolve", "pending"),
    ]


def test_failures_are_tried_again_later_and_later_up_to_a_limit() -> None:
    """The same message, under the same id."""
    page, at = opened(), AT
    [notice] = page.notices
    pauses = []
    for _ in range(MOST_ATTEMPTS):
        page = escalation.failed(page, notice.id, KNOWN, at, for_good=False)
        pauses.append(page.notices[0].due_at - at)
        at = page.notices[0].due_at
    assert pauses[:4] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert max(pauses) == MINUTE
    assert page.notices[0].state == "failed"


def test_whoever_cannot_be_reached_is_not_waited_for() -> None:
    """When all channels of a person fail again and again the next one is told, while the first is still tried."""
    page = opened()
    for _ in range(ESCALATE_AFTER_ATTEMPTS * 2):
        page = escalation.failed(page, page.notices[0].id, KNOWN, AT, for_good=False)
    assert told(page) == ["chen", "chen"]
    for _ in range(ESCALATE_AFTER_ATTEMPTS):
        page = escalation.failed(page, page.notices[1].id, KNOWN, AT, for_good=False)
    assert told(page) == ["chen", "chen", "li"]
    assert pending(page) == list(page.notices)


def test_a_channel_without_an_address_passes_a_page_on_at_once() -> None:
    """Nobody waits for what can never get out."""
    page = opened()
    while page.notices[-1].person == "chen":
        page = escalation.failed(page, page.notices[-1].id, KNOWN, AT, for_good=True)
    assert told(page)[-1] == "li"


def test_a_warning_waits_for_the_morning() -> None:
    """It is paged when the quiet time ends; if it is over by then, nobody hears of it."""
    page = opened("warning", NIGHT)
    assert page.notices == ()
    assert escalation.gone_on(page, KNOWN, page.due_at).notices != ()
    assert escalation.updated(page, update(is_firing=False), KNOWN, NIGHT + HOUR).notices == ()


def test_what_becomes_graver_does_not_wait() -> None:
    """Neither for the morning nor for as long as a warning would."""
    page = escalation.updated(opened("warning", NIGHT), update(), KNOWN, NIGHT + HOUR)
    assert told(page) == ["chen"]
    page = escalation.updated(all_delivered(opened("warning"), AT), update(), KNOWN, AT + MINUTE)
    assert page.due_at == AT + 6 * MINUTE


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["time", "delivered", "failed", "lost", "acknowledged", "graver", "same"]), st.integers(1, 9)
    ),
    max_size=40,
)


@given(EVENTS)
def test_whatever_happens_a_page_is_delivered_or_still_tried(events: Sequence[tuple[str, int]]) -> None:
    """No course leaves an open page with nobody told and nothing pending; ids are never used twice.

    A pager that is killed knows what was kept: every step goes through the record's bytes.
    """
    page, at = opened(), AT
    for event, minutes in events:
        at += minutes * MINUTE
        waiting = pending(page)
        if event in ("delivered", "failed") and waiting:
            page = (
                escalation.delivered(page, waiting[0].id, page, KNOWN, at)
                if event == "delivered"
                else escalation.failed(page, waiting[0].id, KNOWN, at, for_good=False)
            )
        elif event == "acknowledged":
            page = escalation.acknowledged(page, "li", at)
        elif event in ("graver", "same"):
            page = escalation.updated(page, update(klass=event), KNOWN, at)
        page = read(write(escalation.gone_on(page, KNOWN, at)))
        ids = [notice.id for notice in page.notices]
        assert len(set(ids)) == len(ids)
        assert page.people_told() or pending(page) or page.state != "open"
        taken = [one.at for one in page.acknowledgements]
        assert all(notice.kind != "page" for notice in page.notices if taken and notice.made_at > taken[0])


def shaped(traffic: Traffic, count: int, at: int) -> list[Notice]:
    """The notices of so many pages for one channel, opened at one instant, as traffic shapes them."""
    found = []
    for number in range(count):
        page = msgspec.structs.replace(opened(at=at), id=f"page{number}at{at}")
        notices = tuple(msgspec.structs.replace(one, id=f"{page.id}-1") for one in page.notices)
        found += traffic.shaped(None, msgspec.structs.replace(page, notices=notices)).notices
    return found


def test_a_storm_becomes_a_digest() -> None:
    """The first few go out one by one, all others as one message a little later, whatever their number."""
    notices = shaped(Traffic([]), 100, AT)
    assert [notice.digest for notice in notices[:MOST_NOTICES]] == [""] * MOST_NOTICES
    assert len({notice.digest for notice in notices[MOST_NOTICES:]}) == 1
    assert {notice.due_at for notice in notices[MOST_NOTICES:]} == {AT + GATHER}


def test_digests_come_once_in_a_while() -> None:
    """While the storm lasts there is one every five minutes, and when it is over messages come one by one again."""
    traffic = Traffic([])
    shaped(traffic, 20, AT)
    [later] = {
        (one.digest, one.due_at) for one in shaped(traffic, 5, AT + MINUTE) + shaped(traffic, 5, AT + 2 * MINUTE)
    }
    assert later[1] == AT + GATHER + WINDOW
    assert all(not notice.digest for notice in shaped(traffic, 2, AT + HOUR))


def test_a_restarted_pager_knows_the_storm() -> None:
    """What was sent of late is read from the pages, so that a restart does not let the storm through."""
    page = opened()
    pages = [msgspec.structs.replace(page, id=str(number)) for number in range(MOST_NOTICES)]
    assert all(notice.digest for notice in shaped(Traffic(pages), 3, AT + MINUTE))
