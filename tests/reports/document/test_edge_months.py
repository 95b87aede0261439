"""Months of which something is missing, as reports in all formats and both languages: the right state, never "met"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.core.definitions import Definitions, Target
from streams.core.snapshot import Snapshot, build_snapshot
from streams.core.targets import TIERS, Verdict
from streams.reports.document import FORMATS, LANGUAGES, Language, write_report_of
from streams.reports.document.word_list import VERDICT_SIGNS, VERDICT_WORDS, WORDS
from tests.core.installation import Installation, at, ticket
from tests.reports.document.conftest import DEFINITIONS, DEPLOY
from tests.reports.document.told import texts_of

PERIOD = "2009-05"
"""A month whose report nobody has written texts for."""
DAY = at("2009-05-14 10:00")
MET = {
    "zh": re.compile(r"(?<!未)(达标|达到|完成考核)"),
    "en": re.compile(r"\b(met|meets?|reach(es|ed)? the target)\b", re.IGNORECASE),
}
RATE = "repeat_report_rate"

Month = tuple[Snapshot, Definitions]


def month(*messages: tuple[str, dict[str, Any]], **changes: Any) -> Month:
    """Return May's snapshot after messages (topic, event); the definitions may be changed."""
    definitions = msgspec.structs.replace(DEFINITIONS, **changes)
    made = Installation(partitions=2, definitions=definitions)
    for topic, event in messages:
        made.send([event], topic=topic)
    made.count(at("2009-06-05 12:00"))
    return build_snapshot(PERIOD, made.tallies, definitions), definitions


def fault(number: int, branch: str = "现业", reports: int = 1, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the reports of one of E8's fixed line users."""
    content = {"service": "fixed", "brand": "E8", "branch": branch, "restored_at": DAY, **fields}
    return [("faults", ticket(f"{number}-{one}", f"6{number:06}", DAY, **content)) for one in range(reports)]


def call(number: int) -> tuple[str, dict[str, Any]]:
    """Return a call by the province to somebody who is content with everything."""
    content = {"id": f"R{number}", "revision": 0, "updated_at": DAY.isoformat(), "called_at": DAY.isoformat()}
    answers = dict.fromkeys(("reached", "timely", "attitude", "satisfied"), True)
    return "callbacks", {**content, "subject": "fault", "caller": "province", "branch": "简阳", **answers}


def target(ratio: str, valid_from: date, valid_to: date | None = None) -> Target:
    """Return a target of the province for E8's repeat reports."""
    return Target(
        indicator=RATE, labels={"brand": "E8"}, tier="province", ratio=ratio, valid_from=valid_from, valid_to=valid_to
    )


def empty() -> Month:
    """Return a month that is held though nobody reported anything: the province ranked a shop, that is all."""
    content = {"id": "S1", "revision": 0, "updated_at": DAY.isoformat(), "month": PERIOD, "subject": "车城大道营业厅"}
    return month(("assessments", {**content, "item": "overall", "rank": 13}))


def without_a_branch() -> Month:
    """Return a month in which nobody of 乐至 reported anything; E8 missed its targets elsewhere."""
    told = [one for number in range(30) for one in fault(number, ("现业", "简阳", "安岳")[number % 3], reports=2)]
    return month(*told)


def without_target() -> Month:
    """Return a month in which E8 has no target, however good it is; E6 beside it missed its own."""
    others = tuple(one for one in DEFINITIONS.targets if one.labels.get("brand") != "E8")
    told = [one for number in range(30) for one in fault(number)]
    bad = [one for number in range(30, 60) for one in fault(number, reports=2, brand="E6")]
    return month(*told, *bad, targets=others)


def with_a_changed_target() -> Month:
    """Return a month in which half of E8's users reported again: good until the 15th, too many from the 16th on."""
    told = [one for number in range(30) for one in fault(number, reports=1 + number % 2)]
    targets = (target("0.6", date(2009, 1, 1), date(2009, 5, 16)), target("0.25", date(2009, 5, 16)))
    return month(*told, targets=targets)


def tiny() -> Month:
    """Return a month of three calls."""
    return month(*map(call, range(3)))


MONTHS: dict[str, Callable[[], Month]] = {
    one.__name__: one for one in (empty, without_a_branch, without_target, with_a_changed_target, tiny)
}


@pytest.fixture(scope="module", params=MONTHS)
def named(request: pytest.FixtureRequest) -> tuple[str, Month]:
    """Return each month in turn, with its name."""
    return request.param, MONTHS[request.param]()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_is_there_in_every_format_and_says_nowhere_that_something_was_met(
    named: tuple[str, Month], language: Language, tmp_path: Path
) -> None:
    """No error for want of figures, no sentence and no cell that praises, and each state in words."""
    name, (snapshot, definitions) = named
    written = list(write_report_of(snapshot, definitions, DEPLOY, language, FORMATS, tmp_path))
    assert len(written) == len(FORMATS)
    place = LANGUAGES.index(language)
    for file, texts in texts_of(tmp_path).items():
        told = [text.replace(WORDS["legend"][place], "") for text in texts]
        assert len("".join(told)) > 500, file
        assert not [text for text in told if MET[language].search(text)]
        assert not [text for text in told if VERDICT_SIGNS["met"] in _judged(text, place)]
        assert not [text for text in told if re.search(r"\b(None|nan|NaN)\b|#DIV|\{\w*\}", text)], file
        for state in SHOWN[name]:
            assert any(VERDICT_WORDS[state][place] in text for text in told), (file, state)


def _judged(text: str, place: int) -> str:
    """Return a text without the mark of the target that judges, which is no verdict."""
    return text.replace(WORDS["judges"][place], "").replace(WORDS["solved"][place], "")


SHOWN: dict[str, tuple[Verdict, ...]] = {
    "empty": ("no_data",),
    "without_a_branch": ("missed", "no_data"),
    "without_target": ("missed", "no_target"),
    "with_a_changed_target": ("missed",),
    "tiny": ("too_few",),
}
"""Month → the states that its report has to show."""


def test_an_empty_month_has_every_table_and_no_figure() -> None:
    """It is held: a snapshot with every indicator once, without data, and every chapter."""
    snapshot, _ = empty()
    assert {(one.numerator, one.denominator, one.ratio) for one in snapshot.indicators} == {(0, 0, None)}
    assert {verdict for one in snapshot.indicators for verdict in one.verdicts.values()} == {"no_data"}
    assert len(snapshot.tables) == 10


def test_a_brand_without_target_is_beside_one_that_has_one() -> None:
    """E8 repeats nothing and meets nothing: there is no target."""
    snapshot, _ = without_target()
    judged = {
        one.labels["brand"]: one.verdicts
        for one in snapshot.indicators
        if [*one.labels] == ["brand"] and one.id == RATE
    }
    assert judged == {"E8": dict.fromkeys(TIERS, "no_target"), "E6": dict.fromkeys(TIERS, "missed")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_targets_of_a_month_are_told(language: Language, tmp_path: Path) -> None:
    """Until when the one, from when the other, and which of them judges: the last day's."""
    snapshot, definitions = with_a_changed_target()
    [judged] = [one for one in snapshot.indicators if one.id == RATE and one.labels == {"brand": "E8"}]
    assert judged.verdicts["province"] == "missed"
    list(write_report_of(snapshot, definitions, DEPLOY, language, FORMATS, tmp_path))
    mark = WORDS["judges"][LANGUAGES.index(language)]
    for file, texts in texts_of(tmp_path).items():
        first = texts.index("2009-05-15")
        assert texts[first - 1] == "2009-01-01", file
        second = texts.index("2009-05-16")
        assert mark in texts[second:], file
        assert mark not in texts[:second], file
        if file != "report.xlsx":
            assert (texts[first - 2], texts[second - 1]) == ("60.00%", "25.00%"), file
