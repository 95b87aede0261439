"""Tells of plain numbers: how many, how many more than before, and which value has the most; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streams.core.figures import MONTHS_BACK, CountFigure
from streams.core.narrative import sentences as made
from streams.core.narrative.sentences import Part, Sentence
from streams.core.narrative.telling import Clause, Telling, count_path


def count_sentence(telling: Telling, figure: CountFigure) -> Sentence:
    """Return how many there are, and how many more or less than in each earlier month held."""
    path = f"{count_path(figure)}.count"
    clauses = [telling.clause("counted", name=telling.count_name(figure), count=made.count(figure.count, path))]
    return telling.sentence([*clauses, *_growths(telling, figure)])


def _growths(telling: Telling, figure: CountFigure) -> Iterator[Clause]:
    for basis in MONTHS_BACK:
        if basis not in figure.earlier:
            continue
        before, against = figure.earlier[basis], telling.clause(basis)
        paths = f"{count_path(figure)}.count", f"{count_path(figure)}.earlier.{basis}"
        if figure.count == before:
            yield telling.clause("as_many", basis=against)
            continue
        difference = made.difference(figure.count, before, paths)
        clause = telling.clause("more" if figure.count > before else "less", basis=against, difference=difference)
        grown = telling.clause("growth", growth=made.growth(figure.count, before, paths)) if before else ()
        yield [*clause, *grown]


def most_of(telling: Telling, numbers: Mapping[str, float]) -> tuple[float, Clause]:
    """Return the highest of some named numbers, and the names of those that have it."""
    highest = max(numbers.values())
    return highest, telling.names(telling.value(name) for name, number in numbers.items() if number == highest)


def first_of(numbers: Mapping[str, float], value: float) -> str:
    """Return the first name that has a number."""
    return next(name for name, number in numbers.items() if number == value)


def most_counted(telling: Telling, key: str, identity: str, label: str) -> Iterator[Sentence]:
    """Yield which value of a label a count has most of, with its share of all."""
    whole = telling.count_figure(identity)
    by_value = {
        one.labels[label]: one for one in telling.snapshot.counts if one.id == identity and one.labels.keys() == {label}
    }
    if whole is None or not whole.count or not by_value:
        return
    highest, names = most_of(telling, {value: one.count for value, one in by_value.items()})
    path = f"{count_path(next(one for one in by_value.values() if one.count == highest))}.count"
    share: Part = made.share(made.Source((int(highest), whole.count), (path, f"{count_path(whole)}.count")))
    yield telling.sentence([telling.clause(key, name=names, count=made.count(int(highest), path), share=share)])
