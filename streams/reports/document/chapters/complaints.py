"""Chapter 3.2: complaints by channel and category, their timeliness, penalties, and those found justified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from streams.core.tables import TOTAL
from streams.core.tables.penalties import KINDS
from streams.reports.document.chapters.contributions import with_contributions
from streams.reports.document.chapters.indicators import single_figures, trends
from streams.reports.document.making import JudgedRow, Making, counts_of, judged_table, numbers_table, shares_chart
from streams.reports.document.model import Column, Row, Section, Share, Table


def complaint_sections(making: Making) -> Iterator[Section]:
    """Yield the chapter's sections."""
    yield with_contributions(making, "complaints", _channels(making))
    yield with_contributions(making, "timeliness", _timeliness(making))
    yield _penalties(making)
    yield _justified(making)


def _channels(making: Making) -> Section:
    words, content = making.words, making.tables["complaints"]
    cases = single_figures(
        making,
        words("complaints"),
        [
            ("cases_count", content["cases"], "count"),
            ("fewer", content["fewer_than_last_month"], "count"),
            ("network_faults", content["network_fault_count"], "count"),
            ("network_fault_share", content["network_fault_share_pct"], "percent"),
            ("other_business", content["other_business"], "count"),
        ],
    )
    categories = content["other_channels_by_category"]
    conduct = _total_last(content["service_conduct"])
    return making.section(
        "3.2.1",
        "complaints",
        [
            cases,
            _by_channel(making),
            numbers_table(making, words("other_channels_by_category"), "category", "count", categories).beside(
                shares_chart(words("other_channels_by_category"), categories, "count")
            ),
            numbers_table(making, words("service_conduct"), "channel", "count", conduct),
            numbers_table(
                making, words("intelligent_network"), "category", "count", _total_last(content["intelligent_network"])
            ),
        ],
        trends(making, "complaints"),
    )


def _without_total(numbers: dict[str, int]) -> dict[str, float | None]:
    return {name: number for name, number in numbers.items() if name != TOTAL}


def _total_last(numbers: dict[str, int]) -> dict[str, int]:
    rest = {name: number for name, number in numbers.items() if name != "total"}
    return {**rest, TOTAL: numbers["total"]}


def _by_channel(making: Making) -> Table:
    """Return the complaints that did not come through the hotline, by channel and branch, with their sums."""
    words, content = making.words, making.tables["complaints"]
    by_channel: dict[str, dict[str, int]] = content["other_channels"]
    found = {branch for numbers in by_channel.values() for branch in numbers}
    branches = [*(name for name in making.branches() if name in found), *sorted(found.difference(making.branches()))]
    columns = (
        Column(words("channel")),
        *(Column(making.row_name(branch), "count") for branch in branches),
        Column(words.total, "count"),
    )
    rows = []
    for channel, numbers in by_channel.items():
        mark = f"（{words('escalated_mark')}）" if channel in content["escalated_channels"] else ""
        cells = [numbers.get(branch) for branch in branches]
        rows.append(Row((f"{making.row_name(channel)}{mark}", *cells, sum(numbers.values()))))
    sums = [sum(numbers.get(branch, 0) for numbers in by_channel.values()) for branch in branches]
    rows.append(Row((words.total, *sums, sum(sums)), is_total=True))
    return Table(words("other_channels"), columns, tuple(rows))


def _timeliness(making: Making) -> Section:
    words, overdue = making.words, making.tables["complaints"]["overdue_by_department"]
    found = {
        name: making.figure("complaint_timeliness_rate", **({} if name == TOTAL else {"department": name}))
        for name in overdue
    }
    rows = [JudgedRow(name, counts_of(figure), figure, name == TOTAL) for name, figure in found.items()]
    title = next((one.names[words.language] for one in found.values() if one), words("timeliness"))
    return making.section(
        "3.2.2",
        "timeliness",
        [
            numbers_table(making, words("overdue_by_department"), "department", "overdue", overdue).beside(
                shares_chart(words("overdue_by_department"), _without_total(overdue), "count")
            ),
            judged_table(making, title, "department", ("of_count", "in_time", "rate"), rows),
        ],
        trends(making, "timeliness"),
    )


def _penalties(making: Making) -> Section:
    words, content = making.words, making.tables["complaints"]
    kinds = [column for kind in KINDS for column in _kind_columns(making, kind)]
    columns = (Column(words("department")), *kinds, Column(words("penalty_total"), "yuan"))
    table = Table(words("penalties"), columns, tuple(_rows(making, content["penalties"].items())))
    fined = content["justified_penalty"]
    rows = _rows(making, ((name, row) for name, row in fined.items() if isinstance(row, list)))
    title = words(
        "justified_penalty", month=fined["month_recomputed"] or "–", department=words.name(fined["department"] or "–")
    )
    justified = (Column(words("branch")), Column(words("count"), "count"), Column(words("yuan"), "yuan"))
    return making.section("3.2.3", "penalties", [table, Table(title, justified, tuple(rows))])


def _kind_columns(making: Making, kind: str) -> tuple[Column, Column]:
    words = making.words
    return Column(words(f"penalty_{kind}"), "count"), Column(words("yuan"), "yuan")


def _rows(making: Making, rows: Iterable[tuple[str, Any]]) -> Iterator[Row]:
    for name, numbers in rows:
        yield Row((making.row_name(name), *numbers), name == TOTAL)


def _justified(making: Making) -> Section:
    words, content = making.words, making.tables["complaints"]
    numbers, shares = content["justified_by_department"], content["justified_shares_pct"]
    whole = numbers[TOTAL]
    columns = (
        Column(words("department")),
        Column(words("count"), "count"),
        Column(words("of_count"), "count"),
        Column(words("justified_share"), "percent", Share(numerator=1, denominator=2)),
    )
    rows = [Row((making.row_name(name), numbers[name], whole, share)) for name, share in shares.items()]
    rows.append(Row((words.total, whole, whole, 100.0 if whole else None), is_total=True))
    chart = shares_chart(words("justified_by_department"), {name: numbers[name] for name in shares}, "count")
    table = Table(words("justified_by_department"), columns, tuple(rows), chart=chart if whole else None)
    return making.section("3.2.4", "justified", [table])
