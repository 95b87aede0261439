"""A signal: what detection needs to know of one ticket, and the cells that the ticket lies in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

CellPath = tuple[str, ...]
"""A cell, named from coarse to fine: ("现业", "618", "6182"). () is the whole city."""
CITY: CellPath = ()

SITE = "site:"
"""A cell of this beginning is a site: ("现业", "site:FTTB媒体箱")."""

SignalKind = Literal["fault", "complaint"]


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket. `at`: when it was opened (µs); `line`: the subscriber's number, empty where none is known.

    `leaves` are the finest cells that it lies in: one by number, perhaps one by site.
    """

    id: str
    at: int
    line: str
    leaves: tuple[CellPath, ...]
    kind: SignalKind = "fault"
    symptom: str = ""


def cells_of(leaves: Sequence[CellPath]) -> tuple[CellPath, ...]:
    """Return all cells that begin one of the `leaves`, from fine to coarse; the city is the last."""
    cells = {leaf[:depth] for leaf in leaves for depth in range(len(leaf) + 1)} | {CITY}
    return tuple(sorted(cells, key=lambda cell: (-len(cell), cell)))


def site_of(leaves: Sequence[CellPath]) -> str:
    """Return the site among the cells, empty if there is none."""
    return next((leaf[-1][len(SITE) :] for leaf in leaves if leaf and leaf[-1].startswith(SITE)), "")


def lies_in(cell: CellPath, ancestor: CellPath) -> bool:
    """Tell whether `cell` is `ancestor` or below it."""
    return cell[: len(ancestor)] == ancestor
