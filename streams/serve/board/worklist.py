"""Open work and what of it falls due within two hours: faults and orders by branch, complaints by department."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from streams.core.contributions import complaints, faults, orders
from streams.core.contributions.deadlines import SOON
from streams.core.contributions.measures import Labels, Measure
from streams.core.months import MINUTE
from streams.core.rollups import Counts, rolled_up
from streams.serve.labels import Known, shown


class _Kind(NamedTuple):
    """A kind of work: by what it is grouped, and the levels that tell of it."""

    name: str
    group: str
    levels: Mapping[str, Measure]


KINDS = (
    _Kind(
        "faults",
        "branch",
        {"due_soon": faults.DUE_SOON, "overdue": faults.OVERDUE, "open": faults.OPEN, "held": faults.HELD},
    ),
    _Kind(
        "complaints",
        "department",
        {"due_soon": complaints.DUE_SOON, "overdue": complaints.OVERDUE, "open": complaints.OPEN},
    ),
    _Kind("orders", "branch", {"due_soon": orders.DUE_SOON, "open": orders.OPEN, "held": orders.HELD}),
)
STATES = ("due_soon", "overdue", "open", "held")


def worklist(levels: Counts, known: Known) -> dict[str, Any]:
    """Return a row for each group that has open work, most urgent first, and the totals of each kind."""
    rows = [row for kind in KINDS for row in _rows(kind, levels, known)]
    rows.sort(key=lambda row: (-row["due_soon"], -(row["overdue"] or 0), -row["open"]))
    totals = {kind.name: _row(kind, (), levels, known).get((), dict.fromkeys(kind.levels, 0)) for kind in KINDS}
    return {
        "horizon_minutes": SOON // MINUTE,
        "rows": rows,
        "totals": {name: {state: total.get(state) for state in STATES} for name, total in totals.items()},
    }


def _rows(kind: _Kind, levels: Counts, known: Known) -> list[dict[str, Any]]:
    return [
        {"kind": kind.name, "group": {kind.group: value}, **{state: numbers.get(state) for state in STATES}}
        for (value,), numbers in _row(kind, (kind.group,), levels, known).items()
        if any(numbers.values())
    ]


def _row(kind: _Kind, labels: tuple[str, ...], levels: Counts, known: Known) -> dict[Labels, dict[str, int]]:
    """Return values of the labels → state → how many."""
    by_state = {state: rolled_up(levels, measure.name, labels) for state, measure in kind.levels.items()}
    found: dict[Labels, dict[str, int]] = {}
    for state, numbers in shown(by_state, labels, known, int.__add__, 0).items():
        for values, number in numbers.items():
            found.setdefault(values, {})[state] = number
    return found
