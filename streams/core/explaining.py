"""What a recomputed figure rests on: the cells of counts behind it, the facts that count there, and those that might.

A figure's cells are found by trying: without a cell's count the figure is another one, or not. Cells that no table
tells apart are tried together, so that the trials do not grow with the month.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from streams.core.catalogue import INDICATORS, Indicator
from streams.core.checks import OTHER_FIGURE, Check
from streams.core.contributions import MEASURES
from streams.core.contributions.measures import ALL, Cell, Labels
from streams.core.recount import Placed
from streams.core.rollups import Counts, WatchedCounts, counts_every_subset

PathsOf = Callable[[Counts], Mapping[str, Any]]
"""Makes of a month's counts place → recomputed figure, for the places that differ from what is printed."""

Behind = dict[Cell, float | None]
"""Cell that a figure rests on → by how much one more there moves the figure, None where that is no number."""


def cells_behind(found: Collection[Check], counts: Counts, paths_of: PathsOf) -> dict[str, Behind]:
    """Return place → the cells of counts that the recomputed figure there rests on, those that might count among them.

    A cell is behind a figure if that would be another one without its count, or with more.
    """
    printed = {check.where: check.printed for check in found if check.note == OTHER_FIGURE}
    if not printed:
        return {}
    watched = WatchedCounts(with_empty_cells(counts))
    trials = _Trials(watched, paths_of, printed)
    behind: dict[str, Behind] = {place: {} for place in printed}
    for measure, labels_read in watched.reads.items():
        cells = watched.get(measure, {})
        if not cells or not trials.moved(measure, cells):
            continue
        for alike in cells_alike(measure, cells, labels_read):
            for place, effect in trials.effects(measure, alike).items():
                behind[place] |= {(measure, labels): effect for labels in alike}
    return {place: _telling(cells) for place, cells in behind.items()}


def with_empty_cells(counts: Counts) -> Counts:
    """Return counts with 0 in each cell of an indicator's numerator where the denominator has something."""
    added: Counts = dict(counts)
    for indicator in INDICATORS:
        numerator, denominator = MEASURES[indicator.numerator], MEASURES[indicator.denominator]
        if numerator.labels == denominator.labels:
            empty = dict.fromkeys(counts.get(denominator.name, ()), 0)
            added[numerator.name] = {**empty, **added.get(numerator.name, {})}
    return added


def _telling(cells: Behind) -> Behind:
    """Return the cells that move a figure by their number; where none does, those that it cannot be without.

    A count of those that meet a condition is not there without the whole, but the whole's number does not move it.
    """
    return {cell: effect for cell, effect in cells.items() if effect is not None} or cells


class _Trials:
    """Tries what becomes of figures when some cells have nothing, or more."""

    def __init__(self, counts: WatchedCounts, paths_of: PathsOf, printed: Mapping[str, Any]) -> None:
        self._counts, self._paths_of, self._printed = counts, paths_of, printed
        self._figures = self._tried(counts)

    def _tried(self, counts: Counts) -> dict[str, Any]:
        """Return place → figure; where none is told to differ, it is the printed one."""
        return {**self._printed, **self._paths_of(counts)}

    def moved(self, measure: str, cells: Mapping[Labels, int]) -> list[str]:
        """Return the places whose figures are others without some cells of a measure, or with more in each."""
        most = {labels: 2 * number + 1 for labels, number in cells.items()}
        return self._others(self._without(measure, cells)) or self._others(self._with(measure, most))

    def effects(self, measure: str, alike: Iterable[Labels]) -> dict[str, float | None]:
        """Return place → by how much one more in these cells moves its figure, for those that they move at all."""
        counts, cells = self._counts[measure], frozenset(alike)
        number = sum(counts[labels] for labels in cells)
        twice = {labels: 2 * counts[labels] for labels in cells} if number else {min(cells): 1}
        slopes = self._slopes(self._with(measure, twice), number or 1)
        if not number:
            return slopes
        without = self._slopes(self._without(measure, cells), -number)
        # A row may be gone with more: then less tells. That it is gone with less tells nothing of its number.
        return {
            place: without.get(place) if slopes.get(place, 0) is None else slopes.get(place)
            for place in {**without, **slopes}
        }

    def _without(self, measure: str, cells: Collection[Labels]) -> dict[str, Any]:
        left = {labels: number for labels, number in self._counts[measure].items() if labels not in cells}
        return self._tried({**self._counts, measure: left})

    def _with(self, measure: str, more: Mapping[Labels, int]) -> dict[str, Any]:
        return self._tried({**self._counts, measure: {**self._counts[measure], **more}})

    def _others(self, tried: Mapping[str, Any]) -> list[str]:
        return [place for place in self._printed if tried[place] != self._figures[place]]

    def _slopes(self, tried: Mapping[str, Any], number: int) -> dict[str, float | None]:
        slopes: dict[str, float | None] = {}
        for place in self._others(tried):
            before, after = self._figures[place], tried[place]
            is_told = is_number(before) and is_number(after)
            slopes[place] = float(after - before) / number if is_told else None
        return slopes


def cells_alike(
    measure_name: str, cells: Mapping[Labels, int], labels_read: Iterable[tuple[str, ...]]
) -> list[list[Labels]]:
    """Return the cells of a measure that are read at all, those together that no reading tells apart.

    `labels_read` are the sets of labels by which the measure is rolled up.
    """
    measure = MEASURES[measure_name]
    read = [{measure.labels.index(label) for label in labels} for labels in labels_read]
    alike: dict[Labels, list[Labels]] = {}
    for values in cells:
        if counts_every_subset(measure):
            if {place for place, value in enumerate(values) if value != ALL} in read:
                alike[values] = [values]
        else:
            told_apart = sorted(set().union(*read))
            alike.setdefault(tuple(values[place] for place in told_apart), []).append(values)
    return list(alike.values())


def is_number(value: Any) -> bool:
    """Tell whether a figure is a number: truths are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_too_high(printed: Any, recomputed: Any) -> bool:
    """Tell whether more is printed than the events give."""
    return is_number(printed) and is_number(recomputed) and bool(printed > recomputed)


class Rule:
    """An indicator's condition behind a figure: which facts meet it, and which could but do not.

    The figure rises with what meets the condition, or (`is_of_rest`) with what does not.
    """

    def __init__(self, indicator: Indicator, met: Iterable[Cell], *, is_of_rest: bool) -> None:
        """Take the indicator, and the cells of its numerator that the figure rests on."""
        self.indicator, self.is_of_rest = indicator, is_of_rest
        self._met = set(met)
        numerator, denominator = MEASURES[indicator.numerator].labels, MEASURES[indicator.denominator].labels
        common = [label for label in denominator if label in numerator and label not in indicator.undivided]
        self._places = [denominator.index(label) for label in common]
        self._of_all = {tuple(values[numerator.index(label)] for label in common) for _, values in self._met}

    def is_candidate(self, cells: Collection[Cell]) -> bool:
        """Tell whether what counts in these cells would have to be otherwise for the figure to be higher."""
        meets = not self._met.isdisjoint(cells)
        return meets if self.is_of_rest else not meets and any(map(self._is_in_all, cells))

    def _is_in_all(self, cell: Cell) -> bool:
        measure, values = cell
        return measure == self.indicator.denominator and tuple(values[one] for one in self._places) in self._of_all


class Standing:
    """What a figure rests on, asked about single facts."""

    def __init__(self, behind: Behind) -> None:
        """Take the cells behind it."""
        self._behind = behind
        self.rules = [rule for indicator in INDICATORS if (rule := _rule(indicator, behind)) is not None]

    def counts(self, placed: Placed) -> bool:
        """Tell whether contributions make the figure what it is: it is higher with them, or at least another one."""
        cells = self._behind.keys() & {cell for _, cell in placed}
        if any(self._behind[cell] is None for cell in cells):
            return True
        return self._effect(placed) > 0

    def _effect(self, placed: Placed) -> float:
        return sum(weight * (self._behind.get(cell) or 0) for (_, cell), weight in placed.items())

    def missed(self, placed: Placed) -> Rule | None:
        """Return the rule by which contributions do not count in the figure though they are of what it is of."""
        cells = {cell for _, cell in placed}
        return next((rule for rule in self.rules if rule.is_candidate(cells)), None)

    def lacking(self, printed: Any, recomputed: Any) -> int | None:
        """Return how many more would have to count for a figure to be as high as printed; None where nothing tells."""
        if not self._behind or not is_too_high(printed, recomputed):
            return None
        by = Decimal(str(printed)) - Decimal(str(recomputed))
        if isinstance(printed, int) and isinstance(recomputed, int):
            return int(by)
        each = max((effect for effect in self._behind.values() if effect), default=0)
        if not self.rules or each <= 0:
            return None
        return int((by / Decimal(str(each))).to_integral_value(ROUND_CEILING))


def _rule(indicator: Indicator, behind: Behind) -> Rule | None:
    """Return the rule of an indicator that a figure rests on, None where it does not."""
    met = {cell: effect or 0 for cell, effect in behind.items() if cell[0] == indicator.numerator}
    raising = [cell for cell, effect in met.items() if effect > 0]
    if raising:
        return Rule(indicator, raising, is_of_rest=False)
    rest = any((effect or 0) > 0 for (measure, _), effect in behind.items() if measure == indicator.denominator)
    lowering = [cell for cell, effect in met.items() if effect < 0]
    return Rule(indicator, lowering, is_of_rest=True) if rest and lowering else None
