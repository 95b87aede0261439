"""Makes prometheus.yml: what is scraped and how often, where the rules are, and which Alertmanager hears of alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.settings import Address

SERVE_JOB = "streams-serve"
WORKER_JOB = "streams-worker"
PAGER_JOB = "streams-pager"
INTERVAL = "5s"
"""How often is scraped and evaluated: an outage is to be paged within 45 seconds."""
RULE_FILES = "rules/*.yml"

ALERTMANAGER = Address("127.0.0.1", 9093)
"""Where Alertmanager listens unless it is told otherwise."""


def prometheus_config(
    serve: Sequence[Address], workers: Sequence[Address], pager: Address, alertmanager: Address = ALERTMANAGER
) -> dict[str, Any]:
    """Return Prometheus' configuration; rules are looked for from the folder that it is written to."""
    return {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [RULE_FILES],
        "alerting": {"alertmanagers": [{"static_configs": [_targets([alertmanager])]}]},
        "scrape_configs": [_job(SERVE_JOB, serve), _job(WORKER_JOB, workers), _job(PAGER_JOB, [pager])],
    }


def _job(name: str, addresses: Sequence[Address]) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [_targets(addresses)]}


def _targets(addresses: Sequence[Address]) -> dict[str, Any]:
    return {"targets": [str(address) for address in addresses]}
