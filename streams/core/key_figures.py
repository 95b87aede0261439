"""The figures that are judged for the whole city: rows of the report's overview, sentences and a trend each; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.core.definitions import NONE
from streams.core.figures import IndicatorFigure
from streams.core.snapshot import Snapshot
from streams.core.tables import TOTAL

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
    """A figure of the whole city: the chapter of the tables that it belongs to, and what it is of.

    `of_what` are keys of words or values of labels that stand before the indicator's name.
    """

    chapter: str
    of_what: tuple[str, ...]
    figure: IndicatorFigure


class Figures:
    """A snapshot's indicators by their labels."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot."""
        self.snapshot, self.tables = snapshot, snapshot.tables
        self._by_labels = {(one.id, frozenset(one.labels.items())): one for one in snapshot.indicators}

    def of(self, indicator: str, **labels: str) -> IndicatorFigure | None:
        """Return a figure by its labels, None where the month has none."""
        return self._by_labels.get((indicator, frozenset(labels.items())))

    def of_service(self, indicator: str, service: str, name: str) -> IndicatorFigure | None:
        """Return the figure of a row that is named after a family or a brand, or is the total."""
        if name == TOTAL:
            return self.of(indicator, service=service)
        of_family = self.of(indicator, service=service, family=name)
        return of_family or self.of(indicator, service=service, brand=name)

    def family(self) -> dict[str, str]:
        """Return the label of the one family whose orders chapter 2.1 counts; nothing where there are more."""
        families = {
            one.labels["family"]
            for one in self.snapshot.indicators
            if one.labels.keys() == {"family"} and one.labels["family"] != NONE
        }
        return {"family": families.pop()} if len(families) == 1 else {}

    def key_figures(self) -> list[KeyFigure]:
        """Return the key figures in the report's order; those of which the month has nothing are left out."""
        return [KeyFigure(chapter, of, figure) for chapter, of, figure in self._found() if figure is not None]

    def _found(self) -> Iterator[tuple[str, tuple[str, ...], IndicatorFigure | None]]:
        of = self.of
        for indicator in ("appointment_rate", "on_time_fulfilment_rate", "on_time_without_early_fault_rate"):
            yield "on_time_fulfilment", (), of(indicator, **self.family())
        for brand in self.tables["repeat_reports"]["faults"]:
            yield "repeat_reports", (brand,), of("repeat_report_rate", brand=brand)
        for indicator in PRODUCT_FIGURES.values():
            yield "key_products", ("key_products",), of(indicator, service="key_product")
        for indicator in ("timely_restoration_rate", "repeat_report_rate"):
            yield "mobile", ("mobile",), of(indicator, service="mobile")
        yield "broadband", ("broadband",), of("preprocessing_rate", service="broadband")
        for name in self.tables["broadband"]["restored_in_time"]:
            yield "broadband", ("broadband", name), self.of_service("timely_restoration_rate", "broadband", name)
        yield "vip", (), of("vip_callback_rate")
        yield "timeliness", (), of("complaint_timeliness_rate")
        yield "complaints", (), of("network_fault_complaint_share")
        for indicator in ANSWERS.values():
            yield "satisfaction", ("province_callback",), of(indicator, caller="province")
        yield "satisfaction", ("local_callback",), of("callback_reached_rate", caller="local")
