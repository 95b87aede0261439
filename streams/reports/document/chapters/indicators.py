"""Chapter 2: the indicators, from the home family's orders to VIP customers, each with its trend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from streams.core.checks import RECOMPUTED
from streams.core.comparisons import ranked
from streams.core.key_figures import PRODUCT_FIGURES
from streams.core.tables import TOTAL
from streams.reports.document.chapters.contributions import with_contributions
from streams.reports.document.making import (
    JudgedRow,
    Making,
    counts_of,
    judged_table,
    rates_chart,
    shares_chart,
    targets_table,
    trend_chart,
)
from streams.reports.document.model import Amount, Chapter, Chart, Column, Kind, Row, Section, Share, Table

COUNTS = ("of_count", "counted", "rate")
REPEATS = ("reporters", "repeat_reporters", "repeat_rate")
IN_TIME = ("reports", "in_time", "in_time_rate")


def chapter(making: Making) -> Chapter:
    """Return the chapter."""
    sections = {
        "on_time_fulfilment": _orders(making),
        "repeat_reports": _repeats(making),
        "key_products": _key_products(making),
        "mobile": _mobile(making),
        "broadband": _broadband(making),
        "vip": _vip(making),
    }
    whole = tuple(with_contributions(making, key, section) for key, section in sections.items())
    return Chapter("2", making.words("indicators"), whole)


def trends(making: Making, chapter: str) -> Iterator[Chart]:
    """Yield the trend of every key figure of a chapter of the tables that has one, or a target to be held against."""
    for one in making.figures.key_figures():
        if one.chapter == chapter and (len(one.figure.trend) > 1 or one.figure.budget):
            yield trend_chart(making, making.key_name(one), one.figure)


def _of_city(making: Making, chapter: str) -> Iterator[JudgedRow]:
    """Yield the key figures of a chapter of the tables as rows."""
    for one in making.figures.key_figures():
        if one.chapter == chapter:
            yield JudgedRow(making.key_name(one), counts_of(one.figure), one.figure)


def single_figures(making: Making, title: str, figures: Iterable[tuple[str, int | float | None, Kind]]) -> Table:
    """Return a table of figures that stand by themselves, one a row: the word of its name, value, kind."""
    words = making.words
    columns = (Column(words("item")), Column(words("value"), "decimal"))
    rows = tuple(Row((words(name), Amount(value, kind))) for name, value, kind in figures)
    return Table(title, columns, rows)


def _branch_rows(making: Making, indicator: str, rows: dict[str, Any], **labels: str) -> Iterator[JudgedRow]:
    ranks = {one.value: one.rank for one in ranked(making.snapshot.indicators, indicator, "branch", labels)}
    for branch, counts in rows.items():
        within = labels if branch == TOTAL else {**labels, "branch": branch}
        yield JudgedRow(branch, counts, making.figure(indicator, **within), branch == TOTAL, ranks.get(branch))


def _orders(making: Making) -> Section:
    words = making.words
    rows = {name: row for name, row in making.tables["on_time_fulfilment"].items() if name != "columns"}
    columns = (
        Column(words("branch")),
        Column(words("orders"), "count"),
        Column(words("appointed"), "count"),
        Column(words("on_time"), "count"),
        Column(words("appointment_rate"), "percent", Share(numerator=2, denominator=1)),
        Column(words("on_time_rate"), "percent", Share(numerator=3, denominator=2)),
    )
    table = Table(
        words("on_time_fulfilment"),
        columns,
        tuple(Row((making.row_name(name), *row), name == TOTAL) for name, row in rows.items()),
    )
    kept = [JudgedRow(name, (row[1], row[2], row[4]), None, name == TOTAL) for name, row in rows.items()]
    return making.section(
        "2.1.1",
        "on_time_fulfilment",
        [table.beside(rates_chart(making, words("on_time_rate"), kept)), _without_early_faults(making, rows)],
        trends(making, "on_time_fulfilment"),
    )


def _without_early_faults(making: Making, rows: Iterable[str]) -> Table:
    words, indicator, family = making.words, "on_time_without_early_fault_rate", making.figures.family()
    whole = making.figure(indicator, **family)
    until = "" if whole is None or whole.provisional_until is None else words("until", day=whole.provisional_until)
    counts = {
        name: counts_of(making.figure(indicator, **family, **({} if name == TOTAL else {"branch": name})))
        for name in rows
    }
    judged = _branch_rows(making, indicator, counts, **family)
    title = f"{words('on_time_rate')} {words('without_early_faults')}{until}"
    return judged_table(making, title, "branch", ("appointed", "on_time", "on_time_rate"), judged)


def _repeats(making: Making) -> Section:
    words, content = making.words, making.tables["repeat_reports"]
    brands = [
        JudgedRow(brand, (faults,), making.figure("repeat_report_rate", brand=brand))
        for brand, faults in content["faults"].items()
    ]
    tables = [targets_table(making, "brand", brands, "reports")]
    for brand, faults in content["faults"].items():
        rows = list(_branch_rows(making, "repeat_report_rate", content[brand], brand=brand))
        title = f"{words.name(brand)} {words('repeat_rate')} · {words('reports')} {faults:,}"
        chart = rates_chart(making, f"{words.name(brand)} {words('repeat_rate')}", rows)
        tables.append(judged_table(making, title, "branch", REPEATS, rows).beside(chart))
    return making.section("2.1.2", "repeat_reports", tables, trends(making, "repeat_reports"))


def _key_products(making: Making) -> Section:
    words, content = making.words, making.tables["key_products"]
    rows = []
    for key, indicator in PRODUCT_FIGURES.items():
        figure = making.figure(indicator, service="key_product")
        name = figure.names[words.language] if figure else key
        counts = [content["reports"], content[key]["count"], content[key]["rate_pct"]]
        rows.append(JudgedRow(name, counts, figure))
    by_product = [
        JudgedRow(product, counts_of(figure), figure)
        for product in content["products"]
        for figure in [making.figure("unknown_cause_rate", service="key_product", product=product)]
    ]
    title = f"{words('key_products')} · {words('reports')} {content['reports']:,}"
    unknown = making.figure("unknown_cause_rate", service="key_product")
    named = unknown.names[words.language] if unknown else words("cause")
    return making.section(
        "2.2",
        "key_products",
        [
            judged_table(making, title, "indicator", COUNTS, rows),
            targets_table(making, "indicator", rows),
            judged_table(making, f"{words('product')} · {named}", "product", COUNTS, by_product),
        ],
        trends(making, "key_products"),
    )


def _mobile(making: Making) -> Section:
    words, content = making.words, making.tables["mobile"]
    in_time = [
        JudgedRow(name, row, making.figures.of_service("timely_restoration_rate", "mobile", name), name == TOTAL)
        for name, row in content["restored_in_time"].items()
    ]
    repeats = [
        JudgedRow(
            name,
            [*row["counts"], row[RECOMPUTED]],
            making.figures.of_service("repeat_report_rate", "mobile", name),
            name == TOTAL,
        )
        for name, row in content["repeat_reports"].items()
    ]
    against = single_figures(
        making,
        words("against_last_month"),
        [
            ("reports", content["restored_in_time"][TOTAL][0], "count"),
            ("previous_reports", content["previous_month_reports"], "count"),
            ("fewer", content["fewer_than_last_month"], "count"),
        ],
    )
    return making.section(
        "2.3",
        "mobile",
        [
            judged_table(making, words("in_time_rate"), "brand", IN_TIME, in_time),
            judged_table(making, words("repeat_rate"), "brand", REPEATS, repeats).beside(
                rates_chart(making, words("repeat_rate"), repeats)
            ),
            targets_table(making, "indicator", _of_city(making, "mobile")),
            against,
        ],
        trends(making, "mobile"),
    )


def _broadband(making: Making) -> Section:
    words, content = making.words, making.tables["broadband"]
    reports, preprocessing = content["reports"], content["preprocessing"]
    figure = making.figure("preprocessing_rate", service="broadband")
    cleared = [preprocessing["reports"], preprocessing["preprocessed"], preprocessing["rate_pct"]]
    in_time = [
        JudgedRow(name, row, making.figures.of_service("timely_restoration_rate", "broadband", name))
        for name, row in content["restored_in_time"].items()
    ]
    growth = single_figures(
        making,
        words("against_last_month"),
        [
            ("reports", reports["count"], "count"),
            ("more", reports["more_than_last_month"], "count"),
            ("growth", reports[f"growth_pct_{RECOMPUTED}"], "percent"),
            ("other_reports", content["other_broadband_reports"], "count"),
        ],
    )
    return making.section(
        "2.4",
        "broadband",
        [
            judged_table(
                making,
                words("preprocessing"),
                "item",
                ("reports", "preprocessed", "rate"),
                [JudgedRow(words("preprocessing"), cleared, figure)],
            ),
            judged_table(making, words("in_time_rate"), "brand", IN_TIME, in_time),
            targets_table(making, "indicator", _of_city(making, "broadband")),
            growth,
            _shares(making, "top_symptoms", "symptom"),
            _shares(making, "top_causes", "cause"),
        ],
        trends(making, "broadband"),
    )


def _shares(making: Making, key: str, first: str) -> Table:
    words = making.words
    columns = (Column(words(first)), Column(words("share"), "percent"))
    shares = making.tables["broadband"][f"{key}_pct"]
    rows = tuple(Row((making.row_name(name), share)) for name, share in shares.items())
    return Table(words(key), columns, rows, chart=shares_chart(words(key), shares))


def _vip(making: Making) -> Section:
    words, content = making.words, making.tables["vip"]
    counts = [content["called"], content["reached"], content["reached_pct"]]
    row = JudgedRow(words("vip"), counts, making.figure("vip_callback_rate"))
    table = judged_table(making, words("vip"), "item", ("called", "reached", "reached_rate"), [row])
    return making.section("2.5", "vip", [table], trends(making, "vip"))
