"""How figures, shares and verdicts are written in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from rich.text import Text

from streams.core.targets import Verdict

NOTHING = "–"
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "met": ("met 达标", "green"),
    "missed": ("missed 未达标", "red"),
    "no_data": ("no data", "dim"),
    "too_few": ("too few", "dim"),
    "no_target": (NOTHING, "dim"),
}

MARKS: dict[Verdict, str] = {"met": "✓", "missed": "✗"}
"""Beside a figure that has no column for its verdict; the others have none."""
PENALTY_WORDS = {
    "overdue": "超时 overdue",
    "irregular_note": "记录不规范 irregular note",
    "keying_error": "录入错误 keying error",
    "justified": "有理由 justified",
}


class Judged(Protocol):
    """A figure with a verdict per tier, and the interval that too small a sample leaves open."""

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Return tier → verdict."""
        ...

    @property
    def interval(self) -> tuple[str, str] | None:
        """Return both ends, None where the sample is large enough."""
        ...


class Share(NamedTuple):
    """So many of so many, and their rate in percent as it stands in a table; a count that is not known is None."""

    numerator: int | None
    denominator: int | None
    rate_percent: float | None


def share(row: Sequence[Any] | None) -> Share | None:
    """Return a table's row [all, those that count, rate] as a share, None where there is no row."""
    return None if row is None else Share(row[1], row[0], row[2])


def share_words(one: Share | None) -> str:
    """Return "3 / 4 = 75.00 %"; the rate alone where the counts are not known."""
    if one is None:
        return NOTHING
    rate = percent_words(one.rate_percent)
    return (
        rate
        if one.numerator is None or one.denominator is None
        else f"{one.numerator:,} / {one.denominator:,} = {rate}"
    )


def percent_words(rate_percent: float | None) -> str:
    """Return "75.00 %"."""
    return NOTHING if rate_percent is None else f"{rate_percent:.2f} %"


def figure_words(figure: Any) -> str:
    """Return a figure, or those of a row."""
    if figure is None:
        return NOTHING
    if isinstance(figure, list):
        return "  ".join(map(figure_words, figure))
    if isinstance(figure, float):
        return f"{figure:,.2f}"
    return f"{figure:,}" if isinstance(figure, int) and not isinstance(figure, bool) else str(figure)


def change_words(change: int | str | None) -> str:
    """Return a change with its sign, a whole number or a decimal text."""
    if change is None:
        return NOTHING
    number = Decimal(change)
    return f"{number:+,}" if number else str(change)


def beside(printed: str, computed: str) -> Text:
    """Return the printed words, in red where they are others than the computed ones."""
    return Text(printed, style="dim" if printed in (computed, NOTHING) else "bold red")


def verdict_words(figure: Judged | None, tier: str) -> Text:
    """Return what a tier says of a figure; of too small a sample, the interval that it leaves open."""
    words, style = VERDICTS["no_data" if figure is None else figure.verdicts[tier]]
    if figure is not None and figure.interval is not None:
        low, high = (f"{Decimal(end) * 100:.0f}" for end in figure.interval)
        words = f"{words}, {low}–{high} %"
    return Text(words, style=style)
