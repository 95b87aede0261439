"""What labels look like on /metrics: known values only, and zeros where another window has a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, TypeVar, get_args

from streams.core.contributions.callbacks import CALLBACKS
from streams.core.contributions.complaints import COMPLAINTS, CONDUCTS, PENALTIES, SUBCATEGORIES
from streams.core.contributions.faults import TICKETS
from streams.core.contributions.measures import Labels
from streams.core.contributions.orders import ORDERS
from streams.core.definitions import NONE, Definitions
from streams.core.events.base import EARLIEST_YEAR, LATEST_YEAR
from streams.core.events.callback import Caller
from streams.core.events.complaint import PenaltyKind
from streams.core.events.fault import Service
from streams.core.rollups import Counts

OTHER = "other"
"""Stands for every label value that the settings do not list, so that a typing error makes no new series."""

_NONE_ALONE = frozenset((NONE,))

LONGEST_ID = 64
_LONG_NUMBER = re.compile(r"\d{7,}")
_DATES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_YEARS = range(EARLIEST_YEAR, LATEST_YEAR + 1)

WHOLE_COUNTS = (TICKETS, ORDERS, COMPLAINTS, CONDUCTS, SUBCATEGORIES, PENALTIES, CALLBACKS)
"""Measures that count every fact of a kind once under all of its labels: what is unlisted shows in them."""

Known = Mapping[str, frozenset[str]]
Figure = TypeVar("Figure")


def known_values(definitions: Definitions) -> Known:
    """Return label → the values that are shown under their own name; of a label that is not here, NONE alone is."""
    return {
        "service": frozenset(get_args(Service)) | {NONE},
        "family": frozenset(definitions.families) | {NONE},
        "brand": frozenset(brand for brands in definitions.brands.values() for brand in brands) | {NONE},
        "product": frozenset(definitions.products) | {NONE},
        "branch": frozenset(definitions.branches) | {NONE},
        "channel": frozenset(definitions.channels) | {NONE},
        "category": frozenset(definitions.categories) | {NONE},
        "subcategory": frozenset(part for parts in definitions.subcategories.values() for part in parts),
        "conduct": frozenset(definitions.conducts),
        "department": frozenset(definitions.departments()) | {NONE},
        "kind": frozenset(get_args(PenaltyKind)),
        "caller": frozenset(get_args(Caller)) | {NONE},
    }


def shown_value(label: str, value: str, known: Known) -> str:
    """Return a label's value as metrics show it: one that is not known is OTHER."""
    return value if value in known.get(label, _NONE_ALONE) else OTHER


def outage_label(identity: str) -> str:
    """Return an outage's id as metrics show it: a digest of one that is long, or that could hold somebody's number.

    A date among its digits, and a time after it, are no number.
    """
    if len(identity) <= LONGEST_ID and all(map(_is_date, _LONG_NUMBER.findall(identity))):
        return identity
    return f"outage-{blake2b(identity.encode(), digest_size=6).hexdigest()}"


def _is_date(digits: str) -> bool:
    form = _DATES.get(len(digits))
    if form is None:
        return False
    try:
        return datetime.strptime(digits, form).year in _YEARS  # noqa: DTZ007 (only whether it is one)
    except ValueError:
        return False


def shown(
    by_window: Mapping[str, Mapping[Labels, Figure]],
    labels: tuple[str, ...],
    known: Known,
    add: Callable[[Figure, Figure], Figure],
    nothing: Figure,
) -> dict[str, dict[Labels, Figure]]:
    """Return window → figures by the values of `labels` as metrics show them, sorted.

    Figures of unknown values are added up under OTHER. A series that is there in one window is there in all, with
    `nothing` where the window has none, so that it does not vanish and come back; the total is there in any case.
    """
    folded = {window: _fold_unknown(figures, labels, known, add) for window, figures in by_window.items()}
    seen: set[Labels] = set().union(*folded.values()) if labels else {()}
    return {
        window: {values: figures.get(values, nothing) for values in sorted(seen)} for window, figures in folded.items()
    }


def add_pairs(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the sum of two figures (numerator, denominator)."""
    return one[0] + other[0], one[1] + other[1]


class Unlisted(NamedTuple):
    """What of a measure is shown as OTHER for a label: how many values, and what is counted under them."""

    values: int
    counted: int


def unlisted(counts: Counts, known: Known) -> dict[tuple[str, str], Unlisted]:
    """Return (measure, label) → what is shown as OTHER, of every label that a message can invent values of."""
    found = {}
    for measure in WHOLE_COUNTS:
        for place, label in enumerate(measure.labels):
            if label not in known:
                continue
            numbers: dict[str, int] = {}
            for values, number in counts.get(measure.name, {}).items():
                if shown_value(label, values[place], known) == OTHER:
                    numbers[values[place]] = numbers.get(values[place], 0) + number
            found[measure.name, label] = Unlisted(len(numbers), sum(numbers.values()))
    return found


def _fold_unknown(
    figures: Mapping[Labels, Figure], labels: tuple[str, ...], known: Known, add: Callable[[Figure, Figure], Figure]
) -> dict[Labels, Figure]:
    folded: dict[Labels, Figure] = {}
    for values, figure in figures.items():
        place = tuple(shown_value(label, value, known) for label, value in zip(labels, values, strict=True))
        folded[place] = add(folded[place], figure) if place in folded else figure
    return folded
