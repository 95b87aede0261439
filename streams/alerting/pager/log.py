"""The log of pages: what went out when, to whom, and how long until somebody took it; for lists and monthly reports."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.alerting.pager.pages import Page
from streams.core.documents import instant_text
from streams.core.months import SECOND, Calendar


class SentNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a page, to a person's channel; times are RFC 3339, None where it never got out."""

    id: str
    kind: str
    person: str
    channel: str
    made_at: str
    state: str
    attempts: int
    delivered_at: str | None


class LoggedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page; `seconds_to_acknowledge` run from the first message that got out, None if nobody took it.

    Of a page that was taken again, `acknowledged_at` is the first time, `acknowledged_by` the last person.
    """

    id: str
    alert: str
    severity: str
    branch: str
    state: str
    opened_at: str
    delivered_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str
    seconds_to_acknowledge: float | None
    resolved_at: str | None
    notices: list[SentNotice]


def log_of(pages: Iterable[Page], month: str | None = None, timezone: str = "UTC") -> list[LoggedPage]:
    """Return the pages that were opened in a local month, else those that are open, in the order of their opening."""
    calendar = Calendar(timezone)
    chosen = (
        page
        for page in pages
        if (page.state != "resolved" if month is None else calendar.month_of(page.opened_at) == month)
    )
    return [_logged(page) for page in sorted(chosen, key=lambda page: (page.opened_at, page.id))]


def _logged(page: Page) -> LoggedPage:
    got_out = [notice.delivered_at for notice in page.notices if notice.delivered_at is not None]
    first = min(got_out, default=None)
    taken = page.acknowledgements[0].at if page.acknowledgements else None
    return LoggedPage(
        id=page.id,
        alert=page.subject.name,
        severity=page.subject.severity,
        branch=page.subject.branch,
        state=page.state,
        opened_at=instant_text(page.opened_at),
        delivered_at=_text(first),
        acknowledged_at=_text(taken),
        acknowledged_by=page.taken_by(),
        seconds_to_acknowledge=None if first is None or taken is None else max(0, taken - first) / SECOND,
        resolved_at=_text(page.resolved_at),
        notices=[
            SentNotice(
                id=notice.message_id,
                kind=notice.kind,
                person=notice.person,
                channel=notice.channel,
                made_at=instant_text(notice.made_at),
                state=notice.state,
                attempts=notice.attempts,
                delivered_at=_text(notice.delivered_at),
            )
            for notice in page.notices
        ],
    )


def _text(instant: int | None) -> str | None:
    return None if instant is None else instant_text(instant)
