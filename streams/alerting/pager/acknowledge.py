"""Links and commands that acknowledge a page: signed, expiring, and forged by nobody without the secret."""

from __future__ import annotations

import hmac
from typing import NamedTuple

from streams.alerting.pager.pages import ID_LENGTH, Notice, Page, spelled
from streams.core.months import HOUR, MINUTE
from streams.credentials import Secret

LINK_LIFE = 24 * HOUR
"""How long after its notice a link acknowledges."""
COMMAND_LIFE = MINUTE
SHORTEST_SECRET = 16
SIGNATURE_LENGTH = 10
"""50 bits: a link has to fit into a short message, and each guess takes a request."""


class AcknowledgeError(ValueError):
    """What is to acknowledge a page does not: forged, mistyped, of an unknown page, or too old."""


class Expired(AcknowledgeError):
    """It would have, some time ago."""


class Token(NamedTuple):
    """What stands in a link: a notice's id, and the proof that we wrote it."""

    notice: str
    signature: str

    @property
    def page(self) -> str:
        """Return the id of the notice's page."""
        return self.notice.partition("-")[0]

    def __str__(self) -> str:
        return self.notice.replace("-", "") + self.signature


class Signer:
    """Signs and checks with one secret. Raises AcknowledgeError for one of less than SHORTEST_SECRET characters."""

    def __init__(self, secret: Secret) -> None:
        if len(secret.reveal()) < SHORTEST_SECRET:
            raise AcknowledgeError(f"the pager's secret is too short: give at least {SHORTEST_SECRET} characters")
        self._key = secret.reveal().encode()

    def token(self, page: Page, notice: Notice) -> Token:
        """Return what acknowledges a page for the person of a notice until it expires."""
        content = ("link", page.group, notice.id, notice.person, notice.made_at + LINK_LIFE)
        return Token(notice.id, self._signature(*content))

    def check(self, token: Token, page: Page | None, at: int) -> tuple[Page, Notice]:
        """Return the page that a token acknowledges, and the notice in whose person's name it does.

        Raises AcknowledgeError, Expired.
        """
        notice = None if page is None else next((one for one in page.notices if one.id == token.notice), None)
        if page is None or notice is None or not _same(self.token(page, notice).signature, token.signature):
            raise AcknowledgeError("this link is not one of ours, or of a page long past")
        if at >= notice.made_at + LINK_LIFE:
            raise Expired("this link has expired")
        return page, notice

    def command(self, page: str, person: str, expires_at: int) -> str:
        """Return the signature of a command to acknowledge a page (by its id) in a person's name until an instant."""
        return self._signature("command", page, person, expires_at)

    def check_command(self, page: str, person: str, expires_at: int, signature: str, at: int) -> None:
        """Raise AcknowledgeError for a command that somebody without the secret sent, Expired for an old one."""
        if not _same(self.command(page, person, expires_at), signature):
            raise AcknowledgeError("the signature is wrong: is STREAMS_PAGER_SECRET that of the pager?")
        if at >= expires_at:
            raise Expired("the command has expired: are the clocks right?")

    def _signature(self, *content: str | int) -> str:
        message = "\0".join(map(str, content)).encode()
        return spelled(hmac.digest(self._key, message, "sha256"), SIGNATURE_LENGTH)


def read_token(text: str) -> Token:
    """Return the token that a link's end holds; raises AcknowledgeError for anything else."""
    page, number, signature = text[:ID_LENGTH], text[ID_LENGTH:-SIGNATURE_LENGTH], text[-SIGNATURE_LENGTH:]
    if not number.isdigit():
        raise AcknowledgeError("this link is not one of ours, or not whole")
    return Token(f"{page}-{number}", signature)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
