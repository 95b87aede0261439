"""The metrics that the programs of an installation show, by the collectors that make them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from streams.alerting.pager.metrics import exposition
from streams.commands.generate import CHECKOUT
from streams.serve.collector import TallyCollector
from streams.serve.snapshot_metric import SnapshotCollector
from streams.worker.owner import Owner
from streams.worker.web import OwnerCollector
from tests.core.installation import DEFINITIONS, Installation, at
from tests.serve.standin import StandIn


def metrics() -> dict[str, frozenset[str]]:
    """Return metric, as Prometheus calls it, → its labels."""
    found = {}
    for family in _families():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = {label for sample in family.samples for label in sample.labels}
        # What has no series in an empty installation knows its labels all the same.
        found[name] = frozenset(labels | set(getattr(family, "_labelnames", ())))
    return found


def _families() -> Iterator[Metric]:
    installation = Installation()
    installation.count(at("2009-07-20 12:00"))
    reader = StandIn(installation).as_reader()
    yield from TallyCollector(reader, DEFINITIONS).collect()
    yield from SnapshotCollector(reader, DEFINITIONS, CHECKOUT).collect()
    nobody = SimpleNamespace(partitions={}, takeover_seconds=0.0)
    yield from OwnerCollector(cast("Owner", nobody)).collect()
    yield from text_string_to_metric_families(exposition([], {}, 0).decode())
