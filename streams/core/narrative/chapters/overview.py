"""Tells how the month stands: how many key figures are met and missed, how many moved, how much was reported."""

from __future__ import annotations

from collections.abc import Iterator

from streams.core.comparisons import change_of
from streams.core.key_figures import KeyFigure
from streams.core.narrative import sentences as made
from streams.core.narrative.numbers import count_sentence
from streams.core.narrative.sentences import Part, Sentence
from streams.core.narrative.telling import Telling, path_of
from streams.core.targets import TIERS, Verdict

COUNTS = ("fault_tickets", "complaints")


def tell(telling: Telling) -> Iterator[Sentence]:
    """Yield the overview."""
    for tier in TIERS:
        yield from _tier(telling, tier)
    yield from _named(telling, "not_judged", "too_few")
    yield from _named(telling, "without_data", "no_data")
    yield from _moves(telling)
    for identity in COUNTS:
        figure = telling.count_figure(identity)
        if figure is not None:
            yield count_sentence(telling, figure)


def _with(telling: Telling, verdict: Verdict, tier: str) -> list[KeyFigure]:
    return [one for one in telling.key_figures if one.figure.verdicts[tier] == verdict]


def _many(found: list[KeyFigure], tier: str) -> Part:
    return made.how_many(f"{path_of(one.figure)}.verdicts.{tier}" for one in found)


def _tier(telling: Telling, tier: str) -> Iterator[Sentence]:
    """Yield how many a tier judges, how many are met and missed, and which are missed."""
    met, missed = _with(telling, "met", tier), _with(telling, "missed", tier)
    if not met and not missed:
        return
    clauses = [telling.clause("judged", tier=telling.clause(f"judge_{tier}"), judged=_many([*met, *missed], tier))]
    if met:
        clauses.append(telling.clause("judged_met", met=_many(met, tier)))
    if missed:
        names = telling.names(map(telling.indicator, missed))
        clauses.append(telling.clause("judged_missed", missed=_many(missed, tier), names=names))
    yield telling.sentence(clauses)


def _named(telling: Telling, key: str, verdict: Verdict) -> Iterator[Sentence]:
    """Yield which figures have a verdict that is none: it is the same for all tiers."""
    found = _with(telling, verdict, TIERS[0])
    if found:
        names = telling.names(map(telling.indicator, found))
        yield telling.sentence([telling.clause(key, many=_many(found, TIERS[0]), names=names)])


def _moves(telling: Telling) -> Iterator[Sentence]:
    """Yield how many figures are better and how many worse than in the month before."""
    paths: dict[str | None, list[str]] = {}
    for one in telling.key_figures:
        change = change_of(one.figure, "previous_month")
        if change is not None:
            paths.setdefault(change.direction, []).append(f"{path_of(one.figure)}.ratio")
    better, worse = paths.get("better", []), paths.get("worse", [])
    if better or worse:
        clause = telling.clause("moves", better=made.how_many(better), worse=made.how_many(worse))
        yield telling.sentence([clause])
