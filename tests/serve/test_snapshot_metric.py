"""Whether last month's snapshot is there shows on /metrics, and nothing does where no reports are kept."""

from __future__ import annotations

from pathlib import Path

from streams.core.snapshot import SNAPSHOT_FILE
from streams.serve.snapshot_metric import SnapshotCollector
from tests.core.installation import DEFINITIONS, Installation, at
from tests.serve.standin import StandIn


def shown(folder: Path, says: str | None = None) -> list[float]:
    """Return what is shown on 20 July, with reports kept in a folder."""
    installation = Installation()
    installation.count(at("2009-07-20 12:00"))
    collector = SnapshotCollector(StandIn(installation, says).as_reader(), DEFINITIONS, folder)
    return [sample.value for metric in collector.collect() for sample in metric.samples]


def test_the_snapshot_of_the_month_before_counts(tmp_path: Path) -> None:
    """In July it is June's that has to be there; July's says nothing."""
    (tmp_path / "2009-07").mkdir()
    (tmp_path / "2009-07" / SNAPSHOT_FILE).touch()
    assert shown(tmp_path) == [0]
    (tmp_path / "2009-06").mkdir()
    (tmp_path / "2009-06" / SNAPSHOT_FILE).touch()
    assert shown(tmp_path) == [1]


def test_where_no_reports_are_kept_nothing_is_shown(tmp_path: Path) -> None:
    """A replica on another host than the reports must not say that there are none; nor one that is behind."""
    assert shown(tmp_path / "nowhere") == []
    assert shown(tmp_path, says="the tallies are not read to their end yet") == []
