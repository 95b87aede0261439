"""What a report is made of, whatever it is written as: chapters, sections, tables, charts and sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from streams.core.targets import Verdict

Kind = Literal["text", "count", "percent", "points", "hours", "yuan", "decimal", "verdict"]
"""What the values of a column are: whole numbers, percent, percentage points, hours, yuan, ratios as decimals, …"""

Language = Literal["zh", "en"]

ChartKind = Literal["line", "bar"]


class Judgement(msgspec.Struct, frozen=True):
    """What a tier's target says of a figure; `interval` (percent) is what too small a sample leaves open."""

    verdict: Verdict
    interval: tuple[str, str] | None = None


class Amount(msgspec.Struct, frozen=True):
    """A number of another kind than its column's."""

    value: int | float | None
    kind: Kind


Value = str | int | float | Judgement | Amount | None
"""A cell: None is blank. Percentages are in percent, as a printed table has them."""


class Share(msgspec.Struct, frozen=True):
    """Which columns a percentage is made of: 100 · numerator / denominator, by their places in the table."""

    numerator: int
    denominator: int


class Column(msgspec.Struct, frozen=True):
    """One column of a table."""

    title: str
    kind: Kind = "text"
    share: Share | None = None


class Series(msgspec.Struct, frozen=True):
    """The values of one line or row of bars; a reference (a target) is drawn dashed."""

    name: str
    values: tuple[float | None, ...]
    is_reference: bool = False


class Chart(msgspec.Struct, frozen=True):
    """A chart; all series have a value (or none) for each category."""

    title: str
    kind: ChartKind
    unit: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]


class Row(msgspec.Struct, frozen=True):
    """One row of a table; a total is set off from the others."""

    cells: tuple[Value, ...]
    is_total: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table with a heading; `note` stands below it, `chart` (of the same figures) beside it where there is room."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    chart: Chart | None = None

    def beside(self, chart: Chart | None) -> Table:
        """Return this table with a chart of its figures."""
        return msgspec.structs.replace(self, chart=chart)


class Section(msgspec.Struct, frozen=True):
    """A numbered part of a chapter: sentences, then tables, then charts that stand alone (trends)."""

    number: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()

    @property
    def heading(self) -> str:
        """Return number and title."""
        return f"{self.number} {self.title}".strip()


class Chapter(msgspec.Struct, frozen=True):
    """A chapter of the report."""

    number: str
    title: str
    sections: tuple[Section, ...]

    @property
    def heading(self) -> str:
        """Return number and title."""
        return f"{self.number} {self.title}".strip()


class Document(msgspec.Struct, frozen=True):
    """A month's report. `created` is the snapshot's as-of: what is made of it anew has the same date.

    `appendix` holds every figure of the snapshot; only the workbook shows it.
    """

    period: str
    language: Language
    title: str
    subtitle: str
    created: datetime
    chapters: tuple[Chapter, ...]
    appendix: tuple[Section, ...] = ()
