"""Freezes a month: counts the log up to offsets that it notes, and keeps the result as an edition for good.

A month that is frozen already is restated if something moved; the former edition stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from streams.core.definitions import Definitions
from streams.core.documents import sealed
from streams.core.editions import Edition, Editions, edition_of
from streams.core.fact_changes import Change
from streams.core.figures import Period
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import HEAD_KEY, closing_for, write_head
from streams.core.merged import MergedTallies
from streams.core.months import DAY, Calendar, instant_of
from streams.core.recount import Recount
from streams.core.restating import FiguresOf, leaves, moved_paths, restatement
from streams.core.rollups import Counts
from streams.core.snapshot import Snapshot, build_snapshot, counted_figures, trend_months, write_snapshot
from streams.core.tallies import write_cells
from streams.kafka.client import Connection
from streams.kafka.edition_log import read_editions, write_edition
from streams.reports.noting import Cut, FreezeError, Noting, Waiting
from streams.reports.reading import read_tallies
from streams.reports.recounting import Log, Progress, changes, recount
from streams.settings import Settings

SHOWN_PATHS = 5


class ReasonNeeded(FreezeError):
    """A frozen month has moved: a restatement needs a reason."""


class Frozen(NamedTuple):
    """The edition in force, its document, and whether it was written just now."""

    edition: Edition
    document: bytes
    is_new: bool


class Freezing:
    """Freezes months of one installation."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        definitions: Definitions,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        """Take where the log is, the definitions, and whom to tell of records counted and of heads waited for."""
        self._log = Log(connection, settings, definitions)
        self._noting, self._progress = Noting(self._log, waiting), progress
        self._calendar = Calendar(definitions.timezone)

    async def editions(self) -> Editions:
        """Return the editions of all months. Raises what `read_editions` raises."""
        settings = self._log.settings
        return await read_editions(self._log.connection, settings.prefix, settings.partitions)

    async def freeze(self, period: str, reason: str | None = None, printed: Mapping[str, Any] | None = None) -> Frozen:
        """Freeze a month that is over, or restate one that was frozen and has moved since; return what is in force.

        `reason` says why it is restated; `printed` is a printed report's tables for the snapshot's checks.
        Raises ReasonNeeded where there is none for a restatement, FreezeError where the month is not over or the
        workers are behind, EditionTaken where somebody else was faster, SnapshotError where nothing is known of the
        month, and what reading raises.
        """
        editions = await self.editions()
        former = editions.last(period)
        cut = await self._noting.cut(period)
        snapshot, months = await self._count(period, cut, printed)
        if former is not None:
            document = editions.document(former)
            restated = await self._restated(former, document, snapshot, cut, months, reason)
            if restated is None:
                return Frozen(former, document, is_new=False)
            snapshot = restated
        edition = await write_edition(
            self._log.connection,
            self._log.settings.prefix,
            self._log.settings.partitions,
            edition_of(snapshot, cut.heads),
            snapshot,
        )
        return Frozen(edition, write_snapshot(snapshot), is_new=True)

    async def due(self) -> list[str]:
        """Return the months that ended the settings' grace ago, by the tallies' clock, and were never frozen."""
        tallies = await read_tallies(self._log.connection, self._log.settings, self._log.definitions)
        ended_by = tallies.as_of() - self._log.settings.freeze_grace_days * DAY
        editions = await self.editions()
        return [
            month
            for month in tallies.months()
            if self._calendar.month_end(month) <= ended_by and editions.last(month) is None
        ]

    async def _count(
        self, period: str, cut: Cut, printed: Mapping[str, Any] | None
    ) -> tuple[Snapshot, dict[str, Counts]]:
        counted = await recount(self._log, cut.heads, _scope(period, cut), self._progress)
        tallies = self._tallies(period, cut, counted)
        snapshot = build_snapshot(period, tallies, self._log.definitions, printed)
        by_partition = dict(zip(map(str, sorted(cut.heads)), counted, strict=True))
        records = {
            topic: {partition: one.records[topic] for partition, one in by_partition.items()} for topic in FOLDED_TOPICS
        }
        frozen = msgspec.structs.replace(snapshot, state="frozen", edition=1, offsets={}, records=records)
        return sealed(frozen), trend_months(period, tallies)

    def _tallies(self, period: str, cut: Cut, counted: Sequence[Recount]) -> MergedTallies:
        """Return what was counted as tallies, with the published ones of the other months that are closed."""
        tallies = MergedTallies(self._calendar)
        for (partition, head), one in zip(sorted(cut.heads.items()), counted, strict=True):
            buckets = dict(one.buckets)
            for month in cut.tallies.months():
                if month != period and closing_for(head.closed, month) is not None:
                    buckets |= cut.tallies.cells(month, partition)
            for bucket, cells in sorted(buckets.items()):
                tallies.read(partition, bucket.record_key(), write_cells(cells))
            tallies.read(partition, HEAD_KEY, write_head(head))
        return tallies

    async def _restated(
        self,
        former: Edition,
        document: bytes,
        snapshot: Snapshot,
        cut: Cut,
        months: dict[str, Counts],
        reason: str | None,
    ) -> Snapshot | None:
        """Return the snapshot as the next edition, None where nothing is other than in the former one."""
        before, now = msgspec.json.decode(document), msgspec.json.decode(write_snapshot(snapshot))
        paths = moved_paths(leaves(before), leaves(now))
        if not paths and all(before[field] == now[field] for field in ("definitions", "targets")):
            return None
        if reason is None:
            raise ReasonNeeded(_what_moved(former, paths))
        found = restatement(before, now, reason, await self._changes(former, cut), months, self._figures(snapshot))
        restated = msgspec.structs.replace(
            snapshot, state="restated", edition=former.number + 1, restatement=found, sha256=""
        )
        return sealed(restated)

    async def _changes(self, former: Edition, cut: Cut) -> list[Change]:
        as_of = instant_of(datetime.fromisoformat(former.as_of))
        return await changes(self._log, former.heads(as_of), cut.heads, _scope(former.period, cut), self._progress)

    def _figures(self, snapshot: Snapshot) -> FiguresOf:
        as_of = instant_of(datetime.fromisoformat(snapshot.as_of))
        of_month = Period(snapshot.period, self._calendar, as_of)

        def figures(months: Mapping[str, Counts], measures: Collection[str]) -> Mapping[str, Any]:
            made = counted_figures(of_month, months, self._log.definitions, measures)
            content: Mapping[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
            return content

        return figures


def _scope(period: str, cut: Cut) -> str | None:
    """Return what is counted: a closed month alone, else (None) every open month, since a trend shows those before."""
    is_closed = any(closing_for(head.closed, period) is not None for head in cut.heads.values())
    return period if is_closed else None


def _what_moved(former: Edition, paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:SHOWN_PATHS]) + (" …" if len(paths) > SHOWN_PATHS else "")
    return (
        f"{former.period} is {former.state}, and {len(paths)} figures have moved since ({shown or 'only targets'}): "
        "say why it is restated with --reason"
    )
