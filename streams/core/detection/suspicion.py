"""A suspicion: a burst of reports that looks like an outage (群障) or a complaint wave, with place and reason."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

import msgspec

from streams.core.detection.signals import CellPath, SignalKind

SuspicionKind = Literal["outage", "wave"]
SuspicionState = Literal["open", "closed", "merged", "declared"]

REASONS = {
    "burst": {
        "zh": "{minutes} 分钟内 {lines} 个号码申告，平时约 {expected}",
        "en": "{lines} lines reported within {minutes} minutes, where about {expected} are usual",
    },
    "wave": {
        "zh": "全网普遍增多：{minutes} 分钟内 {lines} 个号码申告，平时约 {expected}",
        "en": "more than usual everywhere: {lines} lines within {minutes} minutes, about {expected} usual",
    },
    "new_level": {
        "zh": "持续 {hours} 小时，视为新的常态",
        "en": "it has gone on for {hours} hours and is the new level",
    },
}
"""The sentences that give a reason, by the id of the message and the language."""


class Reason(msgspec.Struct, frozen=True):
    """Why a burst is suspected: the id of a sentence in REASONS, and its figures."""

    id: str
    figures: dict[str, float]

    def text(self, language: str = "zh") -> str:
        """Return the reason as a sentence; `language` is zh or en."""
        figures = {name: f"{value:g}" for name, value in self.figures.items()}
        return REASONS[self.id][language].format(**figures)


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """A suspicion as it stands; `id` is the same in all its updates. Instants are µs.

    `cell` is the lowest cell that explains the burst; `ranges` and `prefixes` are the tightest numbers that do, where
    lines are digits; `branch` and `site` are taken from the cell, empty where it has none. `outage` is the id of the
    declared outage, `merged_into` that of the suspicion which took this one in. `confidence` goes from 0 to 100.
    """

    id: str
    kind: SuspicionKind
    state: SuspicionState
    of: SignalKind
    cell: CellPath
    branch: str
    site: str
    ranges: tuple[tuple[str, str], ...]
    prefixes: tuple[str, ...]
    first_report_at: int
    raised_at: int
    updated_at: int
    ended_at: int | None
    reports: int
    lines: int
    confidence: int
    reason: Reason
    symptoms: tuple[tuple[str, int], ...]
    merged_into: str | None = None
    outage: str | None = None


def suspicion_id(of: SignalKind, cell: CellPath, first_report_at: int) -> str:
    """Return the id of the suspicion that was raised for `cell` with this first report."""
    text = msgspec.json.encode((of, cell, first_report_at))
    return f"suspected-{blake2b(text, digest_size=6).hexdigest()}"
