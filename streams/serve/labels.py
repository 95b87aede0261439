"""What labels look like on /metrics: known values only, and zeros where another window has a figure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar, get_args

from streams.core.contributions.measures import Labels
from streams.core.definitions import NONE, Definitions
from streams.core.events.fault import Service

OTHER = "other"
"""Stands for every label value that the settings do not list, so that a typing error makes no new series."""

Known = Mapping[str, frozenset[str]]
Figure = TypeVar("Figure")


def known_values(definitions: Definitions) -> Known:
    """Return label → the values that are shown under their own name."""
    return {
        "service": frozenset(get_args(Service)) | {NONE},
        "family": frozenset(definitions.families) | {NONE},
        "brand": frozenset(brand for brands in definitions.brands.values() for brand in brands) | {NONE},
        "product": frozenset(definitions.products) | {NONE},
        "branch": frozenset(definitions.branches) | {NONE},
    }


def fold_unknown(
    figures: Mapping[Labels, Figure],
    labels: tuple[str, ...],
    known: Known,
    add: Callable[[Figure, Figure], Figure],
) -> dict[Labels, Figure]:
    """Return figures by the values of `labels`, those of unknown values added up under OTHER."""
    folded: dict[Labels, Figure] = {}
    for values, figure in figures.items():
        shown = tuple(value if value in known[label] else OTHER for label, value in zip(labels, values, strict=True))
        folded[shown] = add(folded[shown], figure) if shown in folded else figure
    return folded


def filled(
    by_window: Mapping[str, Mapping[Labels, Figure]], labels: tuple[str, ...], nothing: Figure
) -> dict[str, dict[Labels, Figure]]:
    """Return the figures of every window for the same label values, `nothing` where a window has none; sorted.

    A series that is there in one window is there in all, so that it does not vanish and come back; the total always is.
    """
    seen: Collection[Labels] = set().union(*by_window.values()) if labels else {()}
    return {
        window: {values: figures.get(values, nothing) for values in sorted(seen)}
        for window, figures in by_window.items()
    }
