"""The snapshot of a month: every figure with its counts, verdicts and trend, as one document; same log, same bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from streams.core.catalogue import COUNTS, INDICATORS, TOP_LISTS
from streams.core.checks import DATE, Check, checks
from streams.core.contributions import MEASURES
from streams.core.definitions import Definitions, Target
from streams.core.documents import instant_text, offsets, sealed, write_document
from streams.core.durations import DURATION_MEASURES
from streams.core.figures import (
    MONTHS_BACK,
    CountFigure,
    DurationFigure,
    IndicatorFigure,
    Period,
    TopListFigure,
    count_figures,
    duration_figures,
    indicator_figures,
    top_list_figures,
)
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, add_months
from streams.core.open_figures import OpenFigure, open_figures
from streams.core.outages.figures import OutageFigure
from streams.core.outages.month import OutageTotals, month_of_outages
from streams.core.restating import Restatement
from streams.core.rollups import Counts
from streams.core.tables import MonthFigures, month_tables
from streams.core.tables.agreements import agreements

OUTAGES_CHAPTER = "outages"
"""The chapter whose rows have dates, which JSON writes as text."""
REPORTS_FOLDER, SNAPSHOT_FILE = "reports", "snapshot.json"
"""A month's snapshot is kept in REPORTS_FOLDER/2009-07/SNAPSHOT_FILE, unless somebody wants it elsewhere."""


class SnapshotError(Exception):
    """There is no snapshot to give; the message says why, and what to do."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about a month.

    `as_of` is the instant (UTC) up to which all partitions have counted, `offsets` the log below which they have:
    topic → partition → next offset. `definitions` names what the figures mean, `targets` are those in force on any day
    of the month (those of its last day judge), and `open_figures` says which may still change by definition. `sha256`
    is that of the canonical JSON (keys sorted, no white space, UTF-8) of everything but itself.

    A frozen or restated one has its number in `edition` (1 is the first) and how many `records` of each topic and
    partition were counted, but no offsets: two runs of one log may have them otherwise. The edition's record has them.
    A restated one says in `restatement` what moved.
    """

    period: str
    timezone: str
    state: Literal["provisional", "frozen", "restated"]
    as_of: str
    offsets: dict[str, dict[str, int]]
    definitions: str
    indicators: list[IndicatorFigure]
    counts: list[CountFigure]
    top_lists: list[TopListFigure]
    durations: list[DurationFigure]
    outages: list[OutageFigure]
    outage_totals: OutageTotals
    tables: dict[str, Any]
    checks: list[Check]
    targets: list[Target] = []
    open_figures: list[OpenFigure] = []
    edition: int = 0
    records: dict[str, dict[str, int]] = {}
    restatement: Restatement | None = None
    sha256: str = ""


class CountedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a snapshot that follow from counts alone."""

    indicators: list[IndicatorFigure]
    counts: list[CountFigure]
    top_lists: list[TopListFigure]
    durations: list[DurationFigure]
    tables: dict[str, Any]


def build_snapshot(
    period: str, tallies: MergedTallies, definitions: Definitions, printed: Mapping[str, Any] | None = None
) -> Snapshot:
    """Return the snapshot of the month `period` from complete tallies.

    With `printed`, the tree of a printed report's tables, `checks` lists every figure in it that differs.
    Raises SnapshotError when the tallies hold nothing of the month.
    """
    months = trend_months(period, tallies)
    of_month = Period(period, Calendar(definitions.timezone), tallies.as_of())
    figures = counted_figures(of_month, months, definitions)
    of_outages = month_of_outages(period, tallies, definitions)
    snapshot = Snapshot(
        period=period,
        timezone=definitions.timezone,
        state="provisional",
        as_of=instant_text(of_month.as_of),
        offsets=offsets(tallies),
        definitions=definitions.digest(),
        indicators=figures.indicators,
        counts=figures.counts,
        top_lists=figures.top_lists,
        durations=figures.durations,
        outages=of_outages.outages,
        outage_totals=of_outages.totals,
        tables=figures.tables,
        checks=[] if printed is None else checks(printed, figures.tables, list(agreements(definitions))),
        targets=list(_in_force(of_month, definitions)),
        open_figures=list(open_figures(of_month, definitions)),
    )
    return sealed(snapshot)


def trend_months(period: str, tallies: MergedTallies) -> dict[str, Counts]:
    """Return the counts of a month and of those before it that it is held against or its trend shows.

    Raises SnapshotError (see above).
    """
    held = tallies.months()
    if period not in held:
        raise SnapshotError(f"the tallies hold nothing of {period}; they hold {', '.join(held) or 'no month'}")
    since = add_months(period, -max(MONTHS_BACK.values()))
    return {month: tallies.month(month) for month in held if since <= month <= period}


def counted_figures(
    of_month: Period,
    months: Mapping[str, Counts],
    definitions: Definitions,
    measures: Collection[str] = MEASURES,
) -> CountedFigures:
    """Return what counts tell of a month; `months` are its own and those of the months before it that are known.

    With `measures` it is told only of what these are in (and of all tables).
    """
    counts = months[of_month.month]
    before = months.get(add_months(of_month.month, -1))
    return CountedFigures(
        indicators=[
            figure
            for indicator in INDICATORS
            if not {indicator.numerator, indicator.denominator}.isdisjoint(measures)
            for figure in indicator_figures(indicator, of_month, months, definitions.targets)
        ],
        counts=[
            figure for count in COUNTS if count.measure in measures for figure in count_figures(count, of_month, months)
        ],
        top_lists=[figure for top in TOP_LISTS if top.measure in measures for figure in top_list_figures(top, counts)],
        durations=list(duration_figures(counts)) if DURATION_MEASURES.intersection(measures) else [],
        tables=month_tables(MonthFigures(of_month.month, counts, before, definitions, of_month.last_day())),
    )


def _in_force(of_month: Period, definitions: Definitions) -> Iterator[Target]:
    """Yield the targets in force on any day of the month."""
    first, last = of_month.last_day().replace(day=1), of_month.last_day()
    for target in definitions.targets:
        if target.valid_from <= last and (target.valid_to is None or target.valid_to > first):
            yield target


def read_snapshot(document: bytes) -> Snapshot:
    """Return a snapshot from its JSON, as it was when it was written. Raises msgspec.DecodeError."""
    snapshot = msgspec.json.decode(document, type=Snapshot)
    outages = [{**row, DATE: date.fromisoformat(row[DATE])} for row in snapshot.tables[OUTAGES_CHAPTER]]
    return msgspec.structs.replace(snapshot, tables={**snapshot.tables, OUTAGES_CHAPTER: outages})


def write_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as indented JSON, in the order in which a reader wants it."""
    return write_document(snapshot)
