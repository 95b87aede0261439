"""What a measure is: a named small whole number that facts contribute per label set and place in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

Grain = Literal["slot", "day", "level", "month"]
"""slot: per five minutes and per day; day: per day alone; level: how many now; month: distinct users of a month."""

Labels = tuple[str, ...]

ALL = ""
"""The value of a label that is summed over, where a measure is counted for every subset of its labels."""


class Measure(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One measure of one source topic.

    `labels` are names among its chapter's dimensions, in the order in which a cell's values stand. `weigh` gives the
    weight of one fact from its reading; a measure made from all facts of a key together (users, repeats) has none.
    """

    name: str
    topic: str
    labels: Labels
    grain: Grain = "slot"
    weigh: Callable[[Any], int] | None = None


Cell = tuple[str, Labels]
"""(measure name, label values in the measure's order)."""

Place = tuple[Grain, int | str]
"""Where in time a weight belongs: ("slot" or "day", slot number), ("month", "2009-07") or ("level", "")."""

LEVEL: Place = ("level", "")

Weights = dict[tuple[Place, Cell], int]
"""The contributions of something: place and cell → whole number, never 0."""


def weighed(cells: Iterable[tuple[Measure, Cell]], reading: Any, slot: int) -> Weights:
    """Return what a fact that belongs to `slot` weighs in each measure, under the cell that goes with it."""
    places: dict[Grain, Place] = {"slot": ("slot", slot), "day": ("day", slot), "level": LEVEL}
    weights: Weights = {}
    for measure, cell in cells:
        weight = measure.weigh(reading)  # type: ignore[misc]
        if weight:
            weights[places[measure.grain], cell] = int(weight)
    return weights


def add_weights(total: Weights, weights: Weights, sign: int = 1) -> None:
    """Add `weights` (times `sign`) to `total` in place; what becomes 0 leaves it."""
    for spot, weight in weights.items():
        changed = total.get(spot, 0) + sign * weight
        if changed:
            total[spot] = changed
        else:
            total.pop(spot, None)
