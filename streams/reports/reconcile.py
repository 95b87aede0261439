"""Reads a published report (YAML or XLSX), and reconciles it with a month's tallies and log."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec
import openpyxl
import yaml
from openpyxl.utils.exceptions import InvalidFileException

from streams.core.checks import Check, checks
from streams.core.documents import instant_text
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.core.reconciling import (
    CountedFact,
    Gap,
    PrintedError,
    Reconciliation,
    agreeing,
    cells_behind,
    counted_facts,
    difference,
    tables_of_sheets,
)
from streams.core.rollups import Counts
from streams.core.snapshot import build_snapshot, trend_months
from streams.core.tables import MonthFigures, month_tables
from streams.core.tables.agreements import agreements
from streams.reports.reading import read_tallies
from streams.reports.recounting import Log, Progress, of_each_recounter

WORKBOOK_SUFFIX = ".xlsx"


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
    months = trend_months(period, tallies)

    def paths_of(counts: Counts) -> Mapping[str, Any]:
        recounted = checks(printed, _tables(log, period, counts, tallies), agreed)
        return {check.where: check.recomputed for check in recounted}

    behind = cells_behind(found, months[period], paths_of)
    facts: dict[str, list[CountedFact]] = {place: [] for place in behind}
    if any(behind.values()):
        for of_partition in await of_each_recounter(
            log, tallies.heads, period, partial(counted_facts, behind), progress
        ):
            for place, counted in of_partition.items():
                facts[place] += counted
    return Reconciliation(
        period=period,
        as_of=instant_text(tallies.as_of()),
        agreeing=agreeing(printed, tables, found),
        gaps=[_gap(check, sorted(facts.get(check.where, []), reverse=True), shown_facts) for check in found],
    )


def _tables(log: Log, period: str, counts: Counts, tallies: MergedTallies) -> dict[str, Any]:
    months = trend_months(period, tallies)
    before = list(months.values())[-2] if len(months) > 1 else None
    last_day = Calendar(log.definitions.timezone).last_day(period)
    return month_tables(MonthFigures(period, counts, before, log.definitions, last_day))


def _gap(check: Check, facts: list[CountedFact], shown_facts: int) -> Gap:
    return Gap(
        **msgspec.structs.asdict(check),
        difference=difference(check.printed, check.recomputed),
        facts=facts[:shown_facts],
        facts_in_all=len(facts),
    )


def read_published(path: Path, recomputed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the tree of tables that a file holds: YAML as streams/samples/july-2009.yaml, or a workbook.

    Raises PrintedError.
    """
    if path.suffix.lower() == WORKBOOK_SUFFIX:
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
