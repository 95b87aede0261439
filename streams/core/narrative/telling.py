"""What chapters tell with: the snapshot's figures with their paths, names, and phrases of one language; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from string import Formatter

from streams.core.figures import Basis, CountFigure, IndicatorFigure
from streams.core.key_figures import Figures, KeyFigure
from streams.core.months import Calendar, instant_of
from streams.core.narrative import sentences as made
from streams.core.narrative.phrases import PHRASES, Language
from streams.core.narrative.sentences import Part, Sentence, Source
from streams.core.restating import entry_path
from streams.core.snapshot import Snapshot

Clause = Sequence[Part]
Filling = Part | Clause

LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Telling:
    """A snapshot, a language, and what values of labels are called in it."""

    def __init__(self, snapshot: Snapshot, language: Language, name: Callable[[str], str]) -> None:
        """Take all of them."""
        self.snapshot, self.tables, self.figures = snapshot, snapshot.tables, Figures(snapshot)
        self._language, self._place, self._name = language, LANGUAGES.index(language), name
        self._counts = {(one.id, frozenset(one.labels.items())): one for one in snapshot.counts}
        self.key_figures = self.figures.key_figures()

    def clause(self, key: str, **filled: Filling) -> Clause:
        """Return a phrase of the catalogue with its gaps filled."""
        parts: list[Part] = []
        for literal, field, _, _ in Formatter().parse(PHRASES[key][self._place]):
            if literal:
                parts.append(made.phrase(literal))
            if field is not None:
                filling = filled[field]
                parts.extend((filling,) if isinstance(filling, Part) else filling)
        return parts

    def sentence(self, clauses: Iterable[Clause]) -> Sentence:
        """Return clauses as one sentence; phrases beside each other become one."""
        parts: list[Part] = []
        for part in (*self._joined("comma", clauses), *self.clause("end")):
            if parts and parts[-1].kind == part.kind == "phrase":
                parts[-1] = made.phrase(parts[-1].text + part.text)
            else:
                parts.append(part)
        return Sentence(tuple(parts))

    def names(self, values: Iterable[Part]) -> Clause:
        """Return names one after the other."""
        return self._joined("listing", [[value] for value in values])

    def _joined(self, between: str, clauses: Iterable[Clause]) -> list[Part]:
        parts: list[Part] = []
        for clause in clauses:
            if parts:
                parts.extend(self.clause(between))
            parts.extend(clause)
        return parts

    def value(self, value: str) -> Part:
        """Return what a label's value is called."""
        return made.name(self._name(value))

    def day_of(self, instant: str) -> str:
        """Return the installation's day of an instant (UTC)."""
        return Calendar(self.snapshot.timezone).day_of(instant_of(datetime.fromisoformat(instant)))

    def indicator(self, one: KeyFigure) -> Part:
        """Return what a key figure is called."""
        return made.name(" ".join((*map(self._name, one.of_what), one.figure.names[self._language])))

    def count_name(self, figure: CountFigure) -> Part:
        """Return what a count is called."""
        return made.name(figure.names[self._language])

    def count_figure(self, identity: str, **labels: str) -> CountFigure | None:
        """Return a count by its labels, None where the month has none."""
        return self._counts.get((identity, frozenset(labels.items())))


def path_of(figure: IndicatorFigure) -> str:
    """Return where an indicator stands in the snapshot."""
    return entry_path("indicators", figure.id, figure.labels)


def count_path(figure: CountFigure) -> str:
    """Return where a count stands in the snapshot."""
    return entry_path("counts", figure.id, figure.labels)


def source(figure: IndicatorFigure) -> Source:
    """Return a figure's counts with their paths."""
    path = path_of(figure)
    return Source((figure.numerator, figure.denominator), (f"{path}.numerator", f"{path}.denominator"))


def source_before(figure: IndicatorFigure, basis: Basis) -> Source:
    """Return the counts of an earlier month that is held, with their paths."""
    path, before = f"{path_of(figure)}.earlier.{basis}", figure.earlier[basis]
    return Source((before.numerator, before.denominator), (f"{path}.numerator", f"{path}.denominator"))
