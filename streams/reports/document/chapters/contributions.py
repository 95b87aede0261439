"""What a missed target or a change of a key figure is made of: each branch's and each brand's part."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from streams.core.comparisons import INDICATOR_OF, change_of, ranked
from streams.core.decomposition import Change, parts_of_change, parts_of_miss
from streams.core.figures import Basis, IndicatorFigure
from streams.core.narrative.rates import CHANGE_WORTH_TELLING
from streams.core.ratios import PERCENT_PLACES, decimal_text
from streams.core.tables import TOTAL
from streams.core.targets import TIERS
from streams.reports.document.making import Making
from streams.reports.document.model import Column, Row, Section, Table, Value

PARTS = ("branch", "brand")
FEWEST_PARTS = 2
BASIS: Basis = "previous_month"
REST = ""
"""The row of what no part explains."""

Cells = dict[str, Value]
"""A column: part → what it adds."""


def with_contributions(making: Making, chapter: str, section: Section) -> Section:
    """Return the section of a chapter with the tables of its key figures that miss a target or changed enough."""
    tables = [
        table
        for one in making.figures.key_figures()
        if one.chapter == chapter
        for label in PARTS
        if (table := _table(making, making.key_name(one), one.figure, label)) is not None
    ]
    return msgspec.structs.replace(section, tables=(*section.tables, *tables))


def _table(making: Making, name: str, figure: IndicatorFigure, label: str) -> Table | None:
    """Return what the parts by one label add to the misses (in cases) and to the change (in points).

    Shown figures are rounded one by one; what the parts do not explain stands in a row of its own.
    """
    indicator, words = INDICATOR_OF[figure.id], making.words
    if label not in indicator.labels or label in indicator.undivided or label in figure.labels:
        return None
    parts = {one.value: one.figure for one in ranked(making.snapshot.indicators, figure.id, label, figure.labels)}
    missed = [tier for tier in TIERS if figure.verdicts[tier] == "missed" and tier in figure.budget]
    change = _change(figure, parts)
    if len(parts) < FEWEST_PARTS or not (missed or change):
        return None
    columns = [Column(words(label)), *(Column(words("beyond_target", tier=words(tier)), "hours") for tier in missed)]
    made = [_cases(figure, parts, tier) for tier in missed]
    if change is not None:
        columns += [Column(words("mix_effect"), "points"), Column(words("rate_effect"), "points")]
        made += [_effects(change, "mix"), _effects(change, "rate")]
    rows = {part: [column.get(part) for column in made] for part in (*parts, REST, TOTAL)}
    if not any(rows[REST]):
        del rows[REST]
    called = {REST: words("rest")}
    shown = (Row((called.get(part) or making.row_name(part), *cells), part == TOTAL) for part, cells in rows.items())
    return Table(f"{name} · {words('contributions')}", tuple(columns), tuple(shown))


def _cases(figure: IndicatorFigure, parts: Mapping[str, IndicatorFigure], tier: str) -> Cells:
    """Return by how many cases each part lies on the wrong side of a tier's target."""
    counts = {part: (one.numerator, one.denominator) for part, one in parts.items()}
    miss = parts_of_miss((figure.numerator, figure.denominator), counts, Fraction(figure.budget[tier].target))
    sign = 1 if INDICATOR_OF[figure.id].better == "lower" else -1
    return {part: _shown(sign * cases) for part, cases in {**miss.parts, REST: miss.rest, TOTAL: miss.whole}.items()}


def _change(figure: IndicatorFigure, parts: Mapping[str, IndicatorFigure]) -> Change | None:
    """Return what the parts did to a figure's change on the month before, None where that is too small to tell."""
    change = change_of(figure, BASIS)
    if change is None or change.direction in (None, "same"):
        return None
    made = parts_of_change(
        ((figure.numerator, figure.denominator), (change.before.numerator, change.before.denominator)),
        {part: (one.numerator, one.denominator) for part, one in parts.items()},
        {
            part: (one.earlier[BASIS].numerator, one.earlier[BASIS].denominator)
            for part, one in parts.items()
            if BASIS in one.earlier
        },
    )
    return None if made is None or abs(made.whole) < CHANGE_WORTH_TELLING else made


def _effects(change: Change, effect: Literal["mix", "rate"]) -> Cells:
    """Return each part's effect in points, and that of all; what no part explains stands with the mix."""
    effects = {part: getattr(one, effect) for part, one in change.parts.items()}
    rest = {REST: change.rest} if effect == "mix" else {}
    whole = sum((*effects.values(), *rest.values()), Fraction())
    return {part: _shown(100 * value) for part, value in {**effects, **rest, TOTAL: whole}.items()}


def _shown(value: Fraction) -> float:
    # A small loss is rounded to no change, not to one below 0.
    return float(decimal_text(value, PERCENT_PLACES)) + 0.0
