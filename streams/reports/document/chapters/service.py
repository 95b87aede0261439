"""Chapter 3: contact points, satisfaction, mass outages and typical cases; complaints have a file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from streams.core.checks import RECOMPUTED
from streams.core.events.outage import Scope
from streams.core.key_figures import ANSWERS
from streams.core.outages.figures import TotalFigure
from streams.core.outages.scope import place
from streams.core.tables import TOTAL
from streams.logs import masked_text
from streams.reports.document.chapters.complaints import complaint_sections
from streams.reports.document.chapters.contributions import with_contributions
from streams.reports.document.chapters.indicators import trends
from streams.reports.document.making import JudgedRow, Making, counts_of, judged_table, numbers_table
from streams.reports.document.model import Chapter, Chart, Column, Row, Section, Series, Table
from streams.reports.document.texts import shown_number


def chapter(making: Making) -> Chapter:
    """Return the chapter."""
    sections = (
        _contact_points(making),
        *complaint_sections(making),
        with_contributions(making, "satisfaction", _satisfaction(making)),
        _outages(making),
        _cases(making),
    )
    return Chapter("3", making.words("service"), sections)


def _contact_points(making: Making) -> Section:
    words = making.words
    columns = (Column(words("unit")), Column(words("item")), Column(words("value"), "decimal"))
    rows = tuple(
        Row((making.row_name(unit), words.name(item), value))
        for unit, items in making.tables["contact_points"].items()
        for item, value in items.items()
    )
    return making.section("3.1", "contact_points", [Table(words("contact_points"), columns, rows)])


def _satisfaction(making: Making) -> Section:
    words, content = making.words, making.tables["satisfaction"]
    local = content["local_callback"]
    counts = [local["called"], local["reached"], local[f"reached_pct_{RECOMPUTED}"]]
    row = JudgedRow(words("local_callback"), counts, making.figure("callback_reached_rate", caller="local"))
    return making.section(
        "3.3",
        "satisfaction",
        [
            _province_sample(making),
            *_answers(making),
            judged_table(making, words("local_callback"), "item", ("called", "reached", "reached_rate"), [row]),
            numbers_table(making, words("by_subject"), "subject", "called", local["called_by_subject"]),
        ],
        trends(making, "satisfaction"),
    )


def _province_sample(making: Making) -> Table:
    """Return the province's sample by branch, and what share of it said yes to each question."""
    words, content = making.words, making.tables["satisfaction"]["province_callback"]
    names = [_asked(making, indicator) for indicator in ANSWERS.values()]
    columns = (Column(words("branch")), Column(words("sample"), "count"), *(Column(name, "percent") for name in names))
    rows = []
    for name, size in content["sample"].items():
        within = {} if name == TOTAL else {"branch": name}
        figures = [making.figure(indicator, caller="province", **within) for indicator in ANSWERS.values()]
        rates = [content[key] for key in ANSWERS] if name == TOTAL else [counts_of(one)[2] for one in figures]
        rows.append(Row((making.row_name(name), size, *rates), name == TOTAL))
    return Table(words("province_callback"), columns, tuple(rows))


def _answers(making: Making) -> Iterator[Table]:
    """Yield, for each question, how many were asked it and said yes, and whether that is enough to judge."""
    branches = making.tables["satisfaction"]["province_callback"]["sample"]
    for indicator in ANSWERS.values():
        found = {
            name: making.figure(indicator, caller="province", **({} if name == TOTAL else {"branch": name}))
            for name in branches
        }
        rows = [JudgedRow(name, counts_of(figure), figure, name == TOTAL) for name, figure in found.items()]
        yield judged_table(making, _asked(making, indicator), "branch", ("of_count", "counted", "rate"), rows)


def _asked(making: Making, indicator: str) -> str:
    found = next((one for one in making.snapshot.indicators if one.id == indicator), None)
    return indicator if found is None else found.names[making.words.language]


def _outages(making: Making) -> Section:
    words = making.words
    rows = [_outage_row(making, row) for row in making.tables["outages"]]
    columns = (
        Column(words("date")),
        Column(words("branch")),
        Column(words("scope")),
        Column(words("services")),
        Column(words("users"), "count"),
        Column(words("hours"), "hours"),
        Column(words("user_hours"), "hours"),
    )
    total = making.snapshot.outage_totals.total
    in_all = Row((words.total, None, None, None, total.users, None, total.user_hours), is_total=True)
    note = "" if rows else words("none_began")
    table = Table(words("outages"), columns, (*rows, in_all), note, _user_hours_chart(making))
    return making.section("3.4", "outages", [table, _reliability(making)])


def _outage_row(making: Making, row: dict[str, Any]) -> Row:
    words = making.words
    scope = place(msgspec.convert(row["scope"], Scope))
    services = "、".join(map(words.name, row["services"])) or None
    branch = None if row["branch"] is None else words.name(row["branch"])
    day = str(row["date"])[:10]
    return Row((day, branch, masked_text(scope), services, row["users"], row["hours"], row["user_hours"]))


def _user_hours_chart(making: Making) -> Chart | None:
    rows = [row for row in making.tables["outages"] if row["user_hours"] is not None]
    if not rows:
        return None
    words = making.words
    days = tuple(str(row["date"])[5:10] for row in rows)
    series = Series(words("user_hours"), tuple(row["user_hours"] for row in rows))
    return Chart(words("user_hours"), "bar", "hours", days, (series,))


def _reliability(making: Making) -> Table:
    words, totals = making.words, making.snapshot.outage_totals
    columns = (
        Column(words("branch")),
        Column(words("outage_count"), "count"),
        Column(words("users"), "count"),
        Column(words("user_hours"), "hours"),
        Column(words("served"), "count"),
        Column("SAIFI", "decimal"),
        Column(words("saidi"), "decimal"),
        Column(words("caidi"), "decimal"),
    )
    rows = [_reliability_row(making.row_name(name), one) for name, one in totals.by_branch.items()]
    rows.append(_reliability_row(words.total, totals.total, is_total=True))
    rows.append(_reliability_row(words("planned_work"), totals.planned))
    return Table(words("reliability"), columns, tuple(rows))


def _reliability_row(name: str, total: TotalFigure, *, is_total: bool = False) -> Row:
    rates = total.reliability
    decimals = (rates.saifi, rates.saidi_minutes, rates.caidi_minutes)
    cells = (name, total.outages, total.users, total.user_hours, total.served)
    return Row((*cells, *(None if one is None else float(one) for one in decimals)), is_total)


def _cases(making: Making) -> Section:
    words, cases = making.words, making.texts.cases
    columns = tuple(Column(words(title)) for title in ("number", "complained_of", "handling", "suggestion"))
    rows = [
        Row((shown_number(case.number) or None, *map(masked_text, (case.complaint, case.handling, case.suggestion))))
        for case in cases
    ] or [Row((None, words("to_be_written"), None, None))]
    return Section("3.5", words("cases"), (), (Table(words("cases"), columns, tuple(rows)),))
