"""Shows whether last month's snapshot has been written, for the alert that it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.core.definitions import Definitions
from streams.core.months import Calendar, add_months
from streams.core.snapshot import REPORTS_FOLDER, SNAPSHOT_FILE
from streams.serve.reader import TallyReader


class SnapshotCollector(Collector):
    """Looks for the snapshot in the reports folder beside which `serve` runs; without one it shows nothing."""

    def __init__(self, reader: TallyReader, definitions: Definitions, folder: Path = Path(REPORTS_FOLDER)) -> None:
        """Take what tells the data's time, the definitions with its time zone, and the folder of reports."""
        self._reader, self._folder = reader, folder
        self._calendar = Calendar(definitions.timezone)

    def collect(self) -> Iterator[Metric]:
        """Yield 1 if the snapshot is there, else 0."""
        if self._reader.problem() is not None or not self._folder.is_dir():
            return
        last_month = add_months(self._calendar.month_of(self._reader.tallies.as_of()), -1)
        yield GaugeMetricFamily(
            "streams_last_month_snapshot_written",
            "1 if the snapshot of the month before the data's has been written here.",
            value=int((self._folder / last_month / SNAPSHOT_FILE).exists()),
        )
