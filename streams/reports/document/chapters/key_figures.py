"""The figures that the report judges for the whole city: rows of the overview, and a trend each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from streams.core.figures import IndicatorFigure
from streams.core.tables import TOTAL
from streams.reports.document.making import Making

ANSWERS = {
    "timely_pct": "callback_timely_rate",
    "attitude_pct": "callback_attitude_rate",
    "satisfied_pct": "callback_satisfied_rate",
}
"""Figure of the province's call-backs → the indicator that it is."""
PRODUCT_FIGURES = {
    "restored_in_time": "timely_restoration_rate",
    "unknown_cause": "unknown_cause_rate",
    "other_cause": "other_cause_rate",
}
"""Figure of the key products → the indicator that it is."""


class KeyFigure(NamedTuple):
    """A figure of the whole city: the chapter of the tables that it belongs to, and what it is called there."""

    chapter: str
    name: str
    figure: IndicatorFigure


def key_figures(making: Making) -> list[KeyFigure]:
    """Return the key figures in the report's order; those of which the month has nothing are left out."""
    words = making.words
    return [
        KeyFigure(chapter, " ".join((*named, figure.names[words.language])), figure)
        for chapter, named, figure in _found(making)
        if figure is not None
    ]


def _found(making: Making) -> Iterator[tuple[str, tuple[str, ...], IndicatorFigure | None]]:
    words, of_service = making.words, partial(figure_of_service, making)
    for indicator in ("appointment_rate", "on_time_fulfilment_rate", "on_time_without_early_fault_rate"):
        yield "on_time_fulfilment", (), making.figure(indicator, **making.family())
    for brand in making.tables["repeat_reports"]["faults"]:
        yield "repeat_reports", (words.name(brand),), making.figure("repeat_report_rate", brand=brand)
    for indicator in PRODUCT_FIGURES.values():
        yield "key_products", (words("key_products"),), making.figure(indicator, service="key_product")
    for indicator in ("timely_restoration_rate", "repeat_report_rate"):
        yield "mobile", (words.name("mobile"),), making.figure(indicator, service="mobile")
    broadband = words.name("broadband")
    yield "broadband", (broadband,), making.figure("preprocessing_rate", service="broadband")
    for name in making.tables["broadband"]["restored_in_time"]:
        yield "broadband", (broadband, words.name(name)), of_service("timely_restoration_rate", "broadband", name)
    yield "vip", (), making.figure("vip_callback_rate")
    yield "timeliness", (), making.figure("complaint_timeliness_rate")
    yield "complaints", (), making.figure("network_fault_complaint_share")
    for indicator in ANSWERS.values():
        yield "satisfaction", (words("province_callback"),), making.figure(indicator, caller="province")
    yield "satisfaction", (words("local_callback"),), making.figure("callback_reached_rate", caller="local")


def figure_of_service(making: Making, indicator: str, service: str, name: str) -> IndicatorFigure | None:
    """Return the figure of a row that is named after a family or a brand, or is the total."""
    if name == TOTAL:
        return making.figure(indicator, service=service)
    of_family = making.figure(indicator, service=service, family=name)
    return of_family or making.figure(indicator, service=service, brand=name)
