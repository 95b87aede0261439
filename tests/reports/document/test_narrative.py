"""Every number in the narrative is a figure of the snapshot, recomputed here from its paths alone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.catalogue import INDICATORS
from streams.core.definitions import Target
from streams.core.figures import IndicatorFigure, Period, indicator_figure
from streams.core.months import Calendar, instant_of
from streams.core.narrative import Part, Sentence, narrative
from streams.core.narrative.phrases import PHRASES
from streams.core.ratios import Ratio
from streams.core.restating import leaves
from streams.core.snapshot import Snapshot
from streams.core.targets import TIERS
from streams.reports.document.words import LANGUAGES, Words
from tests.reports.document.conftest import DEFINITIONS

NUMBER_WORDS = re.compile(
    r"\d|[零二三四五六七八九十千万]|一(?!致)|百(?!分)|\b(one|two|three|four|five|six|seven|eight|nine|ten|half)\b",
    re.IGNORECASE,
)
JUDGED = {"zh": ("未达到", "达到"), "en": ("misses", "meets")}
"""Language → the words of a missed and of a met target."""

Leaves = Mapping[str, Any]


def told(snapshot: Snapshot, language: str) -> dict[str, list[Sentence]]:
    """Return the narrative as the report has it."""
    words = Words("zh" if language == "zh" else "en", DEFINITIONS.names)
    return narrative(snapshot, words.language, words.of_what)


def figures_of(sentences: dict[str, list[Sentence]]) -> Iterator[Part]:
    """Yield every cited figure."""
    for chapter in sentences.values():
        for sentence in chapter:
            yield from (part for part in sentence.parts if part.kind == "figure")


def rounded(value: Fraction, places: int) -> str:
    """Return a number with so many places, half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def recomputed(part: Part, known: Leaves) -> str:
    """Return what a figure must show, from the values at its paths alone."""
    if part.formula == "how_many":
        return str(len([path for path in part.paths if path in known]))
    return FORMULAS[part.formula or ""](*(Fraction(str(known[path])) for path in part.paths))


def _own_rate(
    numerator: Fraction, denominator: Fraction, before: Fraction, base: Fraction, *all_denominators: Fraction
) -> str:
    half = len(all_denominators) // 2
    weights = denominator / sum(all_denominators[:half]) + base / sum(all_denominators[half:])
    shown = rounded(100 * weights / 2 * (numerator / denominator - before / base), 2)
    return shown if shown.startswith("-") else f"+{shown}"


FORMULAS: Mapping[str, Callable[..., str]] = {
    "count": lambda value: f"{int(value):,}",
    "number": lambda value: f"{float(value):,.6g}",
    "amount": lambda value: rounded(value, 2),
    "percent": lambda value: f"{rounded(value, 2)}%",
    "target": lambda value: f"{float(100 * value):g}%",
    "interval_end": lambda value: f"{rounded(100 * value, 0)}%",
    "share": lambda of, all_: f"{rounded(100 * of / all_, 2)}%".replace(",", ""),
    "difference": lambda now, before: rounded(abs(now - before), 0),
    "growth": lambda now, before: f"{rounded(100 * abs(now - before) / before, 2)}%".replace(",", ""),
    "points": lambda of, all_, before, base: rounded(100 * abs(of / all_ - before / base), 2),
    "beyond": lambda of, all_, target: rounded(abs(of - target * all_), 2).replace(",", ""),
    "signed_points": _own_rate,
}


def unfounded(snapshot: Snapshot, language: str) -> list[str]:
    """Return what the narrative of a snapshot says that does not follow from it."""
    known = leaves(msgspec.to_builtins(snapshot))
    sentences = told(snapshot, language)
    wrong = [f"{part.text} {part.paths}" for part in figures_of(sentences) if part.text != recomputed(part, known)]
    for chapter in sentences.values():
        for sentence in chapter:
            wrong += _unfounded_verdicts(sentence, known, language)
            wrong += [part.text for part in sentence.parts if part.kind == "phrase" and NUMBER_WORDS.search(part.text)]
    return wrong


def _unfounded_verdicts(sentence: Sentence, known: Leaves, language: str) -> Iterator[str]:
    """Yield the verdicts of a sentence that are not the snapshot's; each stands right before the target it is of."""
    missed, met = JUDGED[language]
    for part, following in zip(sentence.parts, (*sentence.parts[1:], None), strict=True):
        if part.kind != "phrase" or not (met in part.text or missed in part.text):
            continue
        verdict = "missed" if missed in part.text else "met"
        if following is None or following.formula != "target":
            yield sentence.text
            continue
        path = following.paths[0].replace(".budget.", ".verdicts.").removesuffix(".target")
        if known[path] != verdict:
            yield sentence.text


def any_month(july: Snapshot, chance: random.Random) -> Snapshot:
    """Return July with other counts, targets and earlier months: few, none, or many of each."""
    period = Period(july.period, Calendar(july.timezone), instant_of(datetime.fromisoformat(july.as_of)))
    targets = tuple(_any_target(target, chance) for target in DEFINITIONS.targets if chance.random() < 0.8)
    by_id = {indicator.id: indicator for indicator in INDICATORS}
    figures: list[IndicatorFigure] = []
    for one in july.indicators:
        if chance.random() < 0.1:
            continue
        made = indicator_figure(by_id[one.id], period, one.labels, _any_counts(chance), one.trend, targets)
        earlier = {basis: Ratio.of(_any_counts(chance)) for basis in ("previous_month", "previous_year")}
        kept = {basis: ratio for basis, ratio in earlier.items() if chance.random() < 0.7}
        figures.append(msgspec.structs.replace(made, earlier=kept))
    counts = [
        msgspec.structs.replace(one, count=chance.choice((0, 1, one.count)), earlier=_any_earlier(chance))
        for one in july.counts
    ]
    return msgspec.structs.replace(july, indicators=figures, counts=counts)


def _any_counts(chance: random.Random) -> tuple[int, int]:
    denominator = chance.choice((0, 1, 3, 29, 30, 31, 997, 12_345))
    return chance.randint(0, denominator), denominator


def _any_target(target: Target, chance: random.Random) -> Target:
    return msgspec.structs.replace(target, ratio=chance.choice(("0.05", "0.5", "0.995", target.ratio)))


def _any_earlier(chance: random.Random) -> dict[Any, int]:
    return {
        basis: chance.choice((0, 7, 1_000)) for basis in ("previous_month", "previous_year") if chance.random() < 0.7
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_july_s_sentences_follow_from_its_figures(july: Snapshot, language: str) -> None:
    """Each number is recomputed from the snapshot, each verdict is the snapshot's, no phrase has a number."""
    assert unfounded(july, language) == []
    assert len(list(figures_of(told(july, language)))) > 100


def test_july_reads_as_a_writer_would_put_it(july: Snapshot) -> None:
    """Rate, counts, both targets, the change, the branches and what the miss is made of."""
    assert [one.text for one in told(july, "zh")["repeat_reports"]][3:6] == [
        "E8 重复申告率 7.26%（502/6,910），达到省公司目标 8%，未达到市公司目标 5%，比上月上升 1.22 个百分点（变差）。",
        "分公司中乐至最好，为 5.81%（40/688），安岳最差，为 9.14%（98/1,072）。",
        "比市公司目标所允许的多 156.50 件，其中现业多 77.35 件，为各分公司最多。",
    ]
    assert told(july, "zh")["outages"][1].text == (
        "用户小时最多的群障始于 2009-07-21（FTTB媒体箱），750 户，7,500.00 用户小时。"
    )
    assert told(july, "en")["timeliness"][0].text == (
        "Complaint timeliness: 97.36% (1,033 of 1,061), misses the province's target of 100%, "
        "down 2.64 points on the month before (worse)."
    )


def test_any_month_s_sentences_follow_from_its_figures(july: Snapshot) -> None:
    """Whatever is missing, few, or without target: nothing unfounded, no crash, both languages cite the same."""

    @settings(max_examples=10, deadline=None)
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        month = any_month(july, random.Random(seed))
        cited = []
        for language in LANGUAGES:
            assert unfounded(month, language) == []
            cited.append([(part.text, part.formula, part.paths) for part in figures_of(told(month, language))])
        assert cited[0] == cited[1]

    holds()


def test_what_is_not_judged_is_never_met(july: Snapshot) -> None:
    """A figure without data, of too few, or without target says so, and neither met nor missed."""
    by_id = {indicator.id: indicator for indicator in INDICATORS}
    period = Period(july.period, Calendar(july.timezone), instant_of(datetime.fromisoformat(july.as_of)))
    for counts, said in (((0, 0), "本月无数据"), ((1, 3), "样本不足"), ((90, 100), "无考核目标")):
        vip = indicator_figure(by_id["vip_callback_rate"], period, {}, counts, [], ())
        figures = [one for one in july.indicators if one.id != vip.id]
        sentences = told(msgspec.structs.replace(july, indicators=[*figures, vip]), "zh")["vip"]
        assert said in sentences[0].text
        assert not any(word in one.text for one in sentences for word in JUDGED["zh"])


def test_the_checks_can_fail(july: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A doctored verdict, a doctored phrase and a doctored formula are each found."""
    doctored = [
        msgspec.structs.replace(one, verdicts=dict.fromkeys(TIERS, "met")) if "missed" in one.verdicts.values() else one
        for one in july.indicators
    ]
    told_as_met = told(msgspec.structs.replace(july, indicators=doctored), "zh")
    known = leaves(msgspec.to_builtins(july))
    assert any(list(_unfounded_verdicts(one, known, "zh")) for chapter in told_as_met.values() for one in chapter)
    monkeypatch.setitem(PHRASES, "outages", ("群障 3 起 {outages}{users}{hours}", "{outages} {users} {hours}"))
    assert unfounded(july, "zh") == ["群障 3 起 "]
    wrong = Part(text="12", kind="figure", formula="count", paths=("outage_totals.total.outages",))
    assert recomputed(wrong, known) != wrong.text


def test_phrases_have_both_languages_and_the_same_gaps() -> None:
    """No phrase is empty, none has a number, and what is filled in is the same in both."""
    for key, (chinese, english) in PHRASES.items():
        assert chinese
        assert english
        assert not NUMBER_WORDS.search(chinese + english), key
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", english)), key
