"""A reconciliation in words, Chinese or English: what differs, by how much, and the tickets behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.core.counted_facts import Candidate, CountedFact
from streams.core.reconciling import Gap, Reconciliation
from streams.logs import masked_text
from streams.reports.document.figure_names import NAMES, FigureNames
from streams.reports.document.words import LANGUAGES, Words
from streams.reports.terminal.words import NOTHING

TEXTS: dict[str, tuple[str, str]] = {
    "summary": (
        "{period}（数据截至 {as_of}）：{agreeing} 个数相符，{gaps} 个不符",
        "{period} as of {as_of}: {agreeing} figures agree, {gaps} do not",
    ),
    "gap": (
        "  {name}：印刷 {printed}，重算 {recomputed}{by}：{note}",
        "  {name}: printed {printed}, recomputed {recomputed}{by}: {note}",
    ),
    "by": ("（差 {difference}）", " ({difference})"),
    "counted": ("    现计入 {number} 张工单，最近更新的：", "    {number} tickets count there, updated last:"),
    "lacking": ("    距印刷值还差 {number}", "    {number} more would have to count"),
    "candidates": (
        "    未计入、可能被算入的有 {number} 张，最近更新的：",
        "    {number} tickets do not count but might have been counted, updated last:",
    ),
    "fact": (
        "      {fact} {key} 第 {revision} 版，{updated_at}{why}",
        "      {fact} {key} revision {revision}, {updated_at}{why}",
    ),
    "condition_missed": ("：不符合“{name}”的条件", ": misses the condition of “{name}”"),
    "condition_met": ("：符合“{name}”的条件", ": meets the condition of “{name}”"),
    "not_valid": ("：已撤销或作废", ": cancelled or rejected"),
}


def reconciliation_lines(result: Reconciliation, words: Words) -> Iterator[str]:
    """Yield the lines of a reconciliation in the language of `words`."""
    yield from _Told(words).of(result)


class _Told:
    def __init__(self, words: Words) -> None:
        self._words, self._names = words, FigureNames(words)
        self._place = LANGUAGES.index(words.language)

    def of(self, result: Reconciliation) -> Iterator[str]:
        yield self._text(
            "summary",
            period=result.period,
            as_of=result.as_of,
            agreeing=result.agreeing,
            gaps=len(result.gaps),
        )
        for gap in result.gaps:
            yield from self._of_gap(gap)

    def _of_gap(self, gap: Gap) -> Iterator[str]:
        yield self._text(
            "gap",
            name=self._names.printed(gap.where),
            printed=_shown(gap.printed),
            recomputed=_shown(gap.recomputed),
            by="" if gap.difference is None else self._text("by", difference=_signed(gap.difference)),
            note=self._words.name(gap.note),
        )
        if gap.facts_in_all:
            yield self._text("counted", number=gap.facts_in_all)
            yield from map(self._of_fact, gap.facts)
        if gap.lacking is not None:
            yield self._text("lacking", number=gap.lacking)
        if gap.candidates_in_all:
            yield self._text("candidates", number=gap.candidates_in_all)
            yield from map(self._of_fact, gap.candidates)

    def _of_fact(self, fact: CountedFact) -> str:
        why = ""
        if isinstance(fact, Candidate):
            name = "" if fact.indicator is None else NAMES[fact.indicator][self._words.language]
            why = self._text(fact.why, name=name)
        return self._text(
            "fact", fact=fact.fact, key=fact.key, revision=fact.revision, updated_at=fact.updated_at, why=why
        )

    def _text(self, text: str, **values: object) -> str:
        return TEXTS[text][self._place].format(**values)


def _shown(figure: Any) -> str:
    return NOTHING if figure is None else masked_text(str(figure))


def _signed(difference: str) -> str:
    return difference if difference.startswith("-") else f"+{difference}"
