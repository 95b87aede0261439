"""Reads a published report (YAML or XLSX), and reconciles it with a month's tallies and log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec
import openpyxl
import yaml
from openpyxl.utils.exceptions import InvalidFileException

from streams.core.checks import Check, checks
from streams.core.counted_facts import FactsBehind, facts_behind
from streams.core.documents import instant_text
from streams.core.explaining import Behind, Standing, cells_behind, is_too_high
from streams.core.merged import MergedTallies
from streams.core.months import Calendar, add_months
from streams.core.reconciling import Gap, PrintedError, Reconciliation, agreeing, difference, tables_of_sheets
from streams.core.rollups import Counts
from streams.core.snapshot import build_snapshot, trend_months
from streams.core.tables import MonthFigures, month_tables
from streams.core.tables.agreements import agreements
from streams.reports.reading import read_tallies
from streams.reports.recounting import Log, Progress, of_each_recounter

WORKBOOK_SUFFIX = ".xlsx"
OTHER_WORKBOOKS = frozenset((".xls", ".xlsm", ".xlsb", ".et", ".ods"))


async def reconcile(
    log: Log, period: str, path: Path, shown_facts: int, progress: Progress | None = None
) -> Reconciliation:
    """Return how a published report compares with the month `period`, with up to `shown_facts` facts a gap.

    The log is read only where a figure differs from what the events give. Raises PrintedError where the file cannot be
    read, SnapshotError when nothing is known of the month, MonthNotWhole where the log has lost its beginning.
    """
    tallies = await read_tallies(log.connection, log.settings, log.definitions)
    tables = build_snapshot(period, tallies, log.definitions).tables
    printed = read_published(path, tables)
    agreed = list(agreements(log.definitions))
    found = checks(printed, tables, agreed)
    chapters = {check.where.partition(".")[0].partition("[")[0] for check in found}
    months = trend_months(period, tallies)

    def paths_of(counts: Counts) -> Mapping[str, Any]:
        recounted = checks(printed, _tables(log, period, counts, months, chapters), agreed)
        return {check.where: check.recomputed for check in recounted}

    behind = cells_behind(found, months[period], paths_of)
    facts = await _facts_behind(log, period, behind, found, shown_facts, tallies, progress)
    return Reconciliation(
        period=period,
        as_of=instant_text(tallies.as_of()),
        agreeing=agreeing(printed, tables, found),
        gaps=[_gap(check, behind, facts) for check in found],
    )


async def _facts_behind(
    log: Log,
    period: str,
    behind: Mapping[str, Behind],
    found: list[Check],
    shown_facts: int,
    tallies: MergedTallies,
    progress: Progress | None,
) -> dict[str, FactsBehind]:
    facts: dict[str, FactsBehind] = {}
    if not any(behind.values()):
        return facts
    too_high = frozenset(check.where for check in found if is_too_high(check.printed, check.recomputed))
    ask = partial(facts_behind, behind, too_high & behind.keys(), shown_facts)
    for of_partition in await of_each_recounter(log, tallies.heads, period, ask, progress):
        for place, of_place in of_partition.items():
            facts.setdefault(place, FactsBehind()).add(of_place, shown_facts)
    return facts


def _tables(
    log: Log, period: str, counts: Counts, months: Mapping[str, Counts], chapters: Collection[str]
) -> dict[str, Any]:
    """Return some chapters' tables as other counts of the month would make them."""
    before = months.get(add_months(period, -1))
    last_day = Calendar(log.definitions.timezone).last_day(period)
    return month_tables(MonthFigures(period, counts, before, log.definitions, last_day), chapters)


def _gap(check: Check, behind: Mapping[str, Behind], facts: Mapping[str, FactsBehind]) -> Gap:
    return Gap(
        **msgspec.structs.asdict(check),
        **msgspec.structs.asdict(facts.get(check.where, FactsBehind())),
        difference=difference(check.printed, check.recomputed),
        lacking=Standing(behind.get(check.where, {})).lacking(check.printed, check.recomputed),
    )


def read_published(path: Path, recomputed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the tree of tables that a file holds: YAML as streams/samples/july-2009.yaml, or a workbook.

    Raises PrintedError.
    """
    suffix = path.suffix.lower()
    if suffix in OTHER_WORKBOOKS:
        raise PrintedError(f"{path} cannot be read: {suffix} is another kind of workbook. Save it as {WORKBOOK_SUFFIX}")
    if suffix == WORKBOOK_SUFFIX:
        return tables_of_sheets(_sheets(path), recomputed)
    return read_tables(path)


def read_tables(path: Path) -> Mapping[str, Any]:
    """Return the tree of tables that a YAML file holds. Raises PrintedError."""
    try:
        tables = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PrintedError(f"{path} cannot be read: {error}") from error
    if not isinstance(tables, dict):
        raise PrintedError(
            f"{path} holds no tables: it is to be a mapping of chapters, as streams/samples/july-2009.yaml"
        )
    return tables


def _sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError) as error:
        raise PrintedError(f"{path} cannot be read as a workbook: {error}. Save it as .xlsx") from error
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
