"""The alerts, all of them, and the files of rules for Prometheus that are made from them."""

from __future__ import annotations

from typing import Any

from streams.alerting.rules.alert import Alert
from streams.alerting.rules.customers import customer_alerts
from streams.alerting.rules.outages import outage_alerts
from streams.alerting.rules.pipeline import pipeline_alerts
from streams.alerting.rules.records import records
from streams.alerting.rules.thresholds import threshold_alerts
from streams.core.definitions import Definitions

RECORDS = "records"
"""The group of what the others use."""


def group_name(group: str) -> str:
    """Return the name under which Prometheus knows a group."""
    return f"streams-{group}"


def alerts(definitions: Definitions) -> dict[str, list[Alert]]:
    """Return the alerts by the group of rules that they stand in."""
    return {
        "outages": list(outage_alerts(definitions)),
        "indicators": list(threshold_alerts(definitions)),
        "customers": list(customer_alerts(definitions)),
        "pipeline": list(pipeline_alerts()),
    }


def rule_files(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """Return file name → groups of rules. Each file's rules may use those of records.yml."""
    groups: dict[str, list[dict[str, Any]]] = {RECORDS: list(records(definitions))}
    groups |= {group: [alert.rule() for alert in members] for group, members in alerts(definitions).items()}
    return {
        f"{group}.yml": {"groups": [{"name": group_name(group), "rules": rules}]} for group, rules in groups.items()
    }
