"""Which metrics there are to be asked for, and which labels each of them has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from streams.dashboards.lint.promql import labels_made, selectors

Known = Mapping[str, Set[str]]
"""Metric → its labels."""

SCRAPED = frozenset(("instance", "job"))
"""Labels that Prometheus adds to all that it scrapes."""
OF_PROMETHEUS: Known = {
    "up": SCRAPED,
    "scrape_duration_seconds": SCRAPED,
    "scrape_samples_scraped": SCRAPED,
}


def known_series(metrics: Mapping[str, Iterable[str]], groups: Iterable[Mapping[str, Any]]) -> Known:
    """Return the series of an installation: what its programs show, and what rules make of it.

    metrics: name as scraped → labels. groups: groups of rules as Prometheus reads them; each may use those above it.
    """
    known: dict[str, Set[str]] = {name: {*labels, *SCRAPED} for name, labels in metrics.items()}
    known |= OF_PROMETHEUS
    alerts: set[str] = {"alertname", "alertstate"}
    for rule in (rule for group in groups for rule in group["rules"]):
        labels = {*rule.get("labels", {}), *labels_made(rule["expr"])}
        for selector in selectors(rule["expr"]):
            labels |= known.get(selector.name, set())
        if "record" in rule:
            known[rule["record"]] = labels | set(known.get(rule["record"], ()))
        else:
            alerts |= labels
    return known | {"ALERTS": alerts}
