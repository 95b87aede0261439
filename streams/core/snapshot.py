"""The snapshot of a month: every figure with its counts, verdicts and trend, as one document; same log, same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from streams.core.catalogue import COUNTS, INDICATORS, TOP_LISTS
from streams.core.checks import Check, checks
from streams.core.definitions import Definitions
from streams.core.documents import instant_text, offsets, sealed, write_document
from streams.core.figures import (
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
from streams.core.outages.figures import OutageFigure
from streams.core.outages.month import OutageTotals, month_of_outages
from streams.core.tables import MonthFigures, month_tables
from streams.core.tables.agreements import agreements

TREND_MONTHS = 12
REPORTS_FOLDER, SNAPSHOT_FILE = "reports", "snapshot.json"
"""A month's snapshot is kept in REPORTS_FOLDER/2009-07/SNAPSHOT_FILE, unless somebody wants it elsewhere."""


class SnapshotError(Exception):
    """There is no snapshot to give; the message says why, and what to do."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about a month.

    `as_of` is the instant (UTC) up to which all partitions have counted, `offsets` the log below which they have:
    topic → partition → next offset. `definitions` names what the figures mean, `sha256` is that of the canonical JSON
    (keys sorted, no white space, UTF-8) of everything but itself.
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
    sha256: str = ""


def build_snapshot(
    period: str, tallies: MergedTallies, definitions: Definitions, printed: Mapping[str, Any] | None = None
) -> Snapshot:
    """Return the snapshot of the month `period` from complete tallies.

    With `printed`, the tree of a printed report's tables, `checks` lists every figure in it that differs.
    Raises SnapshotError when the tallies hold nothing of the month.
    """
    held = tallies.months()
    if period not in held:
        raise SnapshotError(f"the tallies hold nothing of {period}; they hold {', '.join(held) or 'no month'}")
    months = {month: tallies.month(month) for month in held[: held.index(period) + 1][-TREND_MONTHS:]}
    counts = months[period]
    of_month = Period(period, Calendar(definitions.timezone), tallies.as_of())
    before = months.get(add_months(period, -1))
    of_outages = month_of_outages(period, tallies, definitions)
    tables = month_tables(MonthFigures(period, counts, before, definitions, of_month.last_day()))
    snapshot = Snapshot(
        period=period,
        timezone=definitions.timezone,
        state="provisional",
        as_of=instant_text(of_month.as_of),
        offsets=offsets(tallies),
        definitions=definitions.digest(),
        indicators=[
            figure
            for indicator in INDICATORS
            for figure in indicator_figures(indicator, of_month, months, definitions.targets)
        ],
        counts=[figure for count in COUNTS for figure in count_figures(count, counts)],
        top_lists=[figure for top_list in TOP_LISTS for figure in top_list_figures(top_list, counts)],
        durations=list(duration_figures(counts)),
        outages=of_outages.outages,
        outage_totals=of_outages.totals,
        tables=tables,
        checks=[] if printed is None else checks(printed, tables, list(agreements(definitions))),
    )
    return sealed(snapshot)


def write_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as indented JSON, in the order in which a reader wants it."""
    return write_document(snapshot)
