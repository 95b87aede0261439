"""Writes gauges and counters as Prometheus reads them: as prometheus_client does, at a quarter of its time a scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from prometheus_client.metrics_core import Metric
from prometheus_client.utils import floatToGoString


def exposition(metrics: Iterable[Metric]) -> bytes:
    """Return metrics in Prometheus' text format; their names and labels' names are ours, so they are valid."""
    return "".join(line for metric in metrics for line in _lines(metric)).encode()


def _lines(metric: Metric) -> Iterator[str]:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    help_text = metric.documentation.replace("\\", r"\\").replace("\n", r"\n")
    yield f"# HELP {name} {help_text}\n# TYPE {name} {metric.type}\n"
    for sample in metric.samples:
        labels = ",".join([_pair(label, value) for label, value in sorted(sample.labels.items())])
        yield f"{sample.name}{{{labels}}} " if labels else f"{sample.name} "
        yield f"{floatToGoString(sample.value)}\n"  # type: ignore[no-untyped-call]


@lru_cache(maxsize=100_000)
def _pair(label: str, value: str) -> str:
    """Return a label as it is written; the same ones are written again and again."""
    escaped = value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return f'{label}="{escaped}"'
