"""The course of a page as a pure function of what happens: who is told next, what is told again, when it is over.

Every function returns the page as it is afterwards; its pending notices are what there is to send. Instants are
microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec

from streams.alerting.pager.pages import (
    ID_LENGTH,
    OUTAGE,
    Acknowledgement,
    GroupUpdate,
    Notice,
    NoticeKind,
    Page,
    Subject,
    spelled,
)
from streams.alerting.roster import Roster, Step, quiet_until, turn
from streams.core.months import MINUTE, NEVER, SECOND

MOST_ATTEMPTS = 60
"""So often a message is tried before it counts as failed: about an hour."""
ESCALATE_AFTER_ATTEMPTS = 4
"""When every channel of a person has failed so often, the next person is told without further waiting."""
LONGEST_PAUSE = 60 * SECOND

_with = msgspec.structs.replace


def opened(update: GroupUpdate, roster: Roster, at: int) -> Page | None:
    """Return the page that a firing group opens, None if its severity is never paged."""
    subject = update.subject
    if not roster.steps_of(subject.severity):
        return None
    page = Page(
        id=spelled(blake2b(f"{update.group}\0{at}".encode()).digest(), ID_LENGTH),
        group=update.group,
        state="open",
        subject=subject,
        opened_at=at,
        due_at=quiet_until(roster, subject.severity, at),
    )
    return gone_on(page, roster, at)


def updated(page: Page, update: GroupUpdate, roster: Roster, at: int) -> Page:
    """Return the page after news of its group.

    Whoever was told hears of something new in it, and of the end. Another outage beside one that somebody has taken
    needs somebody to take it, too.
    """
    if not update.is_firing:
        return _resolved(page, roster, at)
    before, after = page.subject, _with(page, subject=update.subject)
    is_waiting = page.state == "open" and not page.notices
    is_open_again = page.state == "acknowledged" and _has_another_outage(before, update.subject)
    if is_open_again or (is_waiting and update.subject.severity != before.severity):
        # Also what waits for the morning: it may be graver now.
        due_at = quiet_until(roster, update.subject.severity, at)
        return gone_on(_with(after, state="open", step=0, times=0, due_at=due_at), roster, at)
    if update.subject.severity == before.severity and not {*update.subject.matters} - {*before.matters}:
        return after
    return _told_again(_with(_sooner(after, roster, at), news_at=at), "update", roster, at)


def acknowledged(page: Page, person: str, at: int) -> Page:
    """Return the page taken by a person: nobody is told of it any more, but of its changes and its end."""
    if page.state != "open":
        return page
    taken_by = (*page.acknowledgements, Acknowledgement(person, at))
    taken = _with(page, state="acknowledged", acknowledgements=taken_by, due_at=NEVER)
    return _dropped(taken, lambda notice: notice.kind == "page")


def delivered(page: Page, notice_id: str, told: Page, roster: Roster, at: int) -> Page:
    """Return the page after a notice reached its channel; it told of the page as it was when it was written."""
    [notice] = (one for one in page.notices if one.id == notice_id)
    page = _changed(page, _with(notice, state="delivered", delivered_at=at))
    kind: NoticeKind = "update" if page.resolved_at is None else "resolve"
    happened_at = page.news_at if page.resolved_at is None else page.resolved_at
    is_behind = (told.news_at, told.resolved_at) != (page.news_at, page.resolved_at)
    will_hear = any(one.channel == notice.channel and one.made_at >= happened_at for one in page.notices)
    if is_behind and not will_hear:
        # It was on its way when that came.
        return _noted(page, kind, notice.person, roster, at, channels=[notice.channel])
    return page


def failed(page: Page, notice_id: str, roster: Roster, at: int, *, for_good: bool) -> Page:
    """Return the page after an attempt failed: it is tried again, later and later, and the next person may be told."""
    [notice] = (one for one in page.notices if one.id == notice_id)
    if notice.state != "pending":
        return page
    attempts = notice.attempts + 1
    if for_good or attempts >= MOST_ATTEMPTS:
        page = _changed(page, _with(notice, state="failed", attempts=attempts))
    else:
        pause = min(LONGEST_PAUSE, SECOND * 2 ** min(attempts - 1, 10))
        page = _changed(page, _with(notice, attempts=attempts, due_at=at + pause))
    return gone_on(_with(page, due_at=min(page.due_at, at)), roster, at) if _nobody_reached(page) else page


def gone_on(page: Page, roster: Roster, at: int) -> Page:
    """Return the page with the next person told, if it is time and nobody has taken it.

    A step that leads to nobody (a gap, no backup) is passed over.
    """
    while page.state == "open" and page.due_at <= at:
        step = _step(page, roster)
        if step is None:
            return _with(page, due_at=NEVER)
        person = turn(roster, roster.duty(page.subject.duty), page.subject.branch, at).person(step.notify)
        is_last_time = person is None or page.times + 1 >= step.repeat
        page = _with(page, step=page.step + is_last_time, times=0 if is_last_time else page.times + 1)
        if person is not None:
            page = _with(_noted(page, "page", person, roster, at), due_at=at + round(step.wait_minutes * MINUTE))
    return page


def _step(page: Page, roster: Roster) -> Step | None:
    steps = roster.steps_of(page.subject.severity)
    return steps[page.step] if page.step < len(steps) else None


def _sooner(page: Page, roster: Roster, at: int) -> Page:
    """Return a page that may have become graver, and so waits no longer than its new severity allows."""
    steps = roster.steps_of(page.subject.severity)
    if page.state != "open" or not steps:
        return page
    return _with(page, due_at=min(page.due_at, at + round(steps[0].wait_minutes * MINUTE)))


def _nobody_reached(page: Page) -> bool:
    """Tell whether the person who was told last cannot be reached, and somebody else could be told."""
    told = [notice for notice in page.notices if notice.kind == "page"]
    if page.state != "open" or page.due_at == NEVER or not told:
        return False
    return all(
        notice.state == "failed" or (notice.state == "pending" and notice.attempts >= ESCALATE_AFTER_ATTEMPTS)
        for notice in told
        if (notice.person, notice.made_at) == (told[-1].person, told[-1].made_at)
    )


def _has_another_outage(before: Subject, after: Subject) -> bool:
    known, found = (
        {matter.rpartition("/")[0] for matter in one.matters if matter.startswith(OUTAGE)} for one in (before, after)
    )
    return bool(known & found) and bool(found - known)


def _resolved(page: Page, roster: Roster, at: int) -> Page:
    if page.state == "resolved":
        return page
    told = page.people_told()
    after = _with(page, state="resolved", resolved_at=at, due_at=NEVER)
    # Who heard of it hears of the end. To others it goes out still, as the news that it came and went.
    after = _dropped(after, lambda notice: notice.kind == "update" or notice.person in told)
    return _told_again(after, "resolve", roster, at)


def _told_again(page: Page, kind: NoticeKind, roster: Roster, at: int) -> Page:
    for person in page.people_told():
        page = _noted(page, kind, person, roster, at)
    return page


def _noted(
    page: Page, kind: NoticeKind, person: str, roster: Roster, at: int, *, channels: list[str] | None = None
) -> Page:
    """Return the page with one more notice for each channel of a person; the roster may no longer know who was told."""
    known = roster.people.get(person)
    names = channels or ([] if known is None else [channel.name for channel in known.channels])
    first = len(page.notices) + 1
    return _with(
        page,
        notices=(
            *page.notices,
            *(
                Notice(id=f"{page.id}-{number}", kind=kind, person=person, channel=name, made_at=at, due_at=at)
                for number, name in enumerate(names, start=first)
            ),
        ),
    )


def _changed(page: Page, notice: Notice) -> Page:
    return _with(page, notices=tuple(notice if one.id == notice.id else one for one in page.notices))


def _dropped(page: Page, is_meant: Callable[[Notice], bool]) -> Page:
    return _with(
        page,
        notices=tuple(
            _with(notice, state="dropped") if notice.state == "pending" and is_meant(notice) else notice
            for notice in page.notices
        ),
    )
