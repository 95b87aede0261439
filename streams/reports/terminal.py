"""Shows a month's report in the terminal: chapter by chapter, the printed figure beside the computed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.core.catalogue import INDICATORS
from streams.core.checks import AS_PRINTED, RECOMPUTED
from streams.core.snapshot import Snapshot
from streams.core.tables import TOTAL
from streams.core.targets import TIERS, Verdict

Tree = Mapping[str, Any]

NOTHING = "–"
WORDS: dict[Verdict, tuple[str, str]] = {
    "met": ("met 达标", "green"),
    "missed": ("missed 未达标", "red"),
    "no_data": ("no data", "dim"),
    "too_few": ("too few", "dim"),
    "no_target": (NOTHING, "dim"),
}
NAMES = {indicator.id: f"{indicator.names['zh']} {indicator.names['en']}" for indicator in INDICATORS}

SINGLE_FIGURES = {
    ("mobile", "previous_month_reports"): "Mobile reports last month",
    ("mobile", "fewer_than_last_month"): "Mobile reports, fewer than last month",
    ("broadband", "reports", "count"): "Broadband reports",
    ("broadband", "reports", "more_than_last_month"): "Broadband reports, more than last month",
    ("broadband", "reports", f"growth_pct_{RECOMPUTED}"): "Broadband reports, growth in %",
    ("broadband", "other_broadband_reports"): "Broadband reports outside the rows above",
}
"""Place in the tables → what it is called here."""
TOP_LISTS = {"top_symptoms_pct": "Broadband symptom, % of reports", "top_causes_pct": "Broadband cause, % of reports"}


class Share(NamedTuple):
    """So many of so many, and their rate in percent as it stands in a table."""

    numerator: int
    denominator: int
    rate_percent: float | None


class Row(NamedTuple):
    """One line of a table: a computed share, the printed one, and which figure of the snapshot judges it."""

    name: str
    indicator: str
    computed: Share
    printed: Share | None
    labels: dict[str, str]


def print_report(snapshot: Snapshot, printed: Tree | None, console: Console) -> None:
    """Print the tables of a snapshot; with `printed`, the tree of a printed report, its figures stand beside them."""
    report = _Report(snapshot, printed)
    console.print(f"[bold]{snapshot.period}[/] as of {snapshot.as_of} ({snapshot.state})", highlight=False)
    for table in report.tables():
        console.print(table)
    console.print(report.others())


class _Report:
    def __init__(self, snapshot: Snapshot, printed: Tree | None) -> None:
        self._computed, self._printed = snapshot.tables, printed
        self._verdicts = {
            (figure.id, frozenset(figure.labels.items())): figure.verdicts for figure in snapshot.indicators
        }

    def tables(self) -> Iterator[Table]:
        """Yield the chapters' tables."""
        yield self._table("2.1", NAMES["repeat_report_rate"], self._repeat_rows())
        yield self._table("2.2", "重点产品 Key products", self._product_rows())
        yield self._table("2.3 移动 Mobile", NAMES["timely_restoration_rate"], self._in_time_rows("mobile"))
        yield self._table("2.3 移动 Mobile", NAMES["repeat_report_rate"], self._mobile_repeat_rows())
        yield self._table("2.4 宽带 Broadband", NAMES["preprocessing_rate"], self._preprocessing_rows())
        yield self._table("2.4 宽带 Broadband", NAMES["timely_restoration_rate"], self._in_time_rows("broadband"))

    def _table(self, chapter: str, title: str, rows: Iterator[Row]) -> Table:
        table = self._new_table(f"{chapter} {title}")
        for tier in TIERS:
            table.add_column(tier)
        for row in rows:
            cells = [Text(row.name), Text(_words(row.computed))]
            if self._printed is not None:
                cells.append(_beside(_words(row.printed), _words(row.computed)))
            verdicts = self._verdicts.get((row.indicator, frozenset(row.labels.items())), {})
            table.add_row(*cells, *(_verdict(verdicts.get(tier, "no_data")) for tier in TIERS))
        return table

    def _new_table(self, title: str) -> Table:
        table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        table.add_column("")
        table.add_column("computed", justify="right")
        if self._printed is not None:
            table.add_column("printed", justify="right")
        return table

    def _repeat_rows(self) -> Iterator[Row]:
        chapter = "repeat_reports"
        for brand in self._computed[chapter]["faults"]:
            for branch, row in self._computed[chapter][brand].items():
                labels = {"brand": brand} if branch == TOTAL else {"brand": brand, "branch": branch}
                printed = self._at(chapter, brand, branch)
                yield Row(f"{brand} {branch}", "repeat_report_rate", _share(row), _share(printed), labels)

    def _product_rows(self) -> Iterator[Row]:
        chapter = "key_products"
        computed, printed = self._computed[chapter], self._at(chapter)
        for key, indicator in (
            ("restored_in_time", "timely_restoration_rate"),
            ("unknown_cause", "unknown_cause_rate"),
            ("other_cause", "other_cause_rate"),
        ):
            now, then = (
                table and Share(table[key]["count"], table["reports"], table[key]["rate_pct"])
                for table in (computed, printed)
            )
            yield Row(NAMES[indicator], indicator, now, then, {"service": "key_product"})

    def _in_time_rows(self, service: str) -> Iterator[Row]:
        for name, row in self._computed[service]["restored_in_time"].items():
            printed = self._at(service, "restored_in_time", name)
            labels = self._labels(service, name)
            yield Row(name, "timely_restoration_rate", _share(row), _share(printed), labels)

    def _labels(self, service: str, name: str) -> dict[str, str]:
        """Return the labels of a row that is named after a family or a brand, or is the total."""
        if name == TOTAL:
            return {"service": service}
        family = {"service": service, "family": name}
        is_family = ("timely_restoration_rate", frozenset(family.items())) in self._verdicts
        return family if is_family else {"service": service, "brand": name}

    def _mobile_repeat_rows(self) -> Iterator[Row]:
        for name, row in self._computed["mobile"]["repeat_reports"].items():
            printed = self._at("mobile", "repeat_reports", name)
            yield Row(
                name,
                "repeat_report_rate",
                _share([*row["counts"], row["recomputed"]]),
                printed and _share([*printed["counts"], printed[AS_PRINTED]]),
                self._labels("mobile", name),
            )

    def _preprocessing_rows(self) -> Iterator[Row]:
        computed, printed = (
            table and Share(table["preprocessed"], table["reports"], table["rate_pct"])
            for table in (self._computed["broadband"]["preprocessing"], self._at("broadband", "preprocessing"))
        )
        yield Row("宽带", "preprocessing_rate", computed, printed, {"service": "broadband"})

    def _at(self, *path: str) -> Any:
        """Return what the printed report has at a place, None where it has nothing."""
        return _follow(self._printed, path)

    def others(self) -> Table:
        """Return the figures that stand alone: reports against last month, top symptoms and causes."""
        table = self._new_table("Reports against last month, top symptoms and causes")
        paths = dict(SINGLE_FIGURES)
        for key, words in TOP_LISTS.items():
            paths |= {("broadband", key, value): f"{words}: {value}" for value in self._computed["broadband"][key]}
        for path, words in paths.items():
            computed = _follow(self._computed, path)
            as_printed = (*path[:-1], path[-1].replace(RECOMPUTED, AS_PRINTED))
            self._add_row(table, words, computed, self._at(*as_printed))
        return table

    def _add_row(self, table: Table, words: str, computed: Any, printed: Any) -> None:
        cells = [Text(words), Text(_figure(computed))]
        if self._printed is not None:
            cells.append(_beside(_figure(printed), _figure(computed)))
        table.add_row(*cells)


def _follow(tree: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _figure(figure: float | None) -> str:
    if figure is None:
        return NOTHING
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:.2f}"


def _share(row: Sequence[Any] | None) -> Any:
    """Return a table's row [all, those that count, rate] as a share, None where there is no row."""
    return None if row is None else Share(row[1], row[0], row[2])


def _words(share: Share | None) -> str:
    if share is None:
        return NOTHING
    rate = NOTHING if share.rate_percent is None else f"{share.rate_percent:.2f} %"
    return f"{share.numerator:,} / {share.denominator:,} = {rate}"


def _beside(printed: str, computed: str) -> Text:
    """Return the printed figure, in red where it is another one."""
    return Text(printed, style="dim" if printed in (computed, NOTHING) else "bold red")


def _verdict(verdict: Verdict) -> Text:
    words, style = WORDS[verdict]
    return Text(words, style=style)
