"""Holds a printed report's figures against recomputed ones: every figure that differs, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

AS_PRINTED = "as_printed"
RECOMPUTED = "recomputed"
"""Where a printed report contradicts itself, its file has both words side by side, alone or at the end of a key."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A printed figure that differs from the recomputed one (None: there is nothing to recompute it from)."""

    where: str
    printed: Any
    recomputed: Any
    note: str


def checks(printed: Mapping[str, Any], recomputed: Mapping[str, Any]) -> list[Check]:
    """Return what differs in the chapters that are recomputed; other chapters and remarks are passed over."""
    return [
        check
        for chapter, content in printed.items()
        if chapter in recomputed
        for check in _differences(chapter, content, recomputed[chapter])
    ]


def _differences(where: str, printed: Any, recomputed: Any) -> Iterator[Check]:
    if isinstance(printed, dict) and isinstance(recomputed, dict):
        for key, content in printed.items():
            yield from _differences(f"{where}.{key}", content, recomputed.get(_counterpart(key)))
    elif isinstance(printed, list) and isinstance(recomputed, list) and len(printed) == len(recomputed):
        for place, (content, counted) in enumerate(zip(printed, recomputed, strict=True)):
            yield from _differences(f"{where}[{place}]", content, counted)
    elif printed != recomputed and not (recomputed is None and isinstance(printed, str)):
        yield Check(where=where, printed=printed, recomputed=recomputed, note=_note(where, recomputed))


def _counterpart(key: str) -> str:
    return f"{key.removesuffix(AS_PRINTED)}{RECOMPUTED}" if key.endswith(AS_PRINTED) else key


def _note(where: str, recomputed: Any) -> str:
    if recomputed is None:
        return "the events give nothing to recompute it from"
    if where.endswith(AS_PRINTED):
        return "the printed rate does not follow from the printed counts"
    return "the events give another figure"
