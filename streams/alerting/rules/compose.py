"""Says where docker-compose.yml has the programs that Prometheus and Alertmanager speak to, by its services' names."""

from __future__ import annotations

from streams.alerting.rules.scraping import Endpoints
from streams.settings import Address

COMPOSE = Endpoints(
    serve=[Address("serve", 8088)],
    workers=[Address("worker", 8089)],
    pager=Address("pager", 8090),
    alertmanager=Address("alertmanager", 9093),
    are_services=True,
)
"""The services of docker-compose.yml; those of Kubernetes (deploy/kubernetes) have the same names and ports."""
