"""What the chapters are made with: a snapshot's figures by labels, and the tables that many of them share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from streams.core.comparisons import calendar_trend, change_of
from streams.core.figures import Basis, IndicatorFigure
from streams.core.key_figures import Figures, KeyFigure
from streams.core.ratios import percent
from streams.core.snapshot import Snapshot
from streams.core.tables import TOTAL
from streams.core.targets import TIERS
from streams.logs import masked_text
from streams.reports.document.model import Chart, Column, Judgement, Kind, Row, Section, Series, Share, Table, Value
from streams.reports.document.texts import ReportTexts
from streams.reports.document.words import Words, percent_of

PERCENT_PLACES = Decimal("0.01")
CHANGES: Mapping[Basis, str] = {"previous_month": "points", "previous_year": "points_on_year"}
"""Month that figures are held against → the word of the change."""


class JudgedRow(NamedTuple):
    """A row of a judged table: a table's [all, those that count, rate], and the figure that holds its verdicts."""

    name: str
    counts: Sequence[Any]
    figure: IndicatorFigure | None
    is_total: bool = False
    rank: int | None = None


class Making:
    """A snapshot, the sentences and texts that go with it, and the words to tell them in."""

    def __init__(
        self, snapshot: Snapshot, narrative: Mapping[str, Sequence[str]], texts: ReportTexts, words: Words
    ) -> None:
        """Take all of them; `narrative` is chapter of the snapshot's tables → sentences."""
        self.snapshot, self.texts, self.words = snapshot, texts, words
        self.tables = snapshot.tables
        self._narrative = narrative
        self.figures = Figures(snapshot)
        self.figure = self.figures.of

    def key_name(self, one: KeyFigure) -> str:
        """Return what a key figure is called."""
        return " ".join((*map(self.words.of_what, one.of_what), one.figure.names[self.words.language]))

    def branches(self) -> list[str]:
        """Return the branches that have a row in the report's tables, in its order."""
        return [name for name in self.tables["satisfaction"]["province_callback"]["sample"] if name != TOTAL]

    def sentences(self, chapter: str) -> tuple[str, ...]:
        """Return what is to be said of a chapter: of its figures, then the writer's remarks."""
        remarks = self.texts.remarks.get(chapter, ())
        return tuple(map(masked_text, (*self._narrative.get(chapter, ()), *remarks)))

    def section(self, number: str, chapter: str, tables: Iterable[Table], charts: Iterable[Chart] = ()) -> Section:
        """Return the section of a chapter of the tables, with its sentences; tables without rows are left out."""
        shown = tuple(table for table in tables if table.rows)
        return Section(number, self.words(chapter), self.sentences(chapter), shown, tuple(charts))

    def row_name(self, value: str) -> str:
        """Return what a row is called, without anything that could be a subscriber's number."""
        return masked_text(self.words.name(value))


def judged_table(
    making: Making, title: str, first: str, counts: tuple[str, str, str], rows: Iterable[JudgedRow]
) -> Table:
    """Return a table of shares with each tier's verdict, the changes on last month and last year, and ranks.

    `first` and `counts` are the words of the columns: what the rows are, all, those that count, their rate. A tier
    that has no target for any row has no column, nor has a change on a month that is not held, nor have ranks where no
    row has one; that samples are too small is said in any case.
    """
    words, listed = making.words, list(rows)
    tiers = [tier for tier in TIERS if any(_has_target(row.figure, tier) for row in listed)]
    states = {tier: words(tier) for tier in tiers}
    if not tiers and any(row.figure is None or row.figure.interval or not row.figure.denominator for row in listed):
        # Nothing judges these, but how little they tell is to be said.
        states = {TIERS[0]: words("state")}
    columns = [
        Column(words(first)),
        Column(words(counts[0]), "count"),
        Column(words(counts[1]), "count"),
        Column(words(counts[2]), "percent", Share(numerator=2, denominator=1)),
        *(Column(title, "verdict") for title in states.values()),
    ]
    made = [
        [making.row_name(row.name), *row.counts, *(judgement(row.figure, tier) for tier in states)] for row in listed
    ]
    further: list[tuple[Column, list[Value]]] = [
        *(
            (Column(words(key), "points"), [change_points(row.figure, basis) for row in listed])
            for basis, key in CHANGES.items()
        ),
        (Column(words("rank"), "count"), [row.rank for row in listed]),
    ]
    for column, cells in further:
        if any(cell is not None for cell in cells):
            columns.append(column)
            made = [[*row, cell] for row, cell in zip(made, cells, strict=True)]
    shown = tuple(Row(tuple(cells), row.is_total) for cells, row in zip(made, listed, strict=True))
    return Table(title, tuple(columns), shown, _targets_note(words, listed, tiers))


def targets_table(making: Making, first: str, rows: Iterable[JudgedRow], counts: str = "") -> Table:
    """Return the targets in force for named figures, a column a tier; with `counts` the first count of each as well."""
    words, listed = making.words, list(rows)
    tiers = [tier for tier in TIERS if any(target_percent(row.figure, tier) is not None for row in listed)]
    columns = [Column(words(first)), *(Column(words(tier), "percent") for tier in tiers)]
    if counts:
        columns.insert(1, Column(words(counts), "count"))
    made = []
    for row in listed:
        targets = [target_percent(row.figure, tier) for tier in tiers]
        made.append(Row((making.row_name(row.name), *(row.counts[:1] if counts else ()), *targets)))
    return Table(words("targets"), tuple(columns), tuple(made) if tiers or counts else ())


def judgement(figure: IndicatorFigure | None, tier: str) -> Judgement:
    """Return what a tier says of a figure; a figure that is not there has no data."""
    if figure is None:
        return Judgement("no_data")
    if figure.interval is None:
        return Judgement(figure.verdicts[tier])
    low, high = (f"{Decimal(end) * 100:.0f}" for end in figure.interval)
    return Judgement(figure.verdicts[tier], (low, high))


def target_percent(figure: IndicatorFigure | None, tier: str) -> float | None:
    """Return a tier's target for a figure in percent, None where none is in force or there is nothing to judge."""
    budget = None if figure is None else figure.budget.get(tier)
    return None if budget is None else percent_of(budget.target)


def change_points(figure: IndicatorFigure | None, basis: Basis) -> Value:
    """Return the change on an earlier month in percentage points, None where either month has no figure."""
    change = None if figure is None else change_of(figure, basis)
    return None if change is None or change.points is None else float(change.points)


def counts_of(figure: IndicatorFigure | None) -> list[Any]:
    """Return a figure as a table's row: all, those that count, and their rate in percent."""
    if figure is None:
        return [0, 0, None]
    return [figure.denominator, figure.numerator, percent(figure.numerator, figure.denominator)]


def numbers_table(making: Making, title: str, first: str, second: str, numbers: Mapping[str, Any]) -> Table:
    """Return a table of whole numbers by name."""
    columns = (Column(making.words(first)), Column(making.words(second), "count"))
    return Table(title, columns, tuple(Row((making.row_name(name), n), name == TOTAL) for name, n in numbers.items()))


def shares_chart(title: str, numbers: Mapping[str, float | None], unit: Kind = "percent") -> Chart | None:
    """Return bars of named percentages or counts, None where there are none."""
    if not numbers:
        return None
    return Chart(title, "bar", unit, tuple(numbers), (Series(title, tuple(numbers.values())),))


def rates_chart(making: Making, title: str, rows: Iterable[JudgedRow]) -> Chart | None:
    """Return bars of a table's rates beside the targets that all rows share, None where there are none."""
    listed = [row for row in rows if row.counts[2] is not None]
    if not listed:
        return None
    series = [Series(title, tuple(float(row.counts[2]) for row in listed))]
    for tier in TIERS:
        targets = {target_percent(row.figure, tier) for row in listed}
        if len(targets) == 1 and (target := targets.pop()) is not None:
            series.append(Series(f"{making.words(tier)} {target:g}%", (target,) * len(listed), is_reference=True))
    return Chart(title, "bar", "percent", tuple(making.row_name(row.name) for row in listed), tuple(series))


def trend_chart(making: Making, title: str, figure: IndicatorFigure) -> Chart:
    """Return the line of a figure over the last twelve months, with its targets of this month; gaps stay gaps."""
    trend = calendar_trend(figure, making.snapshot.period)
    months = tuple(month for month, _ in trend)
    series = [Series(title, tuple(_two_places(percent_of(ratio)) for _, ratio in trend))]
    for tier in TIERS:
        target = target_percent(figure, tier)
        if target is not None:
            series.append(Series(f"{making.words(tier)} {target:g}%", (target,) * len(months), is_reference=True))
    held, words = sum(ratio is not None for _, ratio in trend), making.words
    told = words("trend") if held == len(trend) else words("months_held", held=held)
    return Chart(f"{title} · {told}", "line", "percent", months, tuple(series))


def _two_places(value: float | None) -> float | None:
    return None if value is None else float(Decimal(str(value)).quantize(PERCENT_PLACES, ROUND_HALF_UP))


def _has_target(figure: IndicatorFigure | None, tier: str) -> bool:
    return figure is not None and figure.verdicts[tier] in ("met", "missed")


def _targets_note(words: Words, rows: Iterable[JudgedRow], tiers: Iterable[str]) -> str:
    """Return the targets in words, where all rows have the same one."""
    listed = list(rows)
    told = []
    for tier in tiers:
        targets = {target_percent(row.figure, tier) for row in listed} - {None}
        if len(targets) == 1:
            told.append(f"{words(tier)} {targets.pop():g}%")
    return " · ".join(told)
