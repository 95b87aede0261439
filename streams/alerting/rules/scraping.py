"""Makes prometheus.yml: what is scraped and how often, where the rules are, and which Alertmanager hears of alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from streams.settings import Address, Settings

SERVE_JOB = "streams-serve"
WORKER_JOB = "streams-worker"
PAGER_JOB = "streams-pager"
INTERVAL = "5s"
"""How often is scraped and evaluated: an outage is to be paged within 45 seconds."""
RULE_FILES = "rules/*.yml"

ALERTMANAGER = Address("127.0.0.1", 9093)
"""Where Alertmanager listens unless it is told otherwise."""


class Endpoints(NamedTuple):
    """Where the programs of an installation are found that Prometheus and Alertmanager speak to."""

    serve: Sequence[Address]
    workers: Sequence[Address]
    pager: Address
    alertmanager: Address = ALERTMANAGER
    are_services: bool = False
    """Whether hosts are names of services: then every replica behind a name is scraped, however many there are."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return those of the settings, which know one program of each kind."""
        return cls([settings.serve], [settings.worker_web], settings.pager)


def prometheus_config(endpoints: Endpoints) -> dict[str, Any]:
    """Return Prometheus' configuration; rules are looked for from the folder that it is written to."""
    found_at = _discovered if endpoints.are_services else _fixed
    return {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [RULE_FILES],
        "alerting": {"alertmanagers": [{"static_configs": [_targets([endpoints.alertmanager])]}]},
        "scrape_configs": [
            {"job_name": SERVE_JOB, **found_at(endpoints.serve)},
            {"job_name": WORKER_JOB, **found_at(endpoints.workers)},
            {"job_name": PAGER_JOB, **found_at([endpoints.pager])},
        ],
    }


def _fixed(addresses: Sequence[Address]) -> dict[str, Any]:
    return {"static_configs": [_targets(addresses)]}


def _discovered(services: Sequence[Address]) -> dict[str, Any]:
    return {
        "dns_sd_configs": [
            {"names": [service.host], "type": "A", "port": service.port, "refresh_interval": INTERVAL}
            for service in services
        ]
    }


def _targets(addresses: Sequence[Address]) -> dict[str, Any]:
    return {"targets": [str(address) for address in addresses]}
