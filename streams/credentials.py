"""Passwords and tokens: kept out of every message, read from files so that they stay out of the process list."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

SHORTEST_TOKEN = 16

Role = Literal["viewer", "agent", "writer"]
"""A viewer sees tickets with masked numbers, an agent may see them whole; a writer sees what a viewer does, freezes
months and keeps the free texts of their reports."""
WRITER: Role = "writer"


class Secret(msgspec.Struct, frozen=True):
    """A password that shows itself in no message, log line or repr; `reveal` gives it to the one who connects."""

    _text: str

    def reveal(self) -> str:
        """Return the password."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"


class ApiToken(NamedTuple):
    """What lets somebody in, in a role."""

    role: Role
    secret: Secret


def secret_in_file(path: str) -> Secret:
    """Return the secret that a file holds; raises ValueError where it holds none, OSError."""
    password = Path(path).read_text(encoding="utf-8").strip()
    if not password:
        raise ValueError(path)
    return Secret(password)


def tokens_in_file(path: str) -> tuple[ApiToken, ...]:
    """Return the tokens that a file holds, a role and a token in each line; none for no path.

    Raises ValueError for a line that is something else, a token that is too short, or a file without any; OSError.
    """
    if not path:
        return ()
    lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines or any(len(line) != 2 or len(line[1]) < SHORTEST_TOKEN for line in lines):
        raise ValueError(path)
    return tuple(ApiToken(msgspec.convert(role, Role), Secret(token)) for role, token in lines)
