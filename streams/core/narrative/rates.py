"""Tells of a key figure: its rate, verdicts and changes, its branches, and what a miss or a change comes from; pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from streams.core.comparisons import INDICATOR_OF, change_of, ranked
from streams.core.decomposition import parts_of_change
from streams.core.figures import MONTHS_BACK, Basis, IndicatorFigure
from streams.core.key_figures import KeyFigure
from streams.core.narrative import sentences as made
from streams.core.narrative.sentences import Part, Sentence
from streams.core.narrative.telling import Clause, Telling, path_of, source, source_before
from streams.core.targets import TIERS

CHANGE_WORTH_TELLING = Fraction(5, 1000)
"""Half a percentage point: what made a smaller change is not told."""
BRANCH = "branch"
BASIS: Basis = "previous_month"


def rate_sentences(telling: Telling, one: KeyFigure) -> Iterator[Sentence]:
    """Yield what is to be said of a key figure."""
    figure = one.figure
    if not figure.denominator:
        yield telling.sentence([telling.clause("no_data", name=telling.indicator(one))])
        return
    yield telling.sentence([_rate(telling, one), *_judged(telling, figure), *_changes(telling, figure)])
    if figure.interval is None:
        yield from _of_branches(telling, figure)


def _rate(telling: Telling, one: KeyFigure) -> Clause:
    return telling.clause("rate", name=telling.indicator(one), **_cited(one.figure))


def _judged(telling: Telling, figure: IndicatorFigure) -> Iterator[Clause]:
    """Yield what each tier says of a figure, why none says anything, and until when it may change."""
    path, states = path_of(figure), set(figure.verdicts.values())
    for tier in TIERS:
        verdict, allowed = figure.verdicts[tier], figure.budget.get(tier)
        if verdict in ("met", "missed") and allowed is not None:
            target = made.target(allowed.target, f"{path}.budget.{tier}.target")
            yield telling.clause(verdict, tier=telling.clause(tier), target=target)
    if "too_few" in states and figure.interval is not None:
        low, high = (made.interval_end(end, f"{path}.interval[{place}]") for place, end in enumerate(figure.interval))
        yield telling.clause("too_few", low=low, high=high)
    elif states == {"no_target"}:
        yield telling.clause("no_target")
    if figure.provisional_until is not None:
        yield telling.clause("may_change", day=made.name(figure.provisional_until))


def _changes(telling: Telling, figure: IndicatorFigure) -> Iterator[Clause]:
    """Yield the change against each earlier month that has something to compare with."""
    for basis in MONTHS_BACK:
        change, against = change_of(figure, basis), telling.clause(basis)
        if change is None or change.points is None:
            continue
        if change.direction is None:
            if figure.interval is None:
                yield telling.clause("before_too_few", basis=against)
        elif change.direction == "same":
            yield telling.clause("same", basis=against)
        else:
            rises = Fraction(*source(figure).counts) > Fraction(*source_before(figure, basis).counts)
            points = made.points(source(figure), source_before(figure, basis))
            moved = telling.clause("up" if rises else "down", basis=against, points=points)
            yield [*moved, *telling.clause(change.direction)]


def _of_branches(telling: Telling, figure: IndicatorFigure) -> Iterator[Sentence]:
    """Yield which branches are best and worst, and which one a miss or a change comes from most."""
    if BRANCH not in INDICATOR_OF[figure.id].labels:
        return
    in_order = ranked(telling.snapshot.indicators, figure.id, BRANCH, figure.labels)
    placed = [one for one in in_order if one.rank is not None]
    if placed and placed[-1].rank != placed[0].rank:
        yield telling.sentence(_best_and_worst(telling, [(one.value, one.figure) for one in placed]))
    branches = {one.value: one.figure for one in in_order}
    for tier in TIERS:
        yield from (telling.sentence([clause]) for clause in _beyond(telling, figure, branches, tier))
    yield from _own_rate(telling, figure, branches)


def _best_and_worst(telling: Telling, placed: list[tuple[str, IndicatorFigure]]) -> Iterator[Clause]:
    for key, (_, figure) in (("best", placed[0]), ("worst", placed[-1])):
        alike = [telling.value(value) for value, other in placed if _ratio(other) == _ratio(figure)]
        yield telling.clause(key, **{key: telling.names(alike)}, **_cited(figure))


def _cited(figure: IndicatorFigure) -> dict[str, Part]:
    """Return a figure's rate and counts."""
    numerator, denominator = source(figure).paths
    return {
        "rate": made.share(source(figure)),
        "numerator": made.count(figure.numerator, numerator),
        "denominator": made.count(figure.denominator, denominator),
    }


def _beyond(
    telling: Telling, figure: IndicatorFigure, branches: dict[str, IndicatorFigure], tier: str
) -> Iterator[Clause]:
    """Yield by how many cases a figure misses a target, and the branch that lies farthest on its wrong side."""
    if figure.verdicts[tier] != "missed" or tier not in figure.budget:
        return
    ratio, path = figure.budget[tier].target, f"{path_of(figure)}.budget.{tier}.target"
    key, sign = ("above_allowed", 1) if INDICATOR_OF[figure.id].better == "lower" else ("short_of", -1)
    short = {
        branch: sign * (one.numerator - Fraction(ratio) * one.denominator)
        for branch, one in branches.items()
        if one.denominator
    }
    branch = max(sorted(short), key=lambda one: short[one], default=None)
    if branch is None or short[branch] <= 0:
        return
    yield telling.clause(
        key,
        tier=telling.clause(tier),
        cases=made.beyond(source(figure), ratio, path),
        branch=telling.value(branch),
        part=made.beyond(source(branches[branch]), ratio, path),
    )


def _own_rate(telling: Telling, figure: IndicatorFigure, branches: dict[str, IndicatorFigure]) -> Iterator[Sentence]:
    """Yield the branch whose own rate moved the city's most, where that moved by enough to tell."""
    change = change_of(figure, BASIS)
    if change is None or change.direction in (None, "same"):
        return
    whole = source(figure).counts, source_before(figure, BASIS).counts
    if abs(Fraction(*whole[0]) - Fraction(*whole[1])) < CHANGE_WORTH_TELLING:
        return
    known = {branch: one for branch, one in branches.items() if BASIS in one.earlier}
    now, before = ({branch: place(one).counts for branch, one in known.items()} for place in (source, _before))
    made_of = parts_of_change(whole, now, before)
    both = [branch for branch in sorted(known) if now[branch][1] and before[branch][1]]
    if made_of is None or not both:
        return
    most = max(both, key=lambda branch: abs(made_of.parts[branch].rate))
    denominators = [place(one).paths[1] for place in (source, _before) for one in known.values()]
    effect = made.signed_points(
        made_of.parts[most].rate, source(known[most]), source_before(known[most], BASIS), denominators
    )
    yield telling.sentence([telling.clause("own_rate", branch=telling.value(most), effect=effect)])


def _before(figure: IndicatorFigure) -> made.Source:
    return source_before(figure, BASIS)


def _ratio(figure: IndicatorFigure) -> Fraction:
    return Fraction(figure.numerator, figure.denominator)
