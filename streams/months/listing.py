"""What the writer's page lists: every month with its state, its editions and its figures that are still open; pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.core.definitions import Definitions
from streams.core.documents import instant_text
from streams.core.editions import Edition, Editions
from streams.core.figures import Period
from streams.core.merged import MergedTallies
from streams.core.months import DAY, Calendar
from streams.core.open_figures import OpenFigure, open_figures
from streams.logs import masked_text

State = Literal["open", "over", "due", "frozen", "restated"]


class ListedEdition(msgspec.Struct, frozen=True):
    """What is told of an edition."""

    number: int
    state: Literal["frozen", "restated"]
    reason: str | None
    as_of: str
    frozen_at: str | None
    sha256: str
    records: int
    moved: int


class ListedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month: `open` goes on, `over` has ended, `due` has had its grace besides, `frozen` or `restated` has editions.

    ends_on: its last day. due_on: from which day on it is frozen by itself. closes_on: from which day on no late fact
    counts. as_of: the clock of the edition in force, else of the tallies. open_figures: which may still change by
    definition, at the tallies' clock.
    """

    period: str
    state: State
    ends_on: str
    due_on: str
    closes_on: str
    as_of: str | None
    editions: list[ListedEdition]
    open_figures: list[OpenFigure]


def listed_months(
    tallies: MergedTallies | None, editions: Editions, definitions: Definitions, grace_days: int
) -> list[ListedMonth]:
    """Return all months that hold anything or were frozen, newest first.

    `tallies` is None while they may not be shown: then only frozen months are known, and nothing is open.
    `grace_days`: how long after its end a month is left open.
    """
    held = set() if tallies is None else set(tallies.months())
    periods = sorted({*held, *(edition.period for edition in editions.all())}, reverse=True)
    as_of = None if tallies is None else tallies.as_of()
    return [_listed(period, as_of, editions.all(period), definitions, grace_days) for period in periods]


def _listed(
    period: str, as_of: int | None, editions: list[Edition], definitions: Definitions, grace_days: int
) -> ListedMonth:
    calendar = Calendar(definitions.timezone)
    end = calendar.month_end(period)
    due = end + grace_days * DAY
    closing = calendar.closing_instant(period, definitions.ledger_months)
    told = None if as_of is None else instant_text(as_of)
    return ListedMonth(
        period=period,
        state=editions[-1].state if editions else _state(as_of, end, due),
        ends_on=calendar.last_day(period).isoformat(),
        due_on=calendar.day_of(due),
        closes_on=calendar.day_of(closing),
        as_of=editions[-1].as_of if editions else told,
        editions=[_edition(edition) for edition in editions],
        open_figures=[] if as_of is None else list(open_figures(Period(period, calendar, as_of), definitions)),
    )


def _state(as_of: int | None, end: int, due: int) -> State:
    if as_of is None or as_of < end:
        return "open"
    return "due" if as_of >= due else "over"


def _edition(edition: Edition) -> ListedEdition:
    return ListedEdition(
        edition.number,
        edition.state,
        None if edition.reason is None else masked_text(edition.reason),
        edition.as_of,
        edition.frozen_at,
        edition.sha256,
        edition.records,
        edition.moved,
    )
