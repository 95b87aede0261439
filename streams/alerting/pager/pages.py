"""A page as it is kept: what is the matter, who was told when and how, and who has taken it; one record on `pages`."""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.core.months import NEVER

NoticeKind = Literal["page", "update", "resolve"]
NoticeState = Literal["pending", "delivered", "failed", "dropped"]
PageState = Literal["open", "acknowledged", "resolved"]

ID_LENGTH = 7
"""Of a page's id: 35 bits, short enough for a message of 70 characters."""
OUTAGE = "outage/"
"""What the name of a matter begins with that is an outage."""
GRAVEST_FIRST = ("critical", "warning", "info")


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a group of alerts is about: labels and texts of the gravest, how many there are.

    began_at: since when the one fires whose texts these are. matters: what of the world they are about, each with its
    class, where they name it ("outage/QZ-1/major"); something new in it is news."""

    name: str
    duty: str = ""
    severity: str = ""
    branch: str = ""
    labels: dict[str, str] = {}
    summary: dict[str, str] = {}
    description: dict[str, str] = {}
    runbook_url: str = ""
    alerts: int = 1
    began_at: int = 0
    matters: tuple[str, ...] = ()

    def rank(self) -> tuple[int, int, str]:
        """Return its place in order: the gravest first, of equals the latest, since alerts of an old class linger."""
        place = GRAVEST_FIRST.index(self.severity) if self.severity in GRAVEST_FIRST else len(GRAVEST_FIRST)
        return place, -self.began_at, self.name


class GroupUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What Alertmanager says of one group: its key, its subject, and whether any of its alerts fires."""

    group: str
    subject: Subject
    is_firing: bool


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one channel of one person, and how it went; instants are microseconds.

    `id` is the same however often the message is tried. With `digest` it goes out with others of that name.
    """

    id: str
    kind: NoticeKind
    person: str
    channel: str
    made_at: int
    due_at: int
    state: NoticeState = "pending"
    attempts: int = 0
    delivered_at: int | None = None
    digest: str = ""

    @property
    def message_id(self) -> str:
        """What tells this message, or the digest that it is part of, from others, however often it comes."""
        return self.digest or self.id


class Acknowledgement(msgspec.Struct, frozen=True):
    """Who took a page, and when (an instant)."""

    person: str
    at: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One matter that somebody is told of until somebody takes it, from its first alert to the last one's end.

    group: the key that Alertmanager gives it; subject: what it is about, as last known.
    step, times: how far the escalation is; due_at: when it goes on. news_at: when there was something new in it.
    """

    id: str
    group: str
    state: PageState
    subject: Subject
    opened_at: int
    notices: tuple[Notice, ...] = ()
    step: int = 0
    times: int = 0
    due_at: int = NEVER
    acknowledgements: tuple[Acknowledgement, ...] = ()
    news_at: int = 0
    resolved_at: int | None = None

    def is_live(self) -> bool:
        """Tell whether something may still have to be done about it."""
        return self.state != "resolved" or any(notice.state == "pending" for notice in self.notices)

    def taken_by(self) -> str:
        """Return who took it last, empty if nobody did."""
        return self.acknowledgements[-1].person if self.acknowledgements else ""

    def people_told(self) -> list[str]:
        """Return who got a message about it, in order."""
        return list(dict.fromkeys(notice.person for notice in self.notices if notice.state == "delivered"))


_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(Page).decode


def write(page: Page) -> bytes:
    """Return a page as JSON; equal ones give equal bytes."""
    return _ENCODE(page)


def read(value: bytes) -> Page:
    """Return the page in JSON; raises msgspec.DecodeError."""
    return _DECODE(value)


def spelled(digest: bytes, length: int) -> str:
    """Return a digest as so many characters that can be read out: Crockford's base 32 has none that look alike."""
    number, text = int.from_bytes(digest), ""
    for _ in range(length):
        number, digit = divmod(number, 32)
        text += "0123456789abcdefghjkmnpqrstvwxyz"[digit]
    return text
