"""Who may freeze months and see or keep a report's free texts: whoever has the token of a writer."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from streams.credentials import WRITER, ApiToken, Role
from streams.serve.answers import Refusal
from streams.serve.tickets.access import role_of

HOW_TO_BECOME_ONE = f"a line `{WRITER} TOKEN` in the file of STREAMS_API_TOKENS"


def require_writer(request: web.Request, tokens: Sequence[ApiToken]) -> None:
    """Raise Refusal unless a writer asks: 401 without a known token, 403 with that of another role."""
    if not has_writers(tokens):
        raise Refusal(403, f"nobody is a writer here: {HOW_TO_BECOME_ONE} makes one")
    role = role_of(request, tokens)
    if role != WRITER:
        raise Refusal(403, f"this is the token of role {role}: freezing and free texts need {HOW_TO_BECOME_ONE}")


def has_writers(tokens: Sequence[ApiToken]) -> bool:
    """Tell whether the settings make anybody a writer."""
    return any(token.role == WRITER for token in tokens)


def known_role(request: web.Request, tokens: Sequence[ApiToken]) -> Role | None:
    """Return the role of the token that was sent, None where none was or it is unknown."""
    try:
        return role_of(request, tokens) if tokens else None
    except Refusal:
        return None
