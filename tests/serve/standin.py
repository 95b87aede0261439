"""A reader that has merged what an installation in memory has published, without any broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import cast

from prometheus_client import CollectorRegistry, Metric

from streams.core.definitions import Definitions
from streams.core.letters import Message
from streams.serve.collector import TallyCollector
from streams.serve.reader import TallyReader
from streams.serve.tickets.search import Log
from tests.core.installation import Installation


class StandIn:
    """Has what the collector and the API ask of a reader; `says` is the problem that it pretends to have."""

    def __init__(self, installation: Installation, says: str | None = None) -> None:
        self.tallies = installation.tallies
        self.partitions = range(installation.partitions)
        self.records, self.backlog, self.reads = 7, 2, 0
        self._installation = installation
        self._digest, self.says = installation.definitions.digest(), says

    def problem(self) -> str | None:
        """Return what is wrong."""
        return self.says or self.tallies.problem(self.partitions, self._digest)

    async def read_log(
        self, partition: int, ranges: Mapping[str, tuple[int, int]]
    ) -> AsyncIterator[tuple[str, list[Message]]]:
        """Yield what the installation's log holds; `reads` counts how often somebody asks."""
        self.reads += 1
        for topic, (start, end) in ranges.items():
            yield topic, self._installation.logs[topic, partition][start:end]

    def log(self) -> Log:
        """Return the installation's log."""
        return Log(self.read_log, self._installation.partition_of)

    def as_reader(self) -> TallyReader:
        """Return itself, to be taken for a reader."""
        return cast("TallyReader", self)


def samples(reader: StandIn, definitions: Definitions) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return what the collector shows: (metric, labels that are not empty) → value; no series may stand twice."""
    registry = CollectorRegistry()
    registry.register(TallyCollector(reader.as_reader(), definitions))
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for sample in _samples(list(registry.collect())):
        name, labels, value = sample
        series = (name, frozenset(labels))
        assert series not in found, f"{series} stands twice"
        found[series] = value
    return found


def _samples(metrics: Sequence[Metric]) -> Iterable[tuple[str, list[tuple[str, str]], float]]:
    for metric in metrics:
        for sample in metric.samples:
            yield sample.name, [(label, value) for label, value in sample.labels.items() if value], sample.value
