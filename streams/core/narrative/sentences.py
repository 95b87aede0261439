"""Sentences made of phrases, names and cited figures; each figure says where in the snapshot it comes from; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from streams.core.ratios import PERCENT_PLACES, change_in_points, decimal_text

Formula = Literal[
    "count",
    "share",
    "points",
    "signed_points",
    "difference",
    "growth",
    "target",
    "beyond",
    "percent",
    "interval_end",
    "number",
    "amount",
    "how_many",
]
"""How what is shown follows from the values at a figure's paths v1, v2 …

count, number, amount: v1, as a whole number, with up to six digits, with two decimals. percent: v1 is in percent.
target, interval_end: 100 v1 in percent. share: v1 / v2 in percent. difference: |v1 - v2|. growth: |v1 - v2| / v2 in
percent. points: |v1 / v2 - v3 / v4| in percentage points. beyond: |v1 - v3 v2|. how_many: how many paths there are.
signed_points: (v2 / D + v4 / E) / 2 * (v1 / v2 - v3 / v4) in percentage points, where D and E are the sums of the first
and the second half of the other values: what a part's own rate did to the rate of all parts.
"""

Counts = tuple[int, int]
"""Numerator and denominator."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a sentence: a phrase, a name (data: of an indicator, a branch, a day), or a figure with its source."""

    text: str
    kind: Literal["phrase", "name", "figure"]
    formula: Formula | None = None
    paths: tuple[str, ...] = ()


class Sentence(msgspec.Struct, frozen=True):
    """One sentence, piece by piece. Paths are those of `streams.core.restating.leaves`."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Return the sentence as it reads."""
        return "".join(part.text for part in self.parts)


class Source(NamedTuple):
    """A figure's numerator and denominator, and where in the snapshot they stand."""

    counts: Counts
    paths: tuple[str, str]


def phrase(text: str) -> Part:
    """Return a piece of the sentence's own words."""
    return Part(text=text, kind="phrase")


def name(text: str) -> Part:
    """Return a name that comes from the data or the catalogue."""
    return Part(text=text, kind="name")


def count(value: int, path: str) -> Part:
    """Return a whole number."""
    return _figure(f"{value:,}", "count", path)


def number(value: float | str, path: str) -> Part:
    """Return a number to six digits."""
    return _figure(f"{float(value):,.6g}", "number", path)


def amount(value: float, path: str) -> Part:
    """Return a number with two decimals."""
    return _figure(f"{value:,.2f}", "amount", path)


def percent(value: float, path: str) -> Part:
    """Return a number that is in percent already."""
    return _figure(f"{value:.2f}%", "percent", path)


def share(figure: Source) -> Part:
    """Return a ratio in percent; its denominator is above 0."""
    return _figure(f"{decimal_text(100 * Fraction(*figure.counts), PERCENT_PLACES)}%", "share", *figure.paths)


def points(now: Source, before: Source) -> Part:
    """Return by how many percentage points two ratios differ; their denominators are above 0."""
    change = change_in_points(now.counts, before.counts) or ""
    return _figure(change.removeprefix("-"), "points", *now.paths, *before.paths)


def difference(now: int, before: int, paths: tuple[str, str]) -> Part:
    """Return by how much two numbers differ."""
    return _figure(f"{abs(now - before):,}", "difference", *paths)


def growth(now: int, before: int, paths: tuple[str, str]) -> Part:
    """Return by how many percent of the earlier number (above 0) two numbers differ."""
    text = decimal_text(Fraction(100 * abs(now - before), before), PERCENT_PLACES)
    return _figure(f"{text}%", "growth", *paths)


def target(ratio: str, path: str) -> Part:
    """Return a target, a decimal fraction of 1, in percent."""
    return _figure(f"{float(100 * Decimal(ratio)):g}%", "target", path)


def interval_end(ratio: str, path: str) -> Part:
    """Return an end of an interval, a decimal fraction of 1, in whole percent."""
    return _figure(f"{Decimal(ratio) * 100:.0f}%", "interval_end", path)


def beyond(figure: Source, ratio: str, path: str) -> Part:
    """Return by how many cases a figure lies on one side of a target."""
    cases = figure.counts[0] - Fraction(ratio) * figure.counts[1]
    return _figure(decimal_text(abs(cases), PERCENT_PLACES), "beyond", *figure.paths, path)


def signed_points(effect: Fraction, now: Source, before: Source, denominators: Sequence[str]) -> Part:
    """Return what a part's own rate did to the rate of all, with its sign; see Formula for the denominators."""
    text = decimal_text(100 * effect, PERCENT_PLACES)
    return _figure(
        text if text.startswith("-") else f"+{text}", "signed_points", *now.paths, *before.paths, *denominators
    )


def how_many(paths: Iterable[str]) -> Part:
    """Return how many figures there are of a kind."""
    found = tuple(paths)
    return Part(text=str(len(found)), kind="figure", formula="how_many", paths=found)


def _figure(text: str, formula: Formula, *paths: str) -> Part:
    return Part(text=text, kind="figure", formula=formula, paths=paths)
