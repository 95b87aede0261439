"""Keeps a storm of notices from anybody: beyond a few in five minutes, a channel gets digests instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from streams.alerting.pager.pages import Notice, Page
from streams.core.months import MINUTE, SECOND

MOST_NOTICES = 6
"""So many messages a channel gets within WINDOW before what follows is gathered."""
WINDOW = 5 * MINUTE
GATHER = 30 * SECOND
"""How long the first digest waits for more; further ones come at most once in WINDOW."""


class Traffic:
    """What each channel has been sent of late, as far as the pages tell."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._single: dict[str, list[int]] = defaultdict(list)
        self._digest: dict[str, tuple[str, int]] = {}
        for page in pages:
            for notice in page.notices:
                self._count(notice)

    def shaped(self, before: Page | None, after: Page) -> Page:
        """Return a page whose new notices are gathered in digests where their channels have had enough."""
        known = 0 if before is None else len(before.notices)
        if len(after.notices) == known:
            return after
        new = [self._shape(notice) for notice in after.notices[known:]]
        return msgspec.structs.replace(after, notices=(*after.notices[:known], *new))

    def _shape(self, notice: Notice) -> Notice:
        recent = [at for at in self._single[notice.channel] if at > notice.made_at - WINDOW]
        self._single[notice.channel] = recent
        if len(recent) >= MOST_NOTICES:
            name, due_at = self._next_digest(notice)
            notice = msgspec.structs.replace(notice, digest=name, due_at=due_at)
        self._count(notice)
        return notice

    def _next_digest(self, notice: Notice) -> tuple[str, int]:
        """Return the digest that is still gathering, or the next one."""
        last = self._digest.get(notice.channel)
        if last is not None and last[1] > notice.made_at:
            return last
        due_at = notice.made_at + GATHER
        if last is not None:
            due_at = max(due_at, last[1] + WINDOW)
        return f"{notice.id}-digest", due_at

    def _count(self, notice: Notice) -> None:
        if not notice.digest:
            self._single[notice.channel].append(notice.made_at)
            return
        name, due_at = self._digest.get(notice.channel, ("", 0))
        # A digest that was tried once gathers no more: it must stay the same for whoever may have got it.
        gathered_until = notice.made_at if notice.attempts else notice.due_at
        if notice.digest != name and gathered_until > due_at:
            self._digest[notice.channel] = (notice.digest, gathered_until)
