"""Reads what a request for tickets asks: a figure and which part of it, under which labels, and which page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from streams.core.catalogue import COUNTS, INDICATORS, LEVELS, Count, Indicator, Level
from streams.core.contributions import CHAPTERS, MEASURES
from streams.core.finding import Counted
from streams.core.months import is_month
from streams.serve.answers import Refusal

PARTS = ("denominator", "numerator", "missing")
DEFAULT_LIMIT, MOST_AT_ONCE = 50, 200
FIGURES: Mapping[str, Mapping[str, Indicator | Count | Level]] = {
    "indicator": {one.id: one for one in INDICATORS},
    "count": {one.id: one for one in COUNTS},
    "level": {one.id: one for one in LEVELS},
}
OUTAGE = "outage"
PAGING = ("limit", "cursor", "numbers")
_CHAPTERS = {chapter.topic: chapter for chapter in CHAPTERS}


class Question(NamedTuple):
    """What is looked for: facts that count in `counted` and not in `besides`, or reports of an outage.

    month: of a figure, "" for what is now and for outages. by_deadline: what falls due next first, else newest first.
    """

    month: str = ""
    counted: Counted | None = None
    besides: Counted | None = None
    outage: str = ""
    by_deadline: bool = False

    def topics(self) -> set[str]:
        """Return the topics whose facts are needed, next to the outages."""
        if self.counted is None:
            return {topic for topic, chapter in _CHAPTERS.items() if chapter.outage_measures is not None}
        topic = MEASURES[self.counted.measure].topic
        return {topic, *_CHAPTERS[topic].beside}


class Page(NamedTuple):
    """Which part of the answer is wanted, and whether with whole numbers."""

    start: int
    limit: int
    numbers: str


def page(query: Mapping[str, str]) -> Page:
    """Return the page that is asked for; raises Refusal."""
    start, limit = _whole_number(query, "cursor", 0, 0), _whole_number(query, "limit", DEFAULT_LIMIT, 1)
    if limit > MOST_AT_ONCE:
        raise Refusal(400, f"limit={limit} is more than {MOST_AT_ONCE}")
    numbers = query.get("numbers", "masked")
    if numbers not in ("masked", "whole"):
        raise Refusal(400, "numbers is neither masked nor whole")
    return Page(start, limit, numbers)


def _whole_number(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise Refusal(400, f"{name} is no whole number of at least {least}")
    return int(text)


def question(query: Mapping[str, str], this_month: str) -> Question:
    """Return what is asked for; `this_month` is that of the data. Raises Refusal."""
    kinds = [kind for kind in (*FIGURES, OUTAGE) if kind in query]
    if len(kinds) != 1:
        raise Refusal(400, f"ask for one of {', '.join((*FIGURES, OUTAGE))}: ?level=fault_tickets_overdue")
    [kind] = kinds
    if kind == OUTAGE:
        _require_known(query, {OUTAGE})
        return Question(outage=query[OUTAGE])
    figure = FIGURES[kind].get(query[kind])
    if figure is None:
        raise Refusal(404, f"there is no such {kind}; there are {', '.join(FIGURES[kind])}")
    own = {"indicator": {"month", "part"}, "count": {"month"}, "level": set[str]()}[kind]
    _require_known(query, {kind, *own, *figure.labels})
    labels = {label: query[label] for label in figure.labels if label in query}
    if isinstance(figure, Level):
        return Question(counted=_cell(figure.measure, labels), by_deadline=True)
    month = query.get("month", this_month)
    if not is_month(month):
        raise Refusal(400, "month is none: write it as 2009-07")
    if isinstance(figure, Count):
        return Question(month, _cell(figure.measure, labels))
    return _of_indicator(figure, labels, month, query.get("part", PARTS[0]))


def _of_indicator(indicator: Indicator, labels: Mapping[str, str], month: str, part: str) -> Question:
    if part not in PARTS:
        raise Refusal(400, f"part is not one of {', '.join(PARTS)}")
    numerator = _cell(indicator.numerator, {**labels, **indicator.where})
    dividing = {label: value for label, value in labels.items() if label not in indicator.undivided}
    denominator = _cell(indicator.denominator, {**dividing, **indicator.where})
    if part == "numerator":
        return Question(month, numerator)
    return Question(month, denominator, numerator if part == "missing" else None)


def _cell(measure: str, labels: Mapping[str, str]) -> Counted:
    return Counted(measure, tuple(sorted(labels.items())))


def _require_known(query: Mapping[str, str], own: set[str]) -> None:
    unknown = sorted(set(query) - own - set(PAGING))
    if unknown:
        known = ", ".join((*sorted(own), *PAGING))
        raise Refusal(400, f"{unknown[0]} is no parameter here; there are {known}")
