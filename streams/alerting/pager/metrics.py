"""What the pager shows of itself to Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.alerting.pager.delivery import Outcome
from streams.alerting.pager.pages import Page, PageState
from streams.core.months import NEVER, SECOND


class _PagerCollector(Collector):
    def __init__(self, pages: Iterable[Page], outcomes: Mapping[str, int], now: int) -> None:
        self._pages, self._outcomes, self._now = list(pages), outcomes, now

    def collect(self) -> Iterator[Metric]:
        states = Counter(page.state for page in self._pages)
        by_state = GaugeMetricFamily("streams_pager_pages", "Pages of the last days.", labels=("state",))
        for state in get_args(PageState):
            by_state.add_metric([state], states[state])
        yield by_state
        sent = CounterMetricFamily("streams_pager_messages", "Attempts to send a message.", labels=("outcome",))
        for outcome in get_args(Outcome):
            sent.add_metric([outcome], self._outcomes.get(outcome, 0))
        yield sent
        waiting = [notice.made_at for page in self._pages for notice in page.notices if notice.state == "pending"]
        yield GaugeMetricFamily(
            "streams_pager_oldest_message_seconds",
            "How long the oldest message has been waiting to get out; 0 if none is.",
            value=max(0, self._now - min(waiting, default=self._now)) / SECOND,
        )
        yield GaugeMetricFamily(
            "streams_pager_pages_given_up",
            "Pages that nobody took after everybody was told.",
            value=sum(page.state == "open" and page.due_at == NEVER for page in self._pages),
        )


def exposition(pages: Iterable[Page], outcomes: Mapping[str, int], now: int) -> bytes:
    """Return the pager's metrics as Prometheus reads them; `now` is an instant (microseconds)."""
    registry = CollectorRegistry()
    registry.register(_PagerCollector(pages, outcomes, now))
    return generate_latest(registry)
