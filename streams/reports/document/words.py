"""The words of one language, and how values are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from streams.core.tables import TOTAL
from streams.reports.document.model import Amount, Judgement, Kind, Language, Value
from streams.reports.document.word_list import VALUES, VERDICT_SIGNS, VERDICT_WORDS, WORDS

LANGUAGES: tuple[Language, ...] = ("zh", "en")
BLANK = "–"

OF_WHAT = frozenset(("key_products", "province_callback", "local_callback"))
"""What key figures are of that is no label's value."""


class Words:
    """The words of one language, and how values are written in it."""

    def __init__(self, language: Language, names: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Take the language, and what the definitions call labels' values: value → language → name."""
        self.language = language
        self._place = LANGUAGES.index(language)
        self._names = names or {}

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key of WORDS."""
        return WORDS[key][self._place].format(**values) if values else WORDS[key][self._place]

    def name(self, value: str) -> str:
        """Return what a label's value is called: by the definitions, by VALUES, else as it stands."""
        named = self._names.get(value, {}).get(self.language)
        if named is not None:
            return named
        return VALUES[value][self._place] if value in VALUES else value

    def of_what(self, key: str) -> str:
        """Return what stands before a key figure's name: a label's value, or a word of the report."""
        return self(key) if key in OF_WHAT else self.name(key)

    @property
    def total(self) -> str:
        """Return what a row of sums is called."""
        return self.name(TOTAL)

    def verdict(self, judgement: Judgement) -> str:
        """Return sign and word of a verdict, and the interval where the sample is too small."""
        words = f"{VERDICT_SIGNS[judgement.verdict]} {VERDICT_WORDS[judgement.verdict][self._place]}"
        if judgement.interval is None:
            return words
        low, high = judgement.interval
        return f"{words} {low}–{high}%"

    def cell(self, value: Value, kind: Kind) -> str:
        """Return a table's value as text."""
        if isinstance(value, Amount):
            return self.cell(value.value, value.kind)
        if value is None:
            return BLANK
        if isinstance(value, Judgement):
            return self.verdict(value)
        if isinstance(value, str):
            return value
        return _NUMBER_FORMATS[kind].format(value) if kind in _NUMBER_FORMATS else str(value)


_NUMBER_FORMATS: dict[Kind, str] = {
    "count": "{:,}",
    "percent": "{:.2f}%",
    "points": "{:+.2f}",
    "hours": "{:,.2f}",
    "yuan": "{:,.2f}",
    "decimal": "{:,.6g}",
}


def percent_of(ratio: str | None) -> float | None:
    """Return a snapshot's ratio (decimal text of a fraction of 1) in percent, to its own places."""
    return None if ratio is None else float(Decimal(ratio) * 100)
