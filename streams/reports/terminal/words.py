"""How figures, shares and verdicts are written in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from rich.text import Text

from streams.core.figures import IndicatorFigure
from streams.core.targets import Verdict

NOTHING = "–"
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "met": ("met 达标", "green"),
    "missed": ("missed 未达标", "red"),
    "no_data": ("no data", "dim"),
    "too_few": ("too few", "dim"),
    "no_target": (NOTHING, "dim"),
}


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
    rate = NOTHING if one.rate_percent is None else f"{one.rate_percent:.2f} %"
    return (
        rate
        if one.numerator is None or one.denominator is None
        else f"{one.numerator:,} / {one.denominator:,} = {rate}"
    )


def figure_words(figure: Any) -> str:
    """Return a figure, or those of a row."""
    if figure is None:
        return NOTHING
    if isinstance(figure, list):
        return "  ".join(map(figure_words, figure))
    if isinstance(figure, float):
        return f"{figure:,.2f}"
    return f"{figure:,}" if isinstance(figure, int) and not isinstance(figure, bool) else str(figure)


def beside(printed: str, computed: str) -> Text:
    """Return the printed words, in red where they are others than the computed ones."""
    return Text(printed, style="dim" if printed in (computed, NOTHING) else "bold red")


def verdict_words(figure: IndicatorFigure | None, tier: str) -> Text:
    """Return what a tier says of a figure; of too small a sample, the interval that it leaves open."""
    words, style = VERDICTS["no_data" if figure is None else figure.verdicts[tier]]
    if figure is not None and figure.interval is not None:
        low, high = (f"{Decimal(end) * 100:.0f}" for end in figure.interval)
        words = f"{words}, {low}–{high} %"
    return Text(words, style=style)
