"""Who may ask for tickets, and what of a subscriber's number they see: a token says the role."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from aiohttp import web

from streams.credentials import ApiToken, Role
from streams.serve.answers import Refusal

HIDDEN_DIGITS = 4
MASK = "****"
SCHEME = "Bearer "


def role_of(request: web.Request, tokens: Sequence[ApiToken]) -> Role:
    """Return the role of whoever asks; without tokens in the settings everybody is a viewer. Raises Refusal."""
    if not tokens:
        return "viewer"
    header = request.headers.get("Authorization", "")
    given = header.removeprefix(SCHEME).encode() if header.startswith(SCHEME) else b""
    found: Role | None = None
    for token in tokens:  # all of them, so that the time taken tells nothing
        if hmac.compare_digest(token.secret.reveal().encode(), given):
            found = token.role
    if found is None:
        raise Refusal(401, "send a token of STREAMS_API_TOKENS as `Authorization: Bearer …`")
    return found


def masked_number(number: str) -> str:
    """Return a subscriber's number without its last digits."""
    return number[:-HIDDEN_DIGITS] + MASK if number.isdigit() and len(number) > HIDDEN_DIGITS else MASK


def without_number(text: str | None, number: str | None) -> str | None:
    """Return a text in which a subscriber's number, should it stand there, is masked."""
    return text.replace(number, masked_number(number)) if text and number else text
