"""The lines of the judged tables: a computed share, the printed one, and the snapshot's figure that judges them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streams.core.catalogue import INDICATORS
from streams.core.checks import AS_PRINTED, RECOMPUTED
from streams.core.definitions import NONE
from streams.core.figures import IndicatorFigure
from streams.core.ratios import percent
from streams.core.snapshot import Snapshot
from streams.core.tables import TOTAL
from streams.core.tables.agreements import at
from streams.reports.terminal.words import Share, share

WITHOUT_EARLY_FAULT = "on_time_without_early_fault_rate"
NAMES = {indicator.id: f"{indicator.names['zh']} {indicator.names['en']}" for indicator in INDICATORS}
ANSWERS = {
    "timely_pct": "callback_timely_rate",
    "attitude_pct": "callback_attitude_rate",
    "satisfied_pct": "callback_satisfied_rate",
}
"""Figure of the province's call-backs → the indicator that it is."""


class Row(NamedTuple):
    """One line of a table."""

    name: str
    computed: Share | None
    printed: Share | None
    judged: IndicatorFigure | None


class Rows:
    """Makes the judged tables' lines from a snapshot and, where there is one, a printed report."""

    def __init__(self, snapshot: Snapshot, printed: Mapping[str, Any] | None) -> None:
        """Take both."""
        self._computed, self._printed = snapshot.tables, printed
        self._figures = {(figure.id, frozenset(figure.labels.items())): figure for figure in snapshot.indicators}

    def tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Yield (title, lines) of every judged table, in the report's order."""
        yield f"2.1 {NAMES['appointment_rate']}", self._order_rows("appointment_rate", 1, 3)
        yield f"2.1 {NAMES['on_time_fulfilment_rate']}", self._order_rows("on_time_fulfilment_rate", 2, 4)
        yield f"2.1 {NAMES[WITHOUT_EARLY_FAULT]}{self._provisional()}", self._without_early_fault_rows()
        yield f"2.1 {NAMES['repeat_report_rate']}", self._repeat_rows()
        yield "2.2 重点产品 Key products", self._product_rows()
        yield f"2.3 移动 Mobile {NAMES['timely_restoration_rate']}", self._in_time_rows("mobile")
        yield f"2.3 移动 Mobile {NAMES['repeat_report_rate']}", self._mobile_repeat_rows()
        yield f"2.4 宽带 Broadband {NAMES['preprocessing_rate']}", self._preprocessing_rows()
        yield f"2.4 宽带 Broadband {NAMES['timely_restoration_rate']}", self._in_time_rows("broadband")
        yield "2.5, 3.3 回访 Call-backs", self._callback_rows()

    def _figure(self, indicator: str, **labels: str) -> IndicatorFigure | None:
        return self._figures.get((indicator, frozenset(labels.items())))

    def _at(self, *path: str) -> Any:
        return at(self._printed, path)

    def _order_rows(self, indicator: str, counted: int, rate: int) -> Iterator[Row]:
        """Yield a line per branch; the row's count before `counted` is what that is a share of."""
        chapter = "on_time_fulfilment"
        for branch, row in self._computed[chapter].items():
            if branch == "columns":
                continue
            computed, printed = (
                columns and Share(columns[counted], columns[counted - 1], columns[rate])
                for columns in (row, self._at(chapter, branch))
            )
            labels = {} if branch == TOTAL else {"branch": branch}
            yield Row(branch, computed, printed, self._figure(indicator, **self._only_family(indicator), **labels))

    def _provisional(self) -> str:
        whole = self._figure(WITHOUT_EARLY_FAULT)
        return f" (provisional until {whole.provisional_until})" if whole and whole.provisional_until else ""

    def _without_early_fault_rows(self) -> Iterator[Row]:
        for branch in self._computed["on_time_fulfilment"]:
            labels = {} if branch == TOTAL else {"branch": branch}
            family = self._only_family(WITHOUT_EARLY_FAULT)
            if branch != "columns":
                yield self._row_of_figure(branch, self._figure(WITHOUT_EARLY_FAULT, **family, **labels), None)

    def _only_family(self, indicator: str) -> dict[str, str]:
        """Return the label of the family that the indicator's figures have, where there is one alone."""
        families = [
            dict(labels) for known, labels in self._figures if known == indicator and dict(labels).keys() == {"family"}
        ]
        sold = [labels for labels in families if labels["family"] != NONE]
        return sold[0] if len(sold) == 1 else {}

    def _repeat_rows(self) -> Iterator[Row]:
        chapter = "repeat_reports"
        for brand in self._computed[chapter]["faults"]:
            for branch, row in self._computed[chapter][brand].items():
                labels = {"brand": brand} if branch == TOTAL else {"brand": brand, "branch": branch}
                printed = self._at(chapter, brand, branch)
                yield Row(f"{brand} {branch}", share(row), share(printed), self._figure("repeat_report_rate", **labels))

    def _product_rows(self) -> Iterator[Row]:
        chapter = "key_products"
        computed, printed = self._computed[chapter], self._at(chapter)
        for key, indicator in (
            ("restored_in_time", "timely_restoration_rate"),
            ("unknown_cause", "unknown_cause_rate"),
            ("other_cause", "other_cause_rate"),
        ):
            now, then = (
                table and Share(at(table, (key, "count")), table.get("reports"), at(table, (key, "rate_pct")))
                for table in (computed, printed)
            )
            yield Row(NAMES[indicator], now, then, self._figure(indicator, service="key_product"))

    def _in_time_rows(self, service: str) -> Iterator[Row]:
        for name, row in self._computed[service]["restored_in_time"].items():
            printed = self._at(service, "restored_in_time", name)
            yield Row(name, share(row), share(printed), self._of_service("timely_restoration_rate", service, name))

    def _of_service(self, indicator: str, service: str, name: str) -> IndicatorFigure | None:
        """Return the figure of a row that is named after a family or a brand, or is the total."""
        if name == TOTAL:
            return self._figure(indicator, service=service)
        of_family = self._figure(indicator, service=service, family=name)
        return of_family or self._figure(indicator, service=service, brand=name)

    def _mobile_repeat_rows(self) -> Iterator[Row]:
        for name, row in self._computed["mobile"]["repeat_reports"].items():
            printed = self._at("mobile", "repeat_reports", name)
            yield Row(
                name,
                share([*row["counts"], row[RECOMPUTED]]),
                printed and share([*printed["counts"], printed.get(AS_PRINTED, printed.get(RECOMPUTED))]),
                self._of_service("repeat_report_rate", "mobile", name),
            )

    def _preprocessing_rows(self) -> Iterator[Row]:
        computed, printed = (
            table and Share(*map(table.get, ("preprocessed", "reports", "rate_pct")))
            for table in (self._computed["broadband"]["preprocessing"], self._at("broadband", "preprocessing"))
        )
        yield Row("宽带", computed, printed, self._figure("preprocessing_rate", service="broadband"))

    def _callback_rows(self) -> Iterator[Row]:
        yield self._row_of_figure(NAMES["vip_callback_rate"], self._figure("vip_callback_rate"), None)
        local = self._at("satisfaction", "local_callback")
        printed = local and Share(*map(local.get, ("reached", "called", f"reached_pct_{AS_PRINTED}")))
        reached = "callback_reached_rate"
        yield self._row_of_figure(f"{NAMES[reached]}, local", self._figure(reached, caller="local"), printed)
        sample = self._computed["satisfaction"]["province_callback"]["sample"]
        for key, indicator in ANSWERS.items():
            for branch in sample:
                labels = {} if branch == TOTAL else {"branch": branch}
                rate = self._at("satisfaction", "province_callback", key) if branch == TOTAL else None
                judged = self._figure(indicator, caller="province", **labels)
                yield self._row_of_figure(f"{NAMES[indicator]}, province {branch}", judged, rate)

    def _row_of_figure(self, name: str, judged: IndicatorFigure | None, printed: Any) -> Row:
        """Return a line whose share is the judging figure's own; `printed` is a share, or a rate alone."""
        if judged is None:
            return Row(name, None, None, None)
        computed = Share(judged.numerator, judged.denominator, percent(judged.numerator, judged.denominator))
        if isinstance(printed, int | float):
            printed = computed._replace(rate_percent=printed)
        return Row(name, computed, printed, judged)
