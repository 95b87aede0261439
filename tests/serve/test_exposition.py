"""Metrics as text: byte by byte what prometheus_client's own writer writes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

from streams.serve.collector import TallyCollector
from streams.serve.exposition import exposition
from tests.core.installation import DEFINITIONS
from tests.serve.standin import StandIn
from tests.serve.test_api import installation


def test_all_that_serve_shows_is_written_as_the_library_writes_it() -> None:
    """Every series of an installation with two months of tickets."""
    registry = CollectorRegistry()
    registry.register(TallyCollector(StandIn(installation()).as_reader(), DEFINITIONS))
    text = exposition(registry.collect())
    assert text == generate_latest(registry)
    assert text.count(b"\n") > 500


def test_what_would_break_a_line_is_escaped() -> None:
    """Quotes, backslashes and line feeds in values and in the help; counters end in _total, numbers are Go's."""
    gauge = GaugeMetricFamily("streams_g", 'a "help" \\ of\ntwo lines', labels=("b", "a"))
    gauge.add_metric(['"quoted"', "back\\slash\nline"], 1e21)
    counter = CounterMetricFamily("streams_c", "how many", value=3)
    registry = CollectorRegistry()
    registry.register(_Shows(gauge, counter))
    assert exposition([gauge, counter]) == generate_latest(registry)


class _Shows:
    """A collector of given metrics."""

    def __init__(self, *metrics: GaugeMetricFamily | CounterMetricFamily) -> None:
        self._metrics = metrics

    def collect(self) -> tuple[GaugeMetricFamily | CounterMetricFamily, ...]:
        """Return them."""
        return self._metrics
